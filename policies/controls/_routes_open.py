"""Examples for store-private-subnets: what cannot be told before deployment, and no store."""

from __future__ import annotations

from core import UNKNOWN, Item, Scenario, ignores, undecided

from ._network import a_vpc
from ._placement import RDS_SUBNETS
from ._routes import (
    ASSOCIATION,
    DEFAULT_ROUTE_TABLE,
    MAIN_ASSOCIATION,
    a_route,
    a_subnet,
    a_table,
    joined,
)
from ._routes_scenarios import (
    BASE,
    DB,
    IGW,
    JOINED,
    PRIVATE,
    S3,
    routed,
    store,
    subnet_group,
    to,
)
from ._stores import (
    RDS_CLUSTER,
)

OPEN: tuple[Scenario, ...] = (
    undecided("an unknown table", *BASE, joined("a", "nowhere"), *DB),
    undecided(
        "an association of one of two subnets",
        *PRIVATE,
        *DB,
        Item(
            ASSOCIATION,
            "either",
            {"subnetId": UNKNOWN, "routeTableId": UNKNOWN},
            needs={"subnetId": ("a", "b"), "routeTableId": ("table",)},
        ),
    ),
    undecided(
        "a main association of an unknown VPC",
        *BASE,
        *DB,
        Item(
            MAIN_ASSOCIATION,
            "main",
            {"vpcId": UNKNOWN, "routeTableId": UNKNOWN},
            needs={"routeTableId": ("table",)},
        ),
        a_table(),
        says="`main.vpcId`",
    ),
    undecided(
        "one of two subnet groups",
        *PRIVATE,
        *DB,
        Item(RDS_SUBNETS, "more", {"subnetIds": []}),
        Item(
            RDS_CLUSTER,
            "two",
            {"dbSubnetGroupName": UNKNOWN},
            needs={"dbSubnetGroupName": ("subnets", "more")},
        ),
    ),
    undecided("an unknown subnet group", *PRIVATE, store(dbSubnetGroupName=UNKNOWN)),
    undecided("a route without any target", *PRIVATE, *DB, a_route("gatewayId", ())),
    undecided(
        "public addresses known at deploy time",
        a_vpc(),
        a_subnet("a", mapPublicIpOnLaunch=UNKNOWN),
        a_subnet("b"),
        a_table(routes=[]),
        *JOINED,
        *DB,
    ),
    undecided(
        "a gateway read from the VPC, beside an endpoint",
        S3,
        *routed(to("gatewayId"), needs=("s3", "vpc")),
    ),
    undecided(
        "two gateways, one endpoint",
        S3,
        *routed(to("gatewayId"), to("gatewayId", cidr="8.0.0.0/8"), needs=("s3",)),
    ),
    undecided(
        "a default table of nobody knows which VPC",
        *BASE,
        *DB,
        IGW,
        Item(
            DEFAULT_ROUTE_TABLE,
            "main",
            {"defaultRouteTableId": UNKNOWN, "routes": [to("gatewayId")]},
            needs={"defaultRouteTableId": ("vpc", "igw"), "routes": ("igw",)},
        ),
    ),
    undecided("a gateway out of nowhere", *routed(to("gatewayId"))),
    undecided("routes computed at deploy time", *BASE, a_table(routes=UNKNOWN), *JOINED, *DB),
    undecided("a route for an unknown table", *PRIVATE, *DB, a_route("gatewayId", (), "nowhere")),
    undecided("an association of an unknown subnet", *PRIVATE, *DB, joined("nowhere")),
    undecided("an unknown subnet", *PRIVATE, subnet_group(ids=[UNKNOWN]), DB[1]),
    ignores("no store", *PRIVATE),
)
