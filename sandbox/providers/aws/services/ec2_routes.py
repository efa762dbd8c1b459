"""Route tables (with routes of their own), routes, and the associations of tables."""

from __future__ import annotations

import zlib
from typing import Any

from sandbox.providers.aws.services.ec2_shared import arn, by, delete, find, retag, tagged
from sandbox.providers.framework import (
    Clients,
    Created,
    Handler,
    Inputs,
    Outputs,
    ProviderError,
    TypeRule,
    made,
    tag_map,
)
from sandbox.providers.validators import cidr4, cidr6, exactly_one

TARGETS = {
    "carrierGatewayId": "CarrierGatewayId",
    "coreNetworkArn": "CoreNetworkArn",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "localGatewayId": "LocalGatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}
TABLE_DESTINATIONS = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}


def wanted(route: Inputs, destinations: dict[str, str]) -> dict[str, Any]:
    """The arguments of CreateRoute and ReplaceRoute."""
    names = {**destinations, **TARGETS}
    return {key: route[name] for name, key in names.items() if route.get(name)}


def destination(route: dict[str, Any]) -> tuple[str, str]:
    """Which destination a route of the API has: (argument, value)."""
    return next((key, route[key]) for key in TABLE_DESTINATIONS.values() if route.get(key))


def seen(route: dict[str, Any], destinations: dict[str, str]) -> Outputs:
    """A route of the API with all the keys that outputs have."""
    outputs: Outputs = {
        name: route.get(key) or "" for name, key in {**destinations, **TARGETS}.items()
    }
    if outputs["gatewayId"].startswith("vpce-"):  # the API shows these endpoints as gateways
        outputs["vpcEndpointId"], outputs["gatewayId"] = outputs["gatewayId"], ""
    return outputs


def table_of(aws: Clients, id: str) -> dict[str, Any] | None:
    """One route table."""
    return find(aws.ec2.describe_route_tables, "RouteTables", RouteTableIds=[id])


def own_routes(table: dict[str, Any]) -> list[dict[str, Any]]:
    """The routes that somebody made: none local, propagated or of a gateway endpoint."""
    return [
        route
        for route in table["Routes"]
        if route.get("GatewayId") != "local"
        and route.get("Origin", "CreateRoute") == "CreateRoute"
        and not (
            route.get("DestinationPrefixListId") and str(route.get("GatewayId")).startswith("vpce-")
        )
    ]


