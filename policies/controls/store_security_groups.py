"""Every data store carries security groups of this stack, and no others."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Item,
    Resource,
    Settings,
    Severity,
    Stack,
    Undecided,
    Value,
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._network import DEFAULT_GROUP, GROUP, VPC, a_group, a_vpc
from ._placement import RDS_SUBNETS, STORES, placed_by
from ._python import as_python
from ._stores import CACHE_CLUSTER, RDS_CLUSTER, RDS_INSTANCE, REPLICATION_GROUP

FROM_STACK = "take it from the security groups of this stack"


def check(resource: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    shape = STORES[resource.type]
    key = shape.groups
    fix = f"{as_python(key)}=[group.id]"
    if not resource.declared(key):
        for source in shape.placed_by:
            placed_by(resource, source, stack)
    found = stack.refers_to(resource, key, (GROUP,), ("id",))
    for stranger in found.strangers:
        yield Finding(f"{key} holds {stranger}, no security group of this stack", key, fix)
    if found.by_graph and stack.sources(resource, key, VPC, DEFAULT_GROUP):
        yield Finding(f"{key} holds a default security group", key, fix)
        return
    if found.undecided:
        raise Undecided(key, FROM_STACK)
    if not found.targets and not found.strangers:
        yield Finding(
            f"{key} is {resource.props.show(key) if resource.declared(key) else 'absent'}, "
            "so the VPC's default group guards it",
            property=key,
            fix=fix,
        )


def store(
    kind: str = RDS_CLUSTER, groups: Value = None, needs: tuple[str, ...] = (), **props: Value
) -> Item:
    key = STORES[kind].groups
    values = dict(props) if groups is None else {**props, key: groups}
    graph = {key: needs} if needs else {}
    return Item(kind, "store", values, needs=graph, computed=(key,) if groups is None else ())


MINE = (a_vpc(), a_group(), a_group("second"))
DEFAULT = Item(
    DEFAULT_GROUP, "default", {"vpcId": UNKNOWN}, needs={"vpcId": ("vpc",)}, computed=("id",)
)
CONTROL = Control(
    id="store-security-groups",
    title="Data stores carry governed security groups",
    statement="Each data store must carry security groups of this stack, and no others.",
    rationale="A foreign group's rules are seen by no control here and can change at any time; "
    "with none named, AWS attaches the VPC's default group.",
    severity=Severity.HIGH,
    owner="network engineering",
    subjects=tuple(STORES),
    properties=("vpcSecurityGroupIds", "securityGroupIds"),
    remediation="vpc_security_group_ids=[group.id] (ElastiCache: security_group_ids)",
    levels=MANDATORY,
    stack_check=check,
    scenarios=lambda: (
        accepts("a group of the stack", *MINE, store(groups=[UNKNOWN], needs=("group",))),
        accepts("two groups", *MINE, store(groups=[UNKNOWN, UNKNOWN], needs=("group", "second"))),
        accepts("two in one output", *MINE, store(groups=UNKNOWN, needs=("group", "second"))),
        accepts("a cache", *MINE, store(REPLICATION_GROUP, [UNKNOWN], ("group",))),
        accepts("known after deployment", a_vpc(), a_group(id="sg-1"), store(groups=["sg-1"])),
        *(
            refuses(
                f"none named, {kind.split(':')[-1]} of {kind.split(':')[1]}",
                *MINE,
                store(kind),
                says="is absent, so the VPC's default group",
            )
            for kind in STORES
        ),
        refuses("none listed", *MINE, store(groups=[]), says="default group guards it"),
        refuses("none named, cache", *MINE, store(REPLICATION_GROUP), says="securityGroupIds is"),
        refuses("none named, instance", *MINE, store(RDS_INSTANCE), says="is absent"),
        *(
            refuses(f"none named, told how: {how}", *MINE, store(kind), says=f"Write: {how}=[")
            for kind, how in (
                (RDS_CLUSTER, "vpc_security_group_ids"),
                (REPLICATION_GROUP, "security_group_ids"),
            )
        ),
        refuses("a foreign group", *MINE, store(groups=["sg-0af"]), says="holds sg-0af"),
        refuses(
            "the default group beside",
            *MINE,
            store(groups=[UNKNOWN, UNKNOWN], needs=("group", "vpc")),
            says="a default",
        ),
        refuses(
            "the default group in one output",
            *MINE,
            store(groups=UNKNOWN, needs=("group", "vpc")),
            says="a default",
        ),
        undecided(
            "a group and something else, in one output",
            *MINE,
            Item(RDS_SUBNETS, "subnets"),
            store(groups=UNKNOWN, needs=("group", "subnets")),
        ),
        undecided(
            "a group or something else",
            *MINE,
            Item(RDS_SUBNETS, "subnets"),
            store(groups=[UNKNOWN], needs=("group", "subnets")),
        ),
        undecided(
            "one of two out of nowhere", *MINE, store(groups=[UNKNOWN, UNKNOWN], needs=("group",))
        ),
        refuses(
            "a foreign group beside",
            *MINE,
            store(groups=[UNKNOWN, "sg-0af"], needs=("group",)),
            says="sg-0af",
        ),
        refuses(
            "the managed default group",
            *MINE,
            DEFAULT,
            store(groups=[UNKNOWN], needs=("default",)),
            says="a default security group",
        ),
        refuses(
            "the VPC's default group",
            *MINE,
            store(groups=[UNKNOWN], needs=("vpc",)),
            says="a default security group",
        ),
        refuses(
            "a replica of elsewhere",
            *MINE,
            store(RDS_INSTANCE, replicateSourceDb="arn:aws:rds:x"),
            says="is absent",
        ),
        refuses(
            "a node with a group of its own",
            *MINE,
            store(REPLICATION_GROUP, [UNKNOWN], ("group",), replicationGroupId="redis"),
            Item(
                CACHE_CLUSTER,
                "node",
                {"replicationGroupId": "redis", "securityGroupIds": ["sg-0af"]},
            ),
            says="sg-0af",
        ),
        undecided("groups out of nowhere", *MINE, store(groups=[UNKNOWN])),
        undecided("a list out of nowhere", *MINE, store(groups=UNKNOWN)),
        accepts(
            "a node of a replication group",
            *MINE,
            store(REPLICATION_GROUP, [UNKNOWN], ("group",), replicationGroupId="redis"),
            Item(CACHE_CLUSTER, "node", {"replicationGroupId": "redis"}),
        ),
        ignores("a group alone", *MINE),
    ),
)
