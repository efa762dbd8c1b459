"""A cluster that has instances has two or more, in two zones."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Item,
    NotASubject,
    Referring,
    Resource,
    Settings,
    Severity,
    Stack,
    Undecided,
    Unknown,
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._stores import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_INSTANCE

ZONE = "availabilityZone"


def zone_of(instance: Resource, stack: Stack) -> str | None:
    """The zone written for an instance, or that of the one resource it was taken from."""
    zone = instance.props.raw(ZONE)
    if isinstance(zone, Unknown):
        sources = stack.sources(instance, ZONE)
        zone = sources[0].props.raw(ZONE) if len(sources) == 1 else None
    return zone if isinstance(zone, str) and zone else None


def check(cluster: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    if cluster.type == RDS_INSTANCE:
        if not cluster.props.flag("multiAz") and not cluster.props.declared("replicateSourceDb"):
            yield Finding("multiAz is not true", property="multiAz", fix="multi_az=True")
        return
    if unclear := stack.once("instances of no one cluster", lambda: _unclear(stack)):
        raise Undecided(f"{unclear}.clusterIdentifier", "take it from one cluster")
    instances = [instance for instance, _ in _instances(stack).to(cluster)]
    if not instances:
        raise NotASubject("the cluster has no instances in this stack")
    if len(instances) < 2:
        yield Finding("the cluster has one instance, but must have two or more", property=ZONE)
        return
    zones = [zone_of(instance, stack) for instance in instances]
    known = {zone for zone in zones if zone}
    if len(known) >= 2:
        return
    if None in zones:
        message = f"{ZONE} of an instance is not known, so two zones are not proven"
        yield Finding(message, property=ZONE, undecided=True)
    else:
        yield Finding(f"every instance is in {', '.join(sorted(known))}", property=ZONE)


def _instances(stack: Stack) -> Referring:
    identities = ("id", "clusterIdentifier")
    return stack.referring((RDS_CLUSTER_INSTANCE,), "clusterIdentifier", (RDS_CLUSTER,), identities)


def _unclear(stack: Stack) -> str:
    """The name of the first instance whose cluster may be one of several."""
    for instance, target in _instances(stack).every:
        if target.undecided or len(target.targets) > 1:
            return instance.name
    return ""


DB = Item(RDS_CLUSTER, "db", {"clusterIdentifier": "aurora-test"})


def instance(name: str, **props: object) -> Item:
    values = {"clusterIdentifier": UNKNOWN, **props}
    needs = {"clusterIdentifier": ("db",)}
    if props.get(ZONE) is UNKNOWN:
        needs[ZONE] = (f"subnet-{name}",)
    return Item(RDS_CLUSTER_INSTANCE, name, values, needs)  # type: ignore[arg-type]


def of_either(name: str, **props: object) -> Item:
    values = {"clusterIdentifier": UNKNOWN, **props}
    needs = {"clusterIdentifier": ("db", "other")}
    return Item(RDS_CLUSTER_INSTANCE, name, values, needs)  # type: ignore[arg-type]


def subnet(name: str, zone: str) -> Item:
    return Item("aws:ec2/subnet:Subnet", f"subnet-{name}", {ZONE: zone})


A, B = {ZONE: "sa-east-1a"}, {ZONE: "sa-east-1b"}
OF_ID = Item(RDS_CLUSTER, "db", outputs={"id": "c-1"})
HELD = (("w", A), ("r", B))
FROM_SUBNET = {ZONE: UNKNOWN}
BY_VALUE = {"clusterIdentifier": "aurora-test"}

CONTROL = Control(
    id="aurora-two-zones",
    title="Two database instances in two zones",
    statement="An Aurora cluster that has instances must have two or more, in two zones; an RDS "
    "instance must be Multi-AZ.",
    rationale="With one zone lost the database must go on from the other.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(RDS_CLUSTER, RDS_INSTANCE),
    properties=("clusterIdentifier", "multiAz"),
    remediation="a second aws.rds.ClusterInstance with availability_zone in another zone",
    levels=MANDATORY,
    stack_check=check,
    scenarios=lambda: (
        accepts("writer and reader", DB, instance("w", **A), instance("r", **B)),
        accepts("by value", DB, instance("w", **A, **BY_VALUE), instance("r", **B, **BY_VALUE)),
        accepts(
            "zones of two subnets",
            *(DB, subnet("w", "sa-east-1a"), subnet("r", "sa-east-1b")),
            *(instance("w", **FROM_SUBNET), instance("r", **FROM_SUBNET)),
        ),
        accepts("a Multi-AZ instance", Item(RDS_INSTANCE, "i", {"multiAz": True})),
        refuses("one instance", DB, instance("w", **A), says="one instance"),
        refuses("one zone", DB, instance("w", **A), instance("r", **A), says="sa-east-1a"),
        refuses(
            "zones of one subnet",
            *(DB, subnet("w", "sa-east-1a"), subnet("r", "sa-east-1a")),
            *(instance("w", **FROM_SUBNET), instance("r", **FROM_SUBNET)),
            says="sa-east-1a",
        ),
        refuses("a single-zone instance", Item(RDS_INSTANCE, "i"), says="multiAz"),
        undecided(
            "instances of one of two clusters",
            *(DB, Item(RDS_CLUSTER, "other", {"clusterIdentifier": "other-test"})),
            *(of_either("w", **A), of_either("r", **B)),
        ),
        accepts(
            "by the cluster's id",
            OF_ID,
            *(instance(n, **z, clusterIdentifier="c-1") for n, z in HELD),
        ),
        accepts("a replica", Item(RDS_INSTANCE, "i", {"replicateSourceDb": "db"})),
        undecided("one zone left to AWS", DB, instance("w", **A), instance("r"), says="not known"),
        undecided(
            "zones that say nothing",
            DB,
            *(instance(name, **{ZONE: ""}) for name in ("w", "r")),
            says="not known",
        ),
        undecided("zones left to AWS", DB, instance("w"), instance("r"), says="not known"),
        ignores("a cluster without instances", DB),
    ),
)
