"""Examples for store-ingress-port: protocols and ports of every store."""

from __future__ import annotations

from core import UNKNOWN, Item, Scenario, Value, accepts, ignores, refuses, undecided

from ._network import INGRESS_RULE, RULE, a_group, a_vpc, tcp
from ._placement import STORES
from ._stores import MEMORYDB_CLUSTER, RDS_CLUSTER, REPLICATION_GROUP, SERVERLESS_CACHE
from ._types import PROXY

VPC_CIDR = {"cidrBlocks": ["10.0.0.0/16"]}


def store(kind: str = RDS_CLUSTER, group: str = "group", **props: Value) -> Item:
    key = STORES[kind].groups
    values: dict[str, Value] = {"engine": "aurora-postgresql", key: [UNKNOWN], **props}
    return Item(kind, "store", values, needs={key: (group,)}, computed=("port", "id"))


def db(*ingress: Value, **props: Value) -> tuple[Item, ...]:
    return a_vpc(), a_group("group", *ingress), store(RDS_CLUSTER, "group", **props)


def rule(**props: Value) -> Item:
    values = {"type": "ingress", "securityGroupId": UNKNOWN, **VPC_CIDR, **props}
    return Item(RULE, "rule", values, needs={"securityGroupId": ("group",)})


def new_rule(**props: Value) -> Item:
    values = {"securityGroupId": UNKNOWN, "cidrIpv4": "10.0.0.0/16", **props}
    return Item(INGRESS_RULE, "rule", values, needs={"securityGroupId": ("group",)})


def span(protocol: Value, first: Value, last: Value) -> dict[str, Value]:
    return {"protocol": protocol, "fromPort": first, "toPort": last, **VPC_CIDR}


REDIS = (
    a_vpc(),
    a_group("group", tcp(6379.0, **VPC_CIDR)),
    store(REPLICATION_GROUP, engine="redis"),
)
MINE = (a_vpc(), a_group("group", tcp(5432.0, **VPC_CIDR)), a_group("ssh", tcp(22.0, **VPC_CIDR)))
PORTS: tuple[Scenario, ...] = (
    accepts("tcp 5432 for PostgreSQL", *db(tcp(5432.0, **VPC_CIDR))),
    accepts("tcp by its number", *db(span("6", 5432.0, 5432.0))),
    accepts("ports as texts", *db(span("tcp", "5432", "5432"))),
    accepts("tcp 6379 for Redis", *REDIS),
    accepts("the port the cluster says", *db(tcp(6000.0, **VPC_CIDR), port=6000.0)),
    accepts("MySQL's port", *db(tcp(3306.0, **VPC_CIDR), engine="aurora-mysql")),
    accepts(
        "reader port of a serverless cache",
        a_vpc(),
        a_group("group", tcp(6380.0, **VPC_CIDR)),
        store(SERVERLESS_CACHE),
    ),
    accepts("a rule resource", *db(), rule(**tcp(5432.0))),
    accepts(
        "a rule of the newer kind",
        *db(),
        new_rule(ipProtocol="tcp", fromPort=5432.0, toPort=5432.0),
    ),
    accepts("a group without rules", *db()),
    accepts(
        "Redis's port for MemoryDB",
        a_vpc(),
        a_group("group", tcp(6379.0, **VPC_CIDR)),
        store(MEMORYDB_CLUSTER, engine="valkey"),
    ),
    accepts(
        "writer port of a serverless cache",
        a_vpc(),
        a_group("group", tcp(6379.0, **VPC_CIDR)),
        store(SERVERLESS_CACHE),
    ),
    accepts(
        "a proxy's port",
        a_vpc(),
        a_group("group", tcp(5432.0, **VPC_CIDR)),
        store(PROXY, engineFamily="POSTGRESQL"),
    ),
    refuses(
        "a second group of the store",
        *MINE,
        Item(
            RDS_CLUSTER,
            "two",
            {"engine": "postgres", "vpcSecurityGroupIds": [UNKNOWN, UNKNOWN]},
            needs={"vpcSecurityGroupIds": ("group", "ssh")},
        ),
        says="tcp 22 is open",
    ),
    refuses(
        "one rule instead of a list",
        a_vpc(),
        a_group(ingress=tcp(22.0, **VPC_CIDR)),
        store(),
        says="tcp 22 is open",
    ),
    refuses(
        "a group of two stores",
        *db(tcp(5432.0, **VPC_CIDR)),
        Item(
            REPLICATION_GROUP,
            "redis",
            {"securityGroupIds": [UNKNOWN]},
            needs={"securityGroupIds": ("group",)},
        ),
        says="redis needs tcp 6379 alone",
    ),
    refuses("a wrong type", *db(span(True, 5432.0, 5432.0)), says="must be a text"),
    undecided("an unknown engine", *db(tcp(5432.0, **VPC_CIDR), engine="neptune")),
    undecided(
        "a rule of an unknown group",
        *db(),
        Item(RULE, "rule", {"securityGroupId": UNKNOWN, **tcp(22.0)}),
    ),
    refuses("every port", *db(span("tcp", 0.0, 65535.0)), says="tcp 0 to 65535 is open"),
    refuses("one port more", *db(span("tcp", 5432.0, 5433.0)), says="needs tcp 5432 alone"),
    refuses("another port", *db(tcp(22.0, **VPC_CIDR)), says="tcp 22 is open"),
    refuses("Redis's port for the database", *db(tcp(6379.0, **VPC_CIDR)), says="tcp 6379"),
    refuses("all protocols", *db(span("-1", 0.0, 0.0)), says="all protocols"),
    refuses("all protocols as a number", *db(span(-1.0, 5432.0, 5432.0)), says="all protocols"),
    refuses('"all"', *db(span("all", 5432.0, 5432.0)), says="all protocols"),
    refuses("udp", *db(span("udp", 5432.0, 5432.0)), says="udp 5432"),
    refuses(
        "udp, by a rule", *db(), rule(**span("udp", 5432.0, 5432.0)), says='Write: protocol="tcp"'
    ),
    refuses("icmp", *db(span("icmp", -1.0, -1.0)), says="icmp -1"),
    refuses("ports left out", *db({"protocol": "tcp", **VPC_CIDR}), says="tcp absent"),
    refuses(
        "all from the group itself", *db({"protocol": "-1", "self": True}), says="all protocols"
    ),
    refuses("a second rule", *db(tcp(5432.0, **VPC_CIDR), tcp(22.0, **VPC_CIDR)), says="tcp 22"),
    refuses(
        "every port by a rule resource",
        *db(),
        rule(**span("tcp", 0.0, 65535.0)),
        says="tcp 0 to 65535",
    ),
    refuses(
        "the newer kind, all", *db(), new_rule(ipProtocol="-1"), says='Write: ip_protocol="tcp"'
    ),
    undecided("a port of the deployment", *db(tcp(UNKNOWN, **VPC_CIDR))),
    ignores("a group that serves no store", a_vpc(), a_group("web", tcp(443.0, **VPC_CIDR))),
)
