"""The network and the keys of the stack, laid out from what the evidence keeps of its resources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from evidence.model import Resource
from evidence.urns import short_name

from .controls import short

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
TABLE, ROUTE = "aws:ec2/routeTable:RouteTable", "aws:ec2/route:Route"
GROUPS = ("aws:rds/subnetGroup:SubnetGroup", "aws:elasticache/subnetGroup:SubnetGroup")
KEY = "aws:kms/key:Key"
STORES = (
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/serverlessCache:ServerlessCache",
    "aws:memorydb/cluster:Cluster",
)
MOST = 12  # boxes of a kind in a picture; the rest is counted


@dataclass(frozen=True)
class Subnet:
    """A subnet with where its routes lead outside the VPC."""

    name: str
    cidr: str
    zone: str
    out: tuple[str, ...]  # e.g. "0.0.0.0/0"

    @property
    def public(self) -> bool:
        """True when it has a route out."""
        return bool(self.out)


@dataclass(frozen=True)
class Store:
    """A data store with the subnets it stands in and who may speak to it."""

    name: str
    kind: str
    zones: tuple[str, ...]
    admitted: tuple[str, ...]  # e.g. "tcp 5432 from 10.0.0.0/16"
    key: str


@dataclass(frozen=True)
class Network:
    """One VPC."""

    name: str
    cidr: str
    zones: tuple[str, ...]
    subnets: tuple[Subnet, ...]
    stores: tuple[Store, ...]
    gateways: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True)
class Lock:
    """A store and the key it is encrypted with, both by their row in the picture."""

    store: str
    kind: str
    row: int
    key: int  # row of the key; -1: none of this stack


@dataclass(frozen=True)
class Keys:
    """Which store is under which key."""

    keys: tuple[str, ...]
    stores: tuple[Lock, ...] = ()
    more: int = 0


@dataclass
class _World:
    resources: Mapping[str, Resource]
    by_type: dict[str, list[Resource]] = field(default_factory=dict)

    def of(self, *kinds: str) -> list[Resource]:
        return [r for k in kinds for r in self.by_type.get(k, ())]

    def refers(self, resource: Resource, name: str) -> list[str]:
        found: list[str] = list(resource.facts.get("refers", {}).get(name, ()))
        return found


def _world(resources: Iterable[Resource]) -> _World:
    kept = {r.urn: r for r in resources if r.op not in ("delete", "read")}
    world = _World(kept)
    for resource in kept.values():
        world.by_type.setdefault(resource.type, []).append(resource)
    return world


def name_of(resource: Resource) -> str:
    """What a person calls it: its name on AWS, else the program's."""
    facts = resource.facts
    for key in ("name", "clusterIdentifier", "identifier", "replicationGroupId", "Name"):
        if facts.get(key):
            return str(facts[key])
    return short_name(resource.urn)


def networks(resources: Iterable[Resource]) -> tuple[Network, ...]:
    """Each VPC with its subnets, stores and ways out."""
    world = _world(resources)
    return tuple(_network(world, vpc) for vpc in world.of(VPC))


def _network(world: _World, vpc: Resource) -> Network:
    subnets = [s for s in world.of(SUBNET) if vpc.urn in world.refers(s, "vpcId")]
    routes = _routes(world)
    made = [
        Subnet(
            name_of(s),
            str(s.facts.get("cidrBlock", "")),
            str(s.facts.get("availabilityZone", "?")),
            tuple(routes.get(s.urn, ())),
        )
        for s in subnets
    ]
    zones = sorted({s.zone for s in made})
    of_group = {
        g.urn: [u for u in world.refers(g, "subnetIds") if u in {s.urn for s in subnets}]
        for g in world.of(*GROUPS)
    }
    stores = [s for s in world.of(*STORES) if _subnets(world, s, of_group)]
    gateways = [
        name_of(g)
        for g in world.resources.values()
        if g.type.startswith("aws:ec2/")
        and "Gateway" in g.type
        and "Attachment" not in g.type
        and vpc.urn in world.refers(g, "vpcId")
    ]
    return Network(
        name_of(vpc),
        str(vpc.facts.get("cidrBlock", "")),
        tuple(zones[:4]),
        tuple(sorted(made, key=lambda s: (not s.public, s.zone, s.cidr))[: MOST * 2]),
        tuple(_store(world, s, of_group) for s in stores[:MOST]),
        tuple(sorted(gateways)),
        max(len(stores) - MOST, 0) + max(len(made) - MOST * 2, 0),
    )


