"""The group of a data store opens the store's one port, in tcp, and nothing else."""

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
    Value,
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._network import GROUP, INGRESS_RULE, RULE, a_group, a_vpc, groups_of, tcp
from ._placement import ports, stores_of
from ._rules import rules
from ._stores import RDS_CLUSTER, REPLICATION_GROUP, SERVERLESS_CACHE


def check(resource: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    held = list(rules(resource, "ingress"))
    stores = [s for group in groups_of(resource, stack) for s in stores_of(group, stack)]
    if not stores:
        raise NotASubject("its group serves no data store")
    for store in stores:
        wanted = ports(store)
        for rule in held:
            first, last = rule.ports()
            if rule.protocol() != "tcp" or first != last or first not in wanted:
                only = " or ".join(map(str, wanted))
                yield Finding(
                    f"{rule.shown()} is open, but {store.name} needs tcp {only} alone",
                    property=rule.path("fromPort"),
                    fix=f'protocol="tcp", from_port={wanted[0]}, to_port={wanted[0]}',
                )


VPC_CIDR = {"cidrBlocks": ["10.0.0.0/16"]}


def store(kind: str = RDS_CLUSTER, group: str = "group", **props: Value) -> Item:
    key = "vpcSecurityGroupIds" if kind == RDS_CLUSTER else "securityGroupIds"
    values = {"engine": "aurora-postgresql", key: [UNKNOWN], **props}
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
CONTROL = Control(
    id="store-ingress-port",
    title="A data store's group opens its one port",
    statement="Ingress of a data store's security group must be tcp on the store's own port alone.",
    rationale="Every further port or protocol is a way in that nobody asked for.",
    severity=Severity.HIGH,
    owner="network engineering",
    subjects=(GROUP, RULE, INGRESS_RULE),
    properties=("ingress", "protocol", "ipProtocol", "fromPort", "toPort"),
    remediation='protocol="tcp", from_port=5432, to_port=5432',
    levels=MANDATORY,
    stack_check=check,
    scenarios=(
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
        refuses("every port", *db(span("tcp", 0.0, 65535.0)), says="tcp 0 to 65535 is open"),
        refuses("one port more", *db(span("tcp", 5432.0, 5433.0)), says="needs tcp 5432 alone"),
        refuses("another port", *db(tcp(22.0, **VPC_CIDR)), says="tcp 22 is open"),
        refuses("Redis's port for the database", *db(tcp(6379.0, **VPC_CIDR)), says="tcp 6379"),
        refuses("all protocols", *db(span("-1", 0.0, 0.0)), says="all protocols"),
        refuses("all protocols as a number", *db(span(-1.0, 5432.0, 5432.0)), says="all protocols"),
        refuses('"all"', *db(span("all", 5432.0, 5432.0)), says="all protocols"),
        refuses("udp", *db(span("udp", 5432.0, 5432.0)), says="udp 5432"),
        refuses("icmp", *db(span("icmp", -1.0, -1.0)), says="icmp -1"),
        refuses("ports left out", *db({"protocol": "tcp", **VPC_CIDR}), says="tcp absent"),
        refuses(
            "all from the group itself", *db({"protocol": "-1", "self": True}), says="all protocols"
        ),
        refuses(
            "a second rule", *db(tcp(5432.0, **VPC_CIDR), tcp(22.0, **VPC_CIDR)), says="tcp 22"
        ),
        refuses("a rule resource", *db(), rule(**span("tcp", 0.0, 65535.0)), says="tcp 0 to 65535"),
        refuses("the newer kind, all", *db(), new_rule(ipProtocol="-1"), says="all protocols"),
        undecided("a port of the deployment", *db(tcp(UNKNOWN, **VPC_CIDR))),
        ignores("a group that serves no store", a_vpc(), a_group("web", tcp(443.0, **VPC_CIDR))),
    ),
)
