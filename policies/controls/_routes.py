"""Ways out of a subnet, by every route that can apply to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core import UNKNOWN, Item, Props, Referring, Resource, Stack, Undecided, Value

from ._network import SUBNET, VPC, vpc_of
from ._types import ENDPOINT

ROUTE = "aws:ec2/route:Route"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
DEFAULT_ROUTE_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
TABLES = (ROUTE_TABLE, DEFAULT_ROUTE_TABLE)
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
MAIN_ASSOCIATION = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
PROPAGATIONS = (
    "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
    "aws:vpc/routeServerPropagation:RouteServerPropagation",
)
#: What AWS's own names for a VPC's first route table are.
MAIN_TABLE = ("mainRouteTableId", "defaultRouteTableId")
#: Every target but the one that a local route and a gateway endpoint use, `gatewayId`.
TARGETS = (
    "carrierGatewayId", "coreNetworkArn", "egressOnlyGatewayId", "instanceId", "localGatewayId",
    "natGatewayId", "networkInterfaceId", "odbNetworkArn", "transitGatewayId", "vpcEndpointId",
    "vpcPeeringConnectionId",
)  # fmt: skip
FROM_STACK = "take it from a route table of this stack"


def ways_out(subnet: Resource, stack: Stack) -> list[str]:
    """What leads out of the subnet; empty when only local routes and gateway endpoints apply.

    Raises Undecided when a route, its table or the subnet's table is not known.
    """
    return stack.once(("ways out", subnet), lambda: list(_ways_out(subnet, stack)))


def _ways_out(subnet: Resource, stack: Stack) -> Iterator[str]:
    associations = stack.referring((ASSOCIATION,), "subnetId", (SUBNET,), ("id",))
    if unclear := stack.once("associations of no one subnet", lambda: _unclear(associations)):
        raise Undecided(f"{unclear}.subnetId", "take it from a subnet of this stack")
    own = associations.to(subnet)
    for association, _ in own:
        yield from _of_reference(association, stack)
    if not own:
        yield from _of_main_table(vpc_of(subnet, stack), stack)


def _unclear(associations: Referring) -> str:
    """The name of the first association whose subnet may be one of several."""
    for association, found in associations.every:
        if found.undecided or (found.by_graph and len(found.targets) > 1):
            return association.name
    return ""


def _undecided(referring: Referring, key: str) -> str:
    """The path of the first property of which nobody can tell where it points."""
    return next((f"{r.name}.{key}" for r, found in referring.every if found.undecided), "")


def _of_reference(association: Resource, stack: Stack) -> Iterator[str]:
    """The ways out of the table that an association names."""
    tables = stack.refers_to(association, "routeTableId", TABLES, ("id",))
    for table in tables.targets:
        yield from _ways_out_of_table(table, stack)
    if not tables.targets:
        vpcs = stack.refers_to(association, "routeTableId", (VPC,), MAIN_TABLE)
        for vpc in vpcs.targets:
            yield from _of_main_table(vpc, stack)
        if not vpcs.targets:
            if tables.undecided:
                raise Undecided(f"{association.name}.routeTableId", FROM_STACK)
            yield f"{tables.strangers[0] if tables.strangers else 'a table'} of elsewhere, unseen"


def _ways_out_of_table(table: Resource, stack: Stack) -> list[str]:
    return stack.once(("ways out", table), lambda: list(_of_table(table, stack)))


def _of_main_table(vpc: Resource, stack: Stack) -> Iterator[str]:
    """The ways out of whatever is, or may be, the VPC's main table."""
    associations = stack.referring((MAIN_ASSOCIATION,), "vpcId", (VPC,), ("id",))
    tables = stack.referring((DEFAULT_ROUTE_TABLE,), "defaultRouteTableId", (VPC,), MAIN_TABLE)
    if unclear := stack.once(
        "main tables of no one VPC",
        lambda: _undecided(associations, "vpcId") or _undecided(tables, "defaultRouteTableId"),
    ):
        raise Undecided(unclear, "take it from a VPC of this stack")
    for association, _ in associations.to(vpc):
        yield from _of_reference(association, stack)
    for table, _ in tables.to(vpc):
        yield from _ways_out_of_table(table, stack)
    yield from _of_rows(vpc, stack)


def _of_table(table: Resource, stack: Stack) -> Iterator[str]:
    for key in ("routes", "propagatingVgws"):
        if table.props.raw(key) is UNKNOWN and not table.declared(key):
            continue
        if key == "propagatingVgws" and table.props.items(key):
            yield f"routes propagated by a VPN gateway into {table.name}"
        blocks = list(table.props.blocks(key)) if key == "routes" else []
        unknown = sum(b.raw("gatewayId") is UNKNOWN for b in blocks)
        sources = stack.sources(table, "routes") if unknown else []
        if unknown > len(sources) and all(r.type == ENDPOINT for r in sources):
            raise Undecided(f"{table.name}.routes", "take each gateway from an endpoint of its own")
        for block in blocks:
            yield from _target(
                block, table.name, block.raw, lambda _: stack.sources(table, "routes")
            )
    yield from _of_rows(table, stack)


