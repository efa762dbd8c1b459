"""Examples for store-private-subnets: ways out of what is deployed, named by its id."""

from __future__ import annotations

from core import Item, Scenario, Value, refuses

from ._network import a_vpc
from ._placement import RDS_SUBNETS
from ._routes import (
    ASSOCIATION,
    DEFAULT_ROUTE_TABLE,
    MAIN_ASSOCIATION,
    ROUTE,
    ROUTE_TABLE,
    a_subnet,
)
from ._routes_scenarios import to
from ._stores import RDS_CLUSTER

DEPLOYED = (
    a_vpc(id="vpc-1", mainRouteTableId="rtb-m", defaultRouteTableId="rtb-m"),
    a_subnet("a", vpcId="vpc-1", id="subnet-a"),
    Item(RDS_SUBNETS, "group", {"name": "g", "subnetIds": ["subnet-a"]}),
    Item(RDS_CLUSTER, "store", {"dbSubnetGroupName": "g"}),
)
TABLE = Item(ROUTE_TABLE, "table", {"vpcId": "vpc-1"}, outputs={"id": "rtb-1"})
OWN = Item(ASSOCIATION, "own", {"subnetId": "subnet-a", "routeTableId": "rtb-1"})
MADE_MAIN = Item(MAIN_ASSOCIATION, "main", {"vpcId": "vpc-1", "routeTableId": "rtb-1"})
ADOPTED = Item(
    DEFAULT_ROUTE_TABLE,
    "adopted",
    {"defaultRouteTableId": "rtb-m", "routes": [to("gatewayId", "igw-1")]},
)


def out(table: str) -> Item:
    """A route of its own to the internet, in the table of this id."""
    values: dict[str, Value] = {"routeTableId": table, "gatewayId": "igw-1"}
    return Item(ROUTE, "out", {**values, "destinationCidrBlock": "0.0.0.0/0"})


WAYS_OUT: tuple[Scenario, ...] = (
    *(
        refuses(f"deployed, a way out by {what}", *DEPLOYED, *items, says="to igw-1")
        for what, items in {
            "the subnet's own table": (TABLE, OWN, out("rtb-1")),
            "the VPC's main table": (out("rtb-m"),),
            "the table that is made the main one": (TABLE, MADE_MAIN, out("rtb-1")),
            "the main table, adopted": (ADOPTED,),
        }.items()
    ),
    *(
        refuses(
            f"deployed, the first table as {key} alone gives it",
            a_vpc(id="vpc-1", **{key: "rtb-m"}),
            *DEPLOYED[1:],
            ADOPTED,
            says="to igw-1",
        )
        for key in ("mainRouteTableId", "defaultRouteTableId")
    ),
)
