"""The VPC: public subnets kept for a bastion, private subnets with no way out."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.names import Scope


@dataclass(frozen=True)
class NetworkArgs:
    """What the network needs; the CIDRs are valid and as many as the zones (settings see to it)."""

    scope: Scope
    vpc_cidr: str
    public_cidrs: tuple[str, ...]
    private_cidrs: tuple[str, ...]
    zones: tuple[str, ...]


class Network(pulumi.ComponentResource):
    """VPC, emptied default group, internet gateway, subnets over the zones, two route tables."""

    vpc: aws.ec2.Vpc
    public_subnets: list[aws.ec2.Subnet]
    private_subnets: list[aws.ec2.Subnet]

    def __init__(
        self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("iot-data-platform:components:Network", name, None, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        scope = args.scope
        self.vpc = aws.ec2.Vpc(
            "vpc",
            cidr_block=args.vpc_cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            instance_tenancy="default",
            tags=scope.tags(scope.name("vpc")),
            opts=self._child,
        )
        # AWS gives each VPC a group that lets its members talk to each other and to anyone:
        # adopted and emptied, so that nothing works by forgetting to name a group.
        aws.ec2.DefaultSecurityGroup(
            "default-group",
            vpc_id=self.vpc.id,
            ingress=[],
            egress=[],
            tags=scope.tags(scope.name("default-group")),
            opts=self._child,
        )
        gateway = aws.ec2.InternetGateway(
            "internet-gateway",
            vpc_id=self.vpc.id,
            tags=scope.tags(scope.name("internet-gateway")),
            opts=self._child,
        )
        way_out = aws.ec2.RouteTableRouteArgs(cidr_block="0.0.0.0/0", gateway_id=gateway.id)
        public = self._route_table("public", [way_out])
        private = self._route_table("private", [])
        self.public_subnets = self._subnets("public", args.public_cidrs, public)
        self.private_subnets = self._subnets("private", args.private_cidrs, private)
        self.register_outputs({})

    def _route_table(
        self, tier: str, routes: list[aws.ec2.RouteTableRouteArgs]
    ) -> aws.ec2.RouteTable:
        # Inline, and written even when empty: a route added by hand is then drift.
        scope = self._args.scope
        return aws.ec2.RouteTable(
            f"{tier}-routes",
            vpc_id=self.vpc.id,
            routes=routes,
            tags=scope.tags(scope.name(f"{tier}-routes")),
            opts=self._child,
        )

    def _subnets(
        self, tier: str, cidrs: tuple[str, ...], routes: aws.ec2.RouteTable
    ) -> list[aws.ec2.Subnet]:
        scope = self._args.scope
        subnets = []
        for number, (cidr, zone) in enumerate(zip(cidrs, self._args.zones, strict=True), start=1):
            name = f"{tier}-subnet-{number}"
            subnet = aws.ec2.Subnet(
                name,
                vpc_id=self.vpc.id,
                cidr_block=cidr,
                availability_zone=zone,
                map_public_ip_on_launch=False,
                assign_ipv6_address_on_creation=False,
                tags=scope.tags(scope.name(name)),
                opts=self._child,
            )
            aws.ec2.RouteTableAssociation(
                f"{name}-routes",
                subnet_id=subnet.id,
                route_table_id=routes.id,
                opts=self._child,
            )
            subnets.append(subnet)
        return subnets
