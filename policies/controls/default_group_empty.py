"""A VPC's default security group, where the stack manages it, has no rules."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Item,
    NotASubject,
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

from ._network import DEFAULT_GROUP, EGRESS_RULE, INGRESS_RULE, RULE, VPC, a_group, a_vpc, tcp
from ._rules import rules


def check(resource: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    """A group, or a rule resource that may be one of a default group's."""
    if resource.type == DEFAULT_GROUP:
        for direction in ("ingress", "egress"):
            for rule in rules(resource, direction):
                yield Finding(f"the default group allows {rule.shown()}", property=direction)
        return
    key = "securityGroupId"
    own = stack.refers_to(resource, key, (DEFAULT_GROUP,), ("id",))
    by_vpc = stack.refers_to(resource, key, (VPC,), ("defaultSecurityGroupId",))
    if own.undecided and by_vpc.undecided and stack.sources(resource, key, DEFAULT_GROUP, VPC):
        raise Undecided(key, "take it from one security group of this stack")
    if not own.targets and not by_vpc.targets:
        raise NotASubject("the rule is not of a default group")
    yield Finding("it adds a rule to a default group", property=key, fix="remove the rule")


def default(**props: Value) -> tuple[Item, ...]:
    computed = tuple(k for k in ("id", "ingress", "egress") if k not in props)
    needs = {"vpcId": ("vpc",)}
    return (
        a_vpc(),
        Item(DEFAULT_GROUP, "default", {"vpcId": UNKNOWN, **props}, needs, computed=computed),
    )


def rule(kind: str, *groups: str, **props: Value) -> Item:
    values = {"securityGroupId": UNKNOWN, "type": "ingress", **props}
    return Item(kind, "rule", values, needs={"securityGroupId": groups})


ALL: dict[str, Value] = {"protocol": "-1", "fromPort": 0.0, "toPort": 0.0}
CONTROL = Control(
    id="default-group-empty",
    title="The default security group has no rules",
    statement="A VPC's default security group must have no rules where the stack manages it.",
    rationale="Whatever is started without naming a group gets the default one; empty, it can "
    "reach nothing and nobody reaches it.",
    severity=Severity.HIGH,
    owner="network engineering",
    subjects=(DEFAULT_GROUP, RULE, INGRESS_RULE, EGRESS_RULE),
    properties=("ingress", "egress", "securityGroupId"),
    remediation="aws.ec2.DefaultSecurityGroup(..., ingress=[], egress=[])",
    remedies={"securityGroupId": "security_group_id=group.id, of a group of this stack"},
    levels=MANDATORY,
    stack_check=check,
    scenarios=lambda: (
        accepts("written as none", *default(ingress=[], egress=[])),
        accepts("left out, which the provider takes as none", *default()),
        refuses(
            "its members among each other",
            *default(ingress=[{**ALL, "self": True}]),
            says="all protocols",
        ),
        refuses(
            "a port from the VPC",
            *default(ingress=[tcp(5432.0, cidrBlocks=["10.0.0.0/16"])]),
            says="tcp 5432",
        ),
        refuses(
            "a way out",
            *default(egress=[{**ALL, "cidrBlocks": ["0.0.0.0/0"]}]),
            says="all protocols",
        ),
        refuses("a rule resource", *default(), rule(RULE, "default"), says="adds a rule"),
        refuses("an egress rule", *default(), rule(EGRESS_RULE, "default"), says="adds a rule"),
        refuses(
            "a rule by the VPC's attribute", a_vpc(), rule(INGRESS_RULE, "vpc"), says="adds a rule"
        ),
        *(
            refuses(
                f"a rule added to it, deployed, known by {what}",
                owner,
                Item(RULE, "rule", {"type": "ingress", "securityGroupId": "sg-d"}),
                says="adds a rule to a default group",
            )
            for what, owner in (
                ("its own id", Item(DEFAULT_GROUP, "default", outputs={"id": "sg-d"})),
                ("its VPC", a_vpc(defaultSecurityGroupId="sg-d")),
            )
        ),
        undecided(
            "a rule of a group or of the VPC's own",
            *(a_vpc(), a_group()),
            rule(RULE, "group", "vpc"),
        ),
        undecided("rules computed at deploy time", *default(ingress=UNKNOWN)),
        ignores("a rule of another group", a_vpc(), a_group(), rule(RULE, "group")),
    ),
)