def _of_rows(owner: Resource, stack: Stack) -> Iterator[str]:
    """The ways out by rows that are resources of their own, of a table or a VPC's main table."""
    unclear, rows = stack.once("rows of route tables", lambda: _rows(stack))
    if unclear:
        raise Undecided(f"{unclear}.routeTableId", FROM_STACK)
    for row in rows.get(owner.urn, ()):
        if row.type != ROUTE:
            yield f"routes propagated by {row.name}"
            continue
        yield from _target(
            row.props,
            row.name,
            lambda key, row=row: row.props.raw(key) if row.declared(key) else None,  # type: ignore[misc]
            lambda key, row=row: stack.sources(row, key),  # type: ignore[misc]
        )


def _rows(stack: Stack) -> tuple[str, dict[str, list[Resource]]]:
    """The rows by the urn of the table, or of the VPC whose main table, they belong to; beside
    them the name of the first one that may belong to any.
    """
    owners: dict[str, list[Resource]] = {}
    for row in stack.of(ROUTE, *PROPAGATIONS):
        tables = stack.refers_to(row, "routeTableId", TABLES, ("id",))
        vpcs = stack.refers_to(row, "routeTableId", (VPC,), MAIN_TABLE)
        if tables.undecided and vpcs.undecided:
            return row.name, {}
        for urn in {owner.urn for owner in tables.targets or vpcs.targets}:
            owners.setdefault(urn, []).append(row)
    return "", owners


def _target(
    route: Props,
    name: str,
    written: Callable[[str], Value],
    graph: Callable[[str], list[Resource]],
) -> Iterator[str]:
    """The route's target when it leads out."""
    route_of = f"{name} {route.path('')}".rstrip(". ")
    for key in TARGETS:
        if written(key) not in (None, ""):
            yield f"{route_of} to {key}"
            return
    gateway = written("gatewayId")
    if isinstance(gateway, str) and gateway:
        if gateway != "local" and not gateway.startswith("vpce-"):
            yield f"{route_of} to {gateway}"
        return
    if gateway is not UNKNOWN:
        yield f"{route_of}, whose target is not written"
        return
    sources = graph("gatewayId")
    # a gateway read from a VPC may be its way to the internet
    if not sources or any(r.type == VPC for r in sources):
        raise Undecided(f"{route_of} gatewayId", "take it from a gateway endpoint of this stack")
    for source in sources:
        gateway_type = source.props.raw("vpcEndpointType") if source.type == ENDPOINT else ""
        if source.type != ENDPOINT or gateway_type not in (None, "Gateway"):
            yield f"{route_of} to {source.name} ({source.type.split(':')[-1]})"


# For scenarios.


def a_subnet(name: str, vpc: str = "vpc", zone: Value = "sa-east-1a", **props: Value) -> Item:
    values = {"vpcId": UNKNOWN, "availabilityZone": zone, **props}
    return Item(SUBNET, name, values, needs={"vpcId": (vpc,)}, computed=("id",))


def a_table(
    name: str = "table", *routes: Value, needs: tuple[str, ...] = (), **props: Value
) -> Item:
    """A route table with inline routes, computed from `needs`."""
    values: dict[str, Value] = {"vpcId": UNKNOWN, **props}
    computed = ["id", "propagatingVgws"]
    if routes:
        values["routes"] = list(routes)
    elif "routes" not in props:
        computed.append("routes")
    graph = {"vpcId": ("vpc",), "routes": needs, "propagatingVgws": needs}
    return Item(ROUTE_TABLE, name, values, needs=graph, computed=tuple(computed))


def joined(subnet: str, table: str = "table") -> Item:
    """An association of a subnet with a table."""
    return Item(
        ASSOCIATION,
        f"{subnet}-{table}",
        {"subnetId": UNKNOWN, "routeTableId": UNKNOWN},
        needs={"subnetId": (subnet,), "routeTableId": (table,)},
    )


def a_route(target: str, needs: tuple[str, ...], table: str = "table", **props: Value) -> Item:
    """A route of its own from `table` to what `needs` names, by the property `target`."""
    values: dict[str, Value] = {"routeTableId": UNKNOWN, target: UNKNOWN, **props}
    computed = tuple(k for k in ("instanceId", "networkInterfaceId", "state") if k != target)
    graph = {"routeTableId": (table,), target: needs}
    return Item(ROUTE, "way-out", values, needs=graph, computed=computed)
