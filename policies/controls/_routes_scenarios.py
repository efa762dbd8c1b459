"""Examples for store-private-subnets: subnets that are private, however it is written."""

from __future__ import annotations

from core import UNKNOWN, Item, Scenario, Value, accepts

from ._network import a_vpc
from ._placement import CACHE_SUBNETS, RDS_SUBNETS
from ._routes import (
    DEFAULT_ROUTE_TABLE,
    MAIN_ASSOCIATION,
    PROPAGATIONS,
    a_route,
    a_subnet,
    a_table,
    joined,
)
from ._stores import (
    RDS_CLUSTER,
    RDS_CLUSTER_INSTANCE,
    RDS_INSTANCE,
    REPLICATION_GROUP,
    SERVERLESS_CACHE,
)
from ._types import ENDPOINT

BASE = (a_vpc(), a_subnet("a"), a_subnet("b", zone="sa-east-1b"))
JOINED = (joined("a"), joined("b"))
IGW = Item("aws:ec2/internetGateway:InternetGateway", "igw", {"vpcId": UNKNOWN}, computed=("id",))
S3 = Item(ENDPOINT, "s3", {"vpcEndpointType": "Gateway"}, computed=("id",))
FIREWALL = Item(ENDPOINT, "firewall", {"vpcEndpointType": "GatewayLoadBalancer"}, computed=("id",))
PROPAGATED = Item(
    PROPAGATIONS[0], "vpn", {"routeTableId": UNKNOWN, "vpnGatewayId": "vgw-1"},
    needs={"routeTableId": ("table",)},
)  # fmt: skip


def to(target: str, value: Value = UNKNOWN, cidr: str = "0.0.0.0/0") -> dict[str, Value]:
    """An inline route."""
    return {"cidrBlock": cidr, target: value}


def subnet_group(*subnets: str, kind: str = RDS_SUBNETS, ids: Value = None) -> Item:
    values: dict[str, Value] = {"name": "private", "subnetIds": ids or [UNKNOWN for _ in subnets]}
    return Item(kind, "subnets", values, needs={"subnetIds": subnets}, computed=("id",))


def store(kind: str = RDS_CLUSTER, **props: Value) -> Item:
    return Item(kind, "store", props)


DB = (subnet_group("a", "b"), store(dbSubnetGroupName="private"))
CACHE = (
    subnet_group("a", "b", kind=CACHE_SUBNETS),
    store(REPLICATION_GROUP, subnetGroupName="private"),
)
PRIVATE = (*BASE, a_table(routes=[]), *JOINED)


def main_table(*routes: Value, needs: tuple[str, ...] = ()) -> Item:
    return Item(
        DEFAULT_ROUTE_TABLE,
        "main",
        {"defaultRouteTableId": UNKNOWN, "routes": list(routes)},
        needs={"defaultRouteTableId": ("vpc",), "routes": needs},
        computed=("id", "propagatingVgws"),
    )


MAIN_IS_TABLE = Item(
    MAIN_ASSOCIATION, "main", {"vpcId": UNKNOWN, "routeTableId": UNKNOWN},
    needs={"vpcId": ("vpc",), "routeTableId": ("table",)},
)  # fmt: skip
WAY_OUT = "has a way out"


def routed(*routes: Value, needs: tuple[str, ...] = ()) -> tuple[Item, ...]:
    return (*BASE, a_table("table", *routes, needs=needs), *JOINED, *DB)


def by_route(target: str, *others: Item, **props: Value) -> tuple[Item, ...]:
    """The private stack with one route of its own added."""
    return (
        *PRIVATE,
        *DB,
        *others,
        a_route(target, tuple(o.name for o in others), "table", **props),
    )


COMPLIANT: tuple[Scenario, ...] = (
    accepts("a table without routes", *PRIVATE, *DB),
    accepts("a table whose routes are not written", *BASE, a_table(), *JOINED, *DB),
    accepts("a cache", *PRIVATE, *CACHE),
    accepts("the untouched main table", *BASE, *DB),
    accepts("an emptied main table", *BASE, main_table(), *DB),
    accepts("a local route", *routed(to("gatewayId", "local", "10.0.0.0/16"))),
    accepts("a gateway endpoint, inline", S3, *routed(to("gatewayId"), needs=("s3",))),
    accepts("a gateway endpoint after deployment", *routed(to("gatewayId", "vpce-1"))),
    accepts(
        "the internet gateway of other subnets",
        *PRIVATE,
        *DB,
        IGW,
        a_subnet("public"),
        a_table("open", to("gatewayId"), needs=("igw",)),
        joined("public", "open"),
    ),
    accepts(
        "an instance of the cluster",
        *PRIVATE,
        *DB,
        Item(
            RDS_CLUSTER_INSTANCE,
            "one",
            {"clusterIdentifier": UNKNOWN},
            needs={"clusterIdentifier": ("store",)},
            computed=("dbSubnetGroupName",),
        ),
    ),
    accepts(
        "a serverless cache",
        *PRIVATE,
        Item(
            SERVERLESS_CACHE,
            "cache",
            {"subnetIds": [UNKNOWN, UNKNOWN]},
            needs={"subnetIds": ("a", "b")},
        ),
    ),
    accepts(
        "an open main table that nobody uses",
        *PRIVATE,
        *DB,
        IGW,
        main_table(to("gatewayId"), needs=("igw",)),
    ),
    accepts(
        "an open main table of another VPC",
        *BASE,
        *DB,
        IGW,
        a_vpc("other"),
        Item(
            DEFAULT_ROUTE_TABLE,
            "main",
            {"defaultRouteTableId": UNKNOWN, "routes": [to("gatewayId")]},
            needs={"defaultRouteTableId": ("other",), "routes": ("igw",)},
        ),
    ),
    accepts(
        "another VPC's main association",
        *BASE,
        *DB,
        IGW,
        a_vpc("other"),
        Item(
            MAIN_ASSOCIATION,
            "main",
            {"vpcId": UNKNOWN, "routeTableId": UNKNOWN},
            needs={"vpcId": ("other",), "routeTableId": ("table",)},
        ),
        a_table("table", to("gatewayId"), needs=("igw",)),
    ),
    accepts(
        "routes and propagation of another table",
        *PRIVATE,
        *DB,
        IGW,
        a_table("open"),
        Item(
            PROPAGATIONS[0],
            "vpn",
            {"routeTableId": UNKNOWN, "vpnGatewayId": "vgw-1"},
            needs={"routeTableId": ("open",)},
        ),
        a_route("gatewayId", ("igw",), "open"),
        joined("a", "table"),
    ),
    accepts(
        "a table as the provider gives it back",
        *BASE,
        a_table(
            routes=[
                {
                    "cidrBlock": "10.0.0.0/16",
                    "gatewayId": "local",
                    "natGatewayId": "",
                    "vpcPeeringConnectionId": "",
                }
            ],
            propagatingVgws=[],
        ),
        *JOINED,
        *DB,
    ),
    accepts(
        "a replica in its source's place",
        *PRIVATE,
        subnet_group("a"),
        Item(RDS_INSTANCE, "source", {"dbSubnetGroupName": "private", "identifier": "source"}),
        Item(
            RDS_INSTANCE,
            "replica",
            {"replicateSourceDb": "source"},
            computed=("dbSubnetGroupName",),
        ),
    ),
)