def _subnets(world: _World, store: Resource, of_group: Mapping[str, list[str]]) -> list[str]:
    groups = world.refers(store, "dbSubnetGroupName") + world.refers(store, "subnetGroupName")
    return [u for g in groups for u in of_group.get(g, ())] + world.refers(store, "subnetIds")


def _routes(world: _World) -> dict[str, list[str]]:
    """Of each subnet, the destinations outside that its own table leads to."""
    tables: dict[str, list[str]] = {}
    for table in world.of(TABLE):
        tables[table.urn] = [
            str(r.get("cidrBlock") or r.get("ipv6CidrBlock") or "?")
            for r in table.facts.get("routes", ())
        ]
    for route in world.of(ROUTE):
        for urn in world.refers(route, "routeTableId"):
            target = str(route.facts.get("destinationCidrBlock", "?"))
            tables.setdefault(urn, []).append(target)
    found: dict[str, list[str]] = {}
    for association in world.of(ASSOCIATION):
        for subnet in world.refers(association, "subnetId"):
            for table_urn in world.refers(association, "routeTableId"):
                found.setdefault(subnet, []).extend(tables.get(table_urn, ()))
    return found


def _store(world: _World, store: Resource, of_group: Mapping[str, list[str]]) -> Store:
    urns = _subnets(world, store, of_group)
    zones = {str(world.resources[u].facts.get("availabilityZone", "?")) for u in urns}
    groups = world.refers(store, "vpcSecurityGroupIds") + world.refers(store, "securityGroupIds")
    admitted = [
        text for u in groups if u in world.resources for text in _admitted(world.resources[u])
    ]
    keys = [world.resources[u] for u in world.refers(store, "kmsKeyId") if u in world.resources]
    return Store(
        name_of(store),
        short(store.type),
        tuple(sorted(zones)),
        tuple(admitted),
        name_of(keys[0]) if keys else "",
    )


def _admitted(group: Resource) -> Iterable[str]:
    for rule in group.facts.get("ingress", ()):
        first, last = rule.get("fromPort", "?"), rule.get("toPort", "?")
        ports = str(first) if first == last else f"{first}-{last}"
        sources = [*rule.get("cidrBlocks", ()), *rule.get("ipv6CidrBlocks", ())]
        sources += [short_name(str(g)) for g in rule.get("securityGroups", ())]
        yield f"{rule.get('protocol', '?')} {_number(ports)} ← {', '.join(sources) or '?'}"


def _number(text: str) -> str:
    return text.replace(".0", "") if text.endswith(".0") else text


def keys(resources: Iterable[Resource]) -> Keys:
    """The keys of the stack, and what is encrypted with each."""
    world = _world(resources)
    found = world.of(KEY)
    rows = {k.urn: n for n, k in enumerate(found[:MOST])}
    locks = []
    named = ("kmsKeyId", "kmsMasterKeyId")
    for resource in world.resources.values():
        urns = [u for n in named for u in world.refers(resource, n)]
        has = urns or any(_known(resource.facts, n) for n in named)
        if has and resource.type not in (KEY, "aws:kms/alias:Alias"):
            row = next((rows[u] for u in urns if u in rows), -1)
            locks.append(Lock(name_of(resource), short(resource.type), 0, row))
    locks.sort(key=lambda x: (x.key if x.key >= 0 else 99, x.kind, x.store))
    most = MOST * 2
    placed = tuple(Lock(x.store, x.kind, n, x.key) for n, x in enumerate(locks[:most]))
    more = max(len(locks) - most, 0) + max(len(found) - MOST, 0)
    return Keys(tuple(name_of(k) for k in found[:MOST]), placed, more)


def _known(facts: Mapping[str, Any], name: str) -> bool:
    return bool(facts.get(name))