class RouteTable:
    """aws.ec2.RouteTable; `routes` left out means: whatever Route resources make."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        answer = aws.ec2.create_route_table(VpcId=inputs["vpcId"], **tagged("route-table", inputs))
        id: str = answer["RouteTable"]["RouteTableId"]
        with made(id):
            for route in inputs.get("routes") or []:
                aws.ec2.create_route(RouteTableId=id, **wanted(route, TABLE_DESTINATIONS))
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        table = table_of(aws, id)
        if table is None:
            return None
        return {
            "arn": arn(aws, "route-table", id, table.get("OwnerId", "")),
            "ownerId": table.get("OwnerId") or aws.account,
            "propagatingVgws": [item["GatewayId"] for item in table.get("PropagatingVgws") or []],
            "routes": [seen(route, TABLE_DESTINATIONS) for route in own_routes(table)],
            "tagsAll": tag_map(table.get("Tags")),
            "vpcId": table["VpcId"],
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if "routes" in changed:
            table = table_of(aws, id) or {"Routes": []}
            have = {destination(route): route for route in own_routes(table)}
            want = [wanted(route, TABLE_DESTINATIONS) for route in news.get("routes") or []]
            for key, value in have.keys() - {destination(route) for route in want}:
                delete(aws.ec2.delete_route, RouteTableId=id, **{key: value})
            for route in want:
                if destination(route) not in have:
                    aws.ec2.create_route(RouteTableId=id, **route)
                elif not route.items() <= have[destination(route)].items():
                    aws.ec2.replace_route(RouteTableId=id, **route)
        retag(aws, id, olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        for association in (table_of(aws, id) or {}).get("Associations") or []:
            if not association.get("Main"):
                delete(
                    aws.ec2.disassociate_route_table,
                    AssociationId=association["RouteTableAssociationId"],
                )
        delete(aws.ec2.delete_route_table, RouteTableId=id)


class Route:
    """aws.ec2.Route."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        asked = wanted(inputs, DESTINATIONS)
        table = table_of(aws, inputs["routeTableId"])
        if table and any(destination(route) == destination(asked) for route in table["Routes"]):
            raise ProviderError(
                f"RouteAlreadyExists: {inputs['routeTableId']} has a route to "
                f"{destination(asked)[1]} already"
            )
        aws.ec2.create_route(RouteTableId=inputs["routeTableId"], **asked)
        return route_id(inputs["routeTableId"], destination(asked)[1])

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        if inputs:
            table_id, value = inputs["routeTableId"], destination(wanted(inputs, DESTINATIONS))[1]
        else:
            table_id, _, value = id.partition("_")  # the form of an import: rtb-1234_10.42.0.0/16
        table = table_of(aws, table_id)
        route = next((r for r in (table or {}).get("Routes") or [] if value in r.values()), None)
        if route is None:
            return None
        return {
            **seen(route, DESTINATIONS),
            "id": route_id(table_id, value),
            "instanceId": "",
            "instanceOwnerId": "",
            "origin": route.get("Origin") or "CreateRoute",
            "routeTableId": table_id,
            "state": route.get("State") or "active",
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        aws.ec2.replace_route(RouteTableId=news["routeTableId"], **wanted(news, DESTINATIONS))

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        key, value = destination(wanted(state, DESTINATIONS))
        delete(aws.ec2.delete_route, RouteTableId=state["routeTableId"], **{key: value})


def route_id(table: str, value: str) -> str:
    """The id that the vendor's provider makes up for a route."""
    return f"r-{table}{zlib.crc32(value.encode())}"


class RouteTableAssociation:
    """aws.ec2.RouteTableAssociation."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        end = {
            key: inputs[name]
            for name, key in (("subnetId", "SubnetId"), ("gatewayId", "GatewayId"))
            if inputs.get(name)
        }
        id: str = aws.ec2.associate_route_table(RouteTableId=inputs["routeTableId"], **end)[
            "AssociationId"
        ]
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        # By the subnet or gateway, not by id: AWS gives a new id when the table changes.
        end = inputs.get("subnetId") or inputs.get("gatewayId") or id.partition("/")[0]
        found = self._of(aws, id, end)
        if found is None:
            return None
        return {
            "id": found["RouteTableAssociationId"] if "/" in id else id,
            "gatewayId": found.get("GatewayId") or "",
            "routeTableId": found["RouteTableId"],
            "subnetId": found.get("SubnetId") or "",
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        found = self._of(aws, id, olds.get("subnetId") or olds.get("gatewayId") or id) or {}
        aws.ec2.replace_route_table_association(
            AssociationId=found.get("RouteTableAssociationId", id),
            RouteTableId=news["routeTableId"],
        )

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        found = self._of(aws, id, state.get("subnetId") or state.get("gatewayId") or id)
        if found:
            delete(aws.ec2.disassociate_route_table, AssociationId=found["RouteTableAssociationId"])

    def _of(self, aws: Clients, id: str, end: str) -> dict[str, Any] | None:
        """The association of a subnet or gateway (by id: `end` is then the association's)."""
        tables = aws.ec2.describe_route_tables()["RouteTables"]
        found: list[dict[str, Any]] = [
            item
            for table in tables
            for item in table["Associations"]
            if end in (item.get("SubnetId"), item.get("GatewayId"), item["RouteTableAssociationId"])
        ]
        return found[0] if found else None


class MainRouteTableAssociation:
    """aws.ec2.MainRouteTableAssociation: another main table; deleting puts the first back."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        main = self._main(aws, inputs["vpcId"])
        if main is None:
            raise ProviderError(f"{inputs['vpcId']} has no main route table; check the VPC's id")
        answer = aws.ec2.replace_route_table_association(
            AssociationId=main["RouteTableAssociationId"], RouteTableId=inputs["routeTableId"]
        )
        return Created(answer["NewAssociationId"], {"originalRouteTableId": main["RouteTableId"]})

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        vpc = inputs.get("vpcId") or self._vpc_of(aws, id)
        main = self._main(aws, vpc) if vpc else None
        return {"routeTableId": main["RouteTableId"], "vpcId": vpc} if main else None

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        main = self._main(aws, news["vpcId"]) or {}
        aws.ec2.replace_route_table_association(
            AssociationId=main.get("RouteTableAssociationId", id), RouteTableId=news["routeTableId"]
        )

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        main = self._main(aws, state["vpcId"])
        if main and state.get("originalRouteTableId"):
            delete(
                aws.ec2.replace_route_table_association,
                AssociationId=main["RouteTableAssociationId"],
                RouteTableId=state["originalRouteTableId"],
            )

    def _vpc_of(self, aws: Clients, id: str) -> str | None:
        found = find(
            aws.ec2.describe_route_tables,
            "RouteTables",
            **by("association.route-table-association-id", id),
        )
        return str(found["VpcId"]) if found else None

    def _main(self, aws: Clients, vpc: str) -> dict[str, Any] | None:
        tables = aws.ec2.describe_route_tables(**by("vpc-id", vpc))["RouteTables"]
        found: list[dict[str, Any]] = [
            a for t in tables for a in t["Associations"] if a.get("Main")
        ]
        return found[0] if found else None


HANDLERS: dict[str, Handler] = {
    "aws:ec2/routeTable:RouteTable": RouteTable(),
    "aws:ec2/route:Route": Route(),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": RouteTableAssociation(),
    "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation": MainRouteTableAssociation(),
}
ONE_DESTINATION = (
    "one of `destination_cidr_block,destination_ipv6_cidr_block,destination_prefix_list_id` "
    "must be specified"
)
RULES: dict[str, TypeRule] = {
    "aws:ec2/routeTable:RouteTable": TypeRule(
        replaces={"vpcId"},
        sets={"routes", "propagatingVgws"},
        validators=(cidr4("routes.cidrBlock"), cidr6("routes.ipv6CidrBlock")),
    ),
    "aws:ec2/route:Route": TypeRule(
        replaces={"routeTableId", *DESTINATIONS},
        validators=(
            cidr4("destinationCidrBlock"),
            cidr6("destinationIpv6CidrBlock"),
            exactly_one(*DESTINATIONS, text=ONE_DESTINATION),
            exactly_one(
                *TARGETS, text="one of `" + ",".join(sorted(TARGETS)) + "` must be specified"
            ),
        ),
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": TypeRule(
        replaces={"subnetId", "gatewayId"},
        validators=(
            exactly_one(
                "subnetId",
                "gatewayId",
                text='Exactly one of "gateway_id" or "subnet_id" must be set',
            ),
        ),
    ),
    "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation": TypeRule(replaces={"vpcId"}),
}
