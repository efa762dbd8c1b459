"""Examples for store-private-subnets: every way out that a subnet can be given."""

from __future__ import annotations

from core import UNKNOWN, Item, Scenario, Value, accepts, ignores, refuses, undecided

from ._network import a_vpc
from ._placement import CACHE_SUBNETS, RDS_SUBNETS
from ._routes import (
    DEFAULT_ROUTE_TABLE,
    ENDPOINT,
    MAIN_ASSOCIATION,
    PROPAGATIONS,
    a_route,
    a_subnet,
    a_table,
    joined,
)
from ._stores import (
    CACHE_CLUSTER,
    RDS_CLUSTER,
    RDS_CLUSTER_INSTANCE,
    RDS_INSTANCE,
    REPLICATION_GROUP,
    SERVERLESS_CACHE,
)

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


PRIVATE_SUBNETS: tuple[Scenario, ...] = (
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
    refuses(
        "a route to the internet", IGW, *routed(to("gatewayId"), needs=("igw",)), says="to igw"
    ),
    refuses("the same, known", *routed(to("gatewayId", "igw-1")), says="to igw-1"),
    refuses(
        "the same, IPv6",
        *routed({"ipv6CidrBlock": "::/0", "egressOnlyGatewayId": UNKNOWN}),
        says="egressOnlyGatewayId",
    ),
    refuses("half the internet", *routed(to("gatewayId", "igw-1", "0.0.0.0/1")), says=WAY_OUT),
    refuses("a NAT gateway", *routed(to("natGatewayId")), says="natGatewayId"),
    refuses(
        "a peering", *routed(to("vpcPeeringConnectionId", "pcx-1", "10.1.0.0/16")), says="Peering"
    ),
    refuses("a transit gateway", *routed(to("transitGatewayId", "tgw-1")), says="transitGatewayId"),
    refuses(
        "a network interface", *routed(to("networkInterfaceId", "eni-1")), says="networkInterface"
    ),
    refuses("a firewall's endpoint", *routed(to("vpcEndpointId", "vpce-1")), says="vpcEndpointId"),
    refuses(
        "a firewall as a gateway",
        FIREWALL,
        *routed(to("gatewayId"), needs=("firewall",)),
        says="firewall",
    ),
    refuses("a VPN gateway", *routed(to("gatewayId", "vgw-1")), says="vgw-1"),
    refuses(
        "a core network",
        *routed(to("coreNetworkArn", "arn:aws:networkmanager:x")),
        says="coreNetwork",
    ),
    refuses(
        "propagated routes, inline",
        *BASE,
        a_table(propagatingVgws=["vgw-1"]),
        *JOINED,
        *DB,
        says="propagated by a VPN gateway",
    ),
    refuses("propagated routes", *PRIVATE, *DB, PROPAGATED, says="propagated by vpn"),
    refuses("a route of its own", *by_route("gatewayId", IGW), says="way-out to igw"),
    refuses("a NAT route of its own", *by_route("natGatewayId"), says="natGatewayId"),
    refuses("a peering route of its own", *by_route("vpcPeeringConnectionId"), says=WAY_OUT),
    refuses("an IPv6 route of its own", *by_route("egressOnlyGatewayId"), says=WAY_OUT),
    refuses(
        "an interface route of its own",
        *by_route("networkInterfaceId", networkInterfaceId="eni-1"),
        says=WAY_OUT,
    ),
    refuses(
        "one subnet of two",
        *BASE,
        IGW,
        a_table(routes=[]),
        joined("a"),
        joined("b", "open"),
        a_table("open", to("gatewayId"), needs=("igw",)),
        *DB,
        says="subnet b",
    ),
    refuses(
        "the main table, adopted",
        *BASE,
        IGW,
        main_table(to("gatewayId"), needs=("igw",)),
        *DB,
        says="main to igw",
    ),
    refuses(
        "another table made the main one",
        *BASE,
        IGW,
        MAIN_IS_TABLE,
        a_table("table", to("gatewayId"), needs=("igw",)),
        *DB,
        says=WAY_OUT,
    ),
    refuses(
        "a route added to the main table",
        *BASE,
        *DB,
        IGW,
        a_route("gatewayId", ("igw",), "vpc"),
        says=WAY_OUT,
    ),
    refuses(
        "joined to the main table",
        *BASE,
        IGW,
        main_table(to("gatewayId"), needs=("igw",)),
        joined("a", "vpc"),
        joined("b", "vpc"),
        *DB,
        says=WAY_OUT,
    ),
    refuses(
        "public addresses",
        a_vpc(),
        a_subnet("a", mapPublicIpOnLaunch=True),
        a_subnet("b"),
        a_table(routes=[]),
        *JOINED,
        *DB,
        says="a gives public addresses",
    ),
    refuses(
        "no subnet group",
        *PRIVATE,
        Item(RDS_CLUSTER, "store", computed=("dbSubnetGroupName",)),
        says="default VPC",
    ),
    refuses(
        "no subnet group, cache",
        *PRIVATE,
        Item(REPLICATION_GROUP, "store", computed=("subnetGroupName",)),
        says="default VPC",
    ),
    refuses(
        "the default subnet group",
        *PRIVATE,
        store(dbSubnetGroupName="default"),
        says="is default, which is no",
    ),
    refuses(
        "a foreign subnet",
        *PRIVATE,
        subnet_group("a", ids=[UNKNOWN, "subnet-9"]),
        DB[1],
        says="subnet-9",
    ),
    refuses("no subnets", *PRIVATE, subnet_group(ids=[]), DB[1], says="names no subnet"),
    refuses(
        "an instance with a place of its own",
        *PRIVATE,
        *DB,
        Item(RDS_CLUSTER_INSTANCE, "one", {"dbSubnetGroupName": "default"}),
        says="is default",
    ),
    refuses(
        "an instance of a foreign cluster",
        *PRIVATE,
        Item(RDS_CLUSTER_INSTANCE, "one", {"clusterIdentifier": "theirs"}),
        says="default VPC",
    ),
    refuses("a plain instance", *PRIVATE, Item(RDS_INSTANCE, "one", {}), says="default VPC"),
    refuses("a cache node", *PRIVATE, Item(CACHE_CLUSTER, "one", {}), says="default VPC"),
    undecided("a gateway out of nowhere", *routed(to("gatewayId"))),
    undecided("routes computed at deploy time", *BASE, a_table(routes=UNKNOWN), *JOINED, *DB),
    undecided("a route for an unknown table", *PRIVATE, *DB, a_route("gatewayId", (), "nowhere")),
    undecided("an association of an unknown subnet", *PRIVATE, *DB, joined("nowhere")),
    undecided("an unknown subnet", *PRIVATE, subnet_group(ids=[UNKNOWN]), DB[1]),
    ignores("no store", *PRIVATE),
)
