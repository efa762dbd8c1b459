"""The subnets of every data store lie in two or more availability zones."""

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

from ._network import a_vpc
from ._placement import CACHE_SUBNETS, RDS_SUBNETS, STORES, subnets_of
from ._routes import a_subnet
from ._stores import RDS_CLUSTER, REPLICATION_GROUP, SERVERLESS_CACHE


def check(resource: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    key = STORES[resource.type].subnets
    subnets, wrong = subnets_of(resource, stack)
    if wrong:
        yield Finding(wrong, property=key)
        return
    zones, unknown = set(), ""
    for subnet in subnets:
        zone = subnet.props.raw("availabilityZone")
        if not isinstance(zone, str):
            zone = subnet.props.raw("availabilityZoneId")
        if isinstance(zone, str):
            zones.add(zone)
        else:
            unknown = f"the availabilityZone of {subnet.name}"
    if len(zones) >= 2:
        return
    if unknown:
        raise Undecided(unknown, "write availability_zone on the subnet")
    yield Finding(f"{key}: all its subnets lie in {', '.join(zones)}", property=key)


BASE = (a_vpc(), a_subnet("a"), a_subnet("b", zone="sa-east-1b"), a_subnet("a2"))
NOWHERE = Item(a_subnet("c").type, "c", {"vpcId": UNKNOWN}, computed=("availabilityZone",))
BY_ID = Item(NOWHERE.type, "d", {"availabilityZoneId": "sae1-az3"}, computed=("availabilityZone",))


def store(*subnets: str, kind: str = RDS_CLUSTER, groups: str = RDS_SUBNETS) -> tuple[Item, ...]:
    unknown: list[Value] = [UNKNOWN for _ in subnets]
    if kind == SERVERLESS_CACHE:
        return (Item(kind, "store", {"subnetIds": unknown}, needs={"subnetIds": subnets}),)
    values: dict[str, Value] = {"name": "g", "subnetIds": unknown}
    return (
        Item(groups, "group", values, needs={"subnetIds": subnets}),
        Item(kind, "store", {STORES[kind].subnets: "g"}),
    )


CONTROL = Control(
    id="store-subnets-two-zones",
    title="Data stores over two zones",
    statement="The subnets of each data store must lie in two or more availability zones.",
    rationale="A store whose subnets share one zone goes down with it, whatever its replicas.",
    severity=Severity.MEDIUM,
    owner="network engineering",
    subjects=tuple(STORES),
    properties=("dbSubnetGroupName", "subnetGroupName", "subnetIds", "vpcSubnetIds"),
    remediation="subnets with two different values of availability_zone",
    levels=MANDATORY,
    stack_check=check,
    scenarios=lambda: (
        accepts("two zones", *BASE, *store("a", "b")),
        accepts("three subnets, two zones", *BASE, *store("a", "a2", "b")),
        accepts(
            "deployed, subnets by their ids",
            a_vpc(),
            a_subnet("a", id="subnet-a"),
            a_subnet("b", zone="sa-east-1b", id="subnet-b"),
            Item(RDS_SUBNETS, "group", {"name": "g", "subnetIds": ["subnet-a", "subnet-b"]}),
            Item(RDS_CLUSTER, "store", {"dbSubnetGroupName": "g"}),
        ),
        accepts("a cache", *BASE, *store("a", "b", kind=REPLICATION_GROUP, groups=CACHE_SUBNETS)),
        accepts("a serverless cache", *BASE, *store("a", "b", kind=SERVERLESS_CACHE)),
        accepts("by zone id", *BASE, BY_ID, *store("a", "d")),
        refuses("one zone", *BASE, *store("a", "a2"), says="all its subnets lie in sa-east-1a"),
        refuses("one subnet", *BASE, *store("a"), says="all its subnets lie in sa-east-1a"),
        *(
            refuses(
                f"nothing said, {kind.split(':')[-1]} of {kind.split(':')[1]}",
                *BASE,
                Item(kind, "store"),
                says="default VPC",
            )
            for kind in STORES
        ),
        undecided("a zone that AWS chooses", *BASE, NOWHERE, *store("a", "c"), says="c"),
        ignores("no store", *BASE),
    ),
)
