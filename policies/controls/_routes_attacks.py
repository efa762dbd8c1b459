"""Examples for store-private-subnets: every way out that a subnet can be given."""

from __future__ import annotations

from dataclasses import replace

from core import UNKNOWN, Item, Scenario, refuses

from ._network import a_vpc
from ._placement import PLACED
from ._routes import (
    ASSOCIATION,
    ROUTE_TABLE,
    a_route,
    a_subnet,
    a_table,
    joined,
)
from ._routes_scenarios import (
    BASE,
    DB,
    FIREWALL,
    IGW,
    JOINED,
    MAIN_IS_TABLE,
    PRIVATE,
    PROPAGATED,
    S3,
    WAY_OUT,
    by_route,
    main_table,
    routed,
    store,
    subnet_group,
    to,
)
from ._stores import (
    CACHE_CLUSTER,
    RDS_CLUSTER,
    RDS_CLUSTER_INSTANCE,
    RDS_INSTANCE,
    REPLICATION_GROUP,
    SERVERLESS_CACHE,
)

ATTACKS: tuple[Scenario, ...] = (
    *(
        refuses(
            f"nothing said, {kind.split(':')[-1]} of {kind.split(':')[1]}",
            *PRIVATE,
            Item(kind, "store"),
            says="default VPC",
        )
        for kind in PLACED
    ),
    refuses(
        "a route added behind the program's back",
        *BASE,
        *JOINED,
        *DB,
        Item(
            ROUTE_TABLE,
            "table",
            {"vpcId": UNKNOWN},
            needs={"vpcId": ("vpc",)},
            outputs={"routes": [to("gatewayId", "igw-1")]},
        ),
        says="to igw-1",
    ),
    refuses(
        "a table of elsewhere",
        *BASE,
        Item(
            ASSOCIATION,
            "a-theirs",
            {"subnetId": UNKNOWN, "routeTableId": "rtb-9"},
            needs={"subnetId": ("a",)},
        ),
        *DB,
        says="rtb-9 of elsewhere",
    ),
    refuses(
        "a route without a target",
        *routed({"cidrBlock": "0.0.0.0/0", "gatewayId": ""}),
        says="not written",
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
        "a subnet joined to two tables",
        *PRIVATE,
        *DB,
        IGW,
        a_table("open", to("gatewayId"), needs=("igw",)),
        joined("a", "open"),
        says="to igw",
    ),
    refuses(
        "one route instead of a list",
        *BASE,
        a_table(routes=to("natGatewayId")),
        *JOINED,
        *DB,
        says="natGatewayId",
    ),
    refuses(
        "public addresses, as a text",
        a_vpc(),
        a_subnet("a", mapPublicIpOnLaunch="true"),
        a_subnet("b"),
        a_table(routes=[]),
        *JOINED,
        *DB,
        says="a gives public",
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
        says="to igw",
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
        "public addresses of one subnet, those of the other not known yet",
        a_vpc(),
        a_subnet("a", mapPublicIpOnLaunch=True),
        a_subnet("b", mapPublicIpOnLaunch=UNKNOWN),
        a_table(routes=[]),
        *JOINED,
        *DB,
        says="a gives public addresses",
    ),
    refuses(
        "no subnet group",
        *PRIVATE,
        Item(RDS_CLUSTER, "store", computed=("dbSubnetGroupName",)),
        says="Write: db_subnet_group_name=private_subnet_group.name",
    ),
    refuses(
        "no subnets, serverless",
        *PRIVATE,
        Item(SERVERLESS_CACHE, "store", computed=("subnetIds",)),
        says="Write: subnet_ids=[s.id for s in private_subnets]",
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
    refuses(
        "gateways of an endpoint and of the internet",
        *routed(*(to("gatewayId") for _ in range(3)), needs=("s3", "igw")),
        S3,
        IGW,
        says="to igw (",
    ),
    refuses(
        "two gateways' routes propagated, each of them told",
        *PRIVATE,
        *DB,
        PROPAGATED,
        replace(PROPAGATED, name="vpn-2"),
        says="routes propagated by vpn-2",
    ),
)
