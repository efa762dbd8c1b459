"""Rules and routes that an attacker adds."""

from __future__ import annotations

from core import UNKNOWN, Value

from .addition import Added
from .wrong_values import FOREIGN

RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
OUTSIDE_V4 = ("0.0.0.0/0", "0.0.0.0/1", "10.0.0.0/8", "10.1.0.0/16", "8.8.8.8/32", "10.0.0.0/15")
OUTSIDE_V6 = ("::/0", "2000::/3", "2001:db8::1/128", "::ffff:0.0.0.0/96")


def rules() -> tuple[Added, ...]:
    """Standalone rules on the groups of the data stores."""
    found: list[Added] = []
    for name, port in (("database", 5432.0), ("cache", 6379.0)):
        group = (GROUP, name)

        def old(
            what: str, group: tuple[str, str] = group, port: float = port, **props: Value
        ) -> None:
            base: dict[str, Value] = {
                "type": "ingress", "protocol": "tcp", "fromPort": port, "toPort": port,
                "description": "x",
            }  # fmt: skip
            found.append(
                Added(
                    f"rule on {group[1]}: {what}",
                    RULE,
                    {**base, **props},
                    {"securityGroupId": group},
                )
            )

        def new(
            what: str, group: tuple[str, str] = group, port: float = port, **props: Value
        ) -> None:
            base: dict[str, Value] = {
                "ipProtocol": "tcp", "fromPort": port, "toPort": port, "description": "x",
                "tags": {},
            }  # fmt: skip
            found.append(
                Added(
                    f"ingress rule on {group[1]}: {what}", INGRESS, {**base, **props},
                    {"securityGroupId": group},
                )
            )  # fmt: skip

        for cidr in OUTSIDE_V4:
            old(cidr, cidrBlocks=[cidr])
            new(cidr, cidrIpv4=cidr)
        for cidr in OUTSIDE_V6:
            old(cidr, ipv6CidrBlocks=[cidr])
            new(cidr, cidrIpv6=cidr)
        for what, value in (
            ("prefix list", "pl-12345678"), ("foreign group", "sg-0123456789abcdef0"),
        ):  # fmt: skip
            if what == "prefix list":
                old(what, prefixListIds=[value])
                new(what, prefixListId=value)
            else:
                old(what, sourceSecurityGroupId=value)
                new(what, referencedSecurityGroupId=value)
                new("group of another account", referencedSecurityGroupId=f"{FOREIGN}/{value}")
        old("unknown source", cidrBlocks=UNKNOWN)
        new("unknown source", cidrIpv4=UNKNOWN)
        old("no source at all")
        old("every protocol", protocol="-1", fromPort=0.0, toPort=0.0, cidrBlocks=["10.0.0.0/16"])
        new("every protocol", ipProtocol="-1", fromPort=None, toPort=None, cidrIpv4="10.0.0.0/16")
        old("every port", fromPort=0.0, toPort=65535.0, cidrBlocks=["10.0.0.0/16"])
        new("every port", fromPort=0.0, toPort=65535.0, cidrIpv4="10.0.0.0/16")
        old("another port", fromPort=22.0, toPort=22.0, cidrBlocks=["10.0.0.0/16"])
        new("another port", fromPort=22.0, toPort=22.0, cidrIpv4="10.0.0.0/16")
        old("udp", protocol="udp", cidrBlocks=["10.0.0.0/16"])
        new("udp", ipProtocol="17", cidrIpv4="10.0.0.0/16")
        old("type unknown", type=UNKNOWN, cidrBlocks=["0.0.0.0/0"])
        old("type in capitals", type="INGRESS", cidrBlocks=["0.0.0.0/0"])
    return tuple(found)


def routes() -> tuple[Added, ...]:
    """Ways out of the private subnets."""
    route, table = "aws:ec2/route:Route", ("aws:ec2/routeTable:RouteTable", "private-routes")
    targets = {
        "gatewayId": "igw-0123456789abcdef0", "natGatewayId": "nat-0123456789abcdef0",
        "transitGatewayId": "tgw-0123456789abcdef0", "networkInterfaceId": "eni-0123456789abcdef0",
        "vpcPeeringConnectionId": "pcx-0123456789abcdef0",
        "egressOnlyGatewayId": "eigw-0123456789abcdef0", "vpcEndpointId": "vpce-0123456789abcdef0",
        "localGatewayId": "lgw-0123456789abcdef0", "carrierGatewayId": "cagw-0123456789abcdef0",
        "coreNetworkArn": "arn:aws:networkmanager::1:core-network/x",
    }  # fmt: skip
    found = []
    for key, value in targets.items():
        for where in ("0.0.0.0/0", "8.8.8.8/32"):
            found.append(
                Added(
                    f"route {where} by {key}", route, {"destinationCidrBlock": where, key: value},
                    {"routeTableId": table},
                )
            )  # fmt: skip
    gateway = ("aws:ec2/internetGateway:InternetGateway", "")
    found.append(
        Added(
            "route by the stack's own internet gateway", route,
            {"destinationCidrBlock": "0.0.0.0/0"}, {"routeTableId": table, "gatewayId": gateway},
        )
    )  # fmt: skip
    found.append(
        Added(
            "route to a prefix list", route,
            {"destinationPrefixListId": "pl-12345678", "gatewayId": "igw-0123456789abcdef0"},
            {"routeTableId": table},
        )
    )  # fmt: skip
    found.append(
        Added(
            "virtual gateway's routes",
            "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
            {"vpnGatewayId": "vgw-0123456789abcdef0"}, {"routeTableId": table},
        )
    )  # fmt: skip
    found.append(
        Added("a NAT gateway", "aws:ec2/natGateway:NatGateway",
              {"allocationId": "eipalloc-1", "tags": {}},
              {"subnetId": ("aws:ec2/subnet:Subnet", "public-subnet-1")})
    )  # fmt: skip
    return tuple(found)
