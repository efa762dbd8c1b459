"""VPC, subnet and internet gateway."""

from __future__ import annotations

from sandbox.providers.aws.services.ec2_shared import arn, by, delete, find, retag, tagged
from sandbox.providers.framework import Clients, Handler, Inputs, Outputs, TypeRule, made, tag_map
from sandbox.providers.validators import cidr4, conflicts, one_of, prefix_length

VPC_ATTRIBUTES = {
    "enableDnsSupport": "EnableDnsSupport",
    "enableDnsHostnames": "EnableDnsHostnames",
    "enableNetworkAddressUsageMetrics": "EnableNetworkAddressUsageMetrics",
}
SUBNET_ATTRIBUTES = {
    "mapPublicIpOnLaunch": "MapPublicIpOnLaunch",
    "assignIpv6AddressOnCreation": "AssignIpv6AddressOnCreation",
}


class Vpc:
    """aws.ec2.Vpc."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        asked = {
            "CidrBlock": inputs["cidrBlock"],
            "InstanceTenancy": inputs.get("instanceTenancy", "default"),
        }
        id: str = aws.ec2.create_vpc(**asked, **tagged("vpc", inputs))["Vpc"]["VpcId"]
        with made(id):
            self._set(aws, id, inputs, {name for name in VPC_ATTRIBUTES if name in inputs})
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        vpc = find(aws.ec2.describe_vpcs, "Vpcs", VpcIds=[id])
        if vpc is None:
            return None
        outputs: Outputs = {
            "arn": arn(aws, "vpc", id, vpc.get("OwnerId", "")),
            "cidrBlock": vpc["CidrBlock"],
            "dhcpOptionsId": vpc.get("DhcpOptionsId"),
            "instanceTenancy": vpc.get("InstanceTenancy", "default"),
            "ipv6AssociationId": "",
            "ipv6CidrBlock": "",
            "ipv6CidrBlockNetworkBorderGroup": "",
            "ownerId": vpc.get("OwnerId") or aws.account,
            "tagsAll": tag_map(vpc.get("Tags")),
        }
        for name, attribute in VPC_ATTRIBUTES.items():
            asked = attribute[0].lower() + attribute[1:]
            answer = aws.ec2.describe_vpc_attribute(VpcId=id, Attribute=asked)
            outputs[name] = answer.get(attribute, {}).get("Value", False)
        mine = by("vpc-id", id)["Filters"]
        tables = aws.ec2.describe_route_tables(Filters=mine)["RouteTables"]
        mains = [t for t in tables if any(a.get("Main") for a in t["Associations"])]
        outputs["mainRouteTableId"] = next((t["RouteTableId"] for t in mains), "")
        outputs["defaultRouteTableId"] = outputs["mainRouteTableId"]
        acls = aws.ec2.describe_network_acls(Filters=mine)["NetworkAcls"]
        outputs["defaultNetworkAclId"] = next(
            (a["NetworkAclId"] for a in acls if a["IsDefault"]), ""
        )
        groups = aws.ec2.describe_security_groups(
            Filters=[*mine, *by("group-name", "default")["Filters"]]
        )
        outputs["defaultSecurityGroupId"] = next(
            (g["GroupId"] for g in groups["SecurityGroups"]), ""
        )
        return outputs

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        self._set(aws, id, news, changed & VPC_ATTRIBUTES.keys())
        if "instanceTenancy" in changed:
            aws.ec2.modify_vpc_tenancy(
                VpcId=id, InstanceTenancy=news.get("instanceTenancy", "default")
            )
        retag(aws, id, olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        delete(aws.ec2.delete_vpc, VpcId=id)

    def _set(self, aws: Clients, id: str, inputs: Inputs, names: set[str]) -> None:
        # Host names need DNS support: it goes first when it is switched on, last when off.
        for name in sorted(
            names,
            key=lambda name: (name != "enableDnsSupport") == inputs.get("enableDnsSupport", True),
        ):
            aws.ec2.modify_vpc_attribute(
                VpcId=id, **{VPC_ATTRIBUTES[name]: {"Value": bool(inputs.get(name, False))}}
            )


class Subnet:
    """aws.ec2.Subnet."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        asked = {"VpcId": inputs["vpcId"]}
        for name, key in (
            ("cidrBlock", "CidrBlock"),
            ("availabilityZone", "AvailabilityZone"),
            ("availabilityZoneId", "AvailabilityZoneId"),
            ("ipv6CidrBlock", "Ipv6CidrBlock"),
        ):
            if inputs.get(name):
                asked[key] = inputs[name]
        id: str = aws.ec2.create_subnet(**asked, **tagged("subnet", inputs))["Subnet"]["SubnetId"]
        with made(id):
            self._set(aws, id, inputs, {name for name in SUBNET_ATTRIBUTES if inputs.get(name)})
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        subnet = find(aws.ec2.describe_subnets, "Subnets", SubnetIds=[id])
        if subnet is None:
            return None
        dns = subnet.get("PrivateDnsNameOptionsOnLaunch") or {}
        return {
            "arn": arn(aws, "subnet", id, subnet.get("OwnerId", "")),
            "assignIpv6AddressOnCreation": subnet.get("AssignIpv6AddressOnCreation", False),
            "availabilityZone": subnet["AvailabilityZone"],
            "availabilityZoneId": subnet.get("AvailabilityZoneId"),
            "cidrBlock": subnet["CidrBlock"],
            "ipv6CidrBlock": next(
                (a["Ipv6CidrBlock"] for a in subnet.get("Ipv6CidrBlockAssociationSet") or []), ""
            ),
            "ipv6CidrBlockAssociationId": "",
            "mapPublicIpOnLaunch": subnet.get("MapPublicIpOnLaunch", False),
            "ownerId": subnet.get("OwnerId") or aws.account,
            "privateDnsHostnameTypeOnLaunch": dns.get("HostnameType", "ip-name"),
            "tagsAll": tag_map(subnet.get("Tags")),
            "vpcId": subnet["VpcId"],
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        self._set(aws, id, news, changed & SUBNET_ATTRIBUTES.keys())
        retag(aws, id, olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        delete(aws.ec2.delete_subnet, SubnetId=id)

    def _set(self, aws: Clients, id: str, inputs: Inputs, names: set[str]) -> None:
        for name in sorted(names):
            value = {"Value": bool(inputs.get(name, False))}
            aws.ec2.modify_subnet_attribute(SubnetId=id, **{SUBNET_ATTRIBUTES[name]: value})


class InternetGateway:
    """aws.ec2.InternetGateway, attached to a VPC if it names one."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        answer = aws.ec2.create_internet_gateway(**tagged("internet-gateway", inputs))
        id: str = answer["InternetGateway"]["InternetGatewayId"]
        with made(id):
            if inputs.get("vpcId"):
                aws.ec2.attach_internet_gateway(InternetGatewayId=id, VpcId=inputs["vpcId"])
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        gateway = find(
            aws.ec2.describe_internet_gateways, "InternetGateways", InternetGatewayIds=[id]
        )
        if gateway is None:
            return None
        return {
            "arn": arn(aws, "internet-gateway", id, gateway.get("OwnerId", "")),
            "ownerId": gateway.get("OwnerId") or aws.account,
            "tagsAll": tag_map(gateway.get("Tags")),
            "vpcId": next((item["VpcId"] for item in gateway.get("Attachments") or []), ""),
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if "vpcId" in changed:
            if olds.get("vpcId"):
                aws.ec2.detach_internet_gateway(InternetGatewayId=id, VpcId=olds["vpcId"])
            if news.get("vpcId"):
                aws.ec2.attach_internet_gateway(InternetGatewayId=id, VpcId=news["vpcId"])
        retag(aws, id, olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        gateway = find(
            aws.ec2.describe_internet_gateways, "InternetGateways", InternetGatewayIds=[id]
        )
        for item in (gateway or {}).get("Attachments") or []:
            delete(aws.ec2.detach_internet_gateway, InternetGatewayId=id, VpcId=item["VpcId"])
        delete(aws.ec2.delete_internet_gateway, InternetGatewayId=id)


HANDLERS: dict[str, Handler] = {
    "aws:ec2/vpc:Vpc": Vpc(),
    "aws:ec2/subnet:Subnet": Subnet(),
    "aws:ec2/internetGateway:InternetGateway": InternetGateway(),
}
RULES: dict[str, TypeRule] = {
    "aws:ec2/vpc:Vpc": TypeRule(
        defaults={"enableDnsSupport": True},
        computed={"instanceTenancy"},
        replaces={"cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"},
        replaces_if={
            "instanceTenancy": lambda olds, news: news.get("instanceTenancy") != "default"
        },
        validators=(
            cidr4("cidrBlock"),
            prefix_length("cidrBlock", 16, 28),
            one_of("instanceTenancy", "default", "dedicated"),
            conflicts("ipv4NetmaskLength", "cidrBlock"),
        ),
    ),
    "aws:ec2/subnet:Subnet": TypeRule(
        zeros=dict.fromkeys(
            (
                "assignIpv6AddressOnCreation",
                "enableDns64",
                "enableResourceNameDnsARecordOnLaunch",
                "enableResourceNameDnsAaaaRecordOnLaunch",
                "ipv6Native",
                "mapPublicIpOnLaunch",
            ),
            False,
        ),
        replaces={
            "vpcId",
            "cidrBlock",
            "availabilityZone",
            "availabilityZoneId",
            "ipv6Native",
            "outpostArn",
        },
        validators=(
            cidr4("cidrBlock"),
            prefix_length("cidrBlock", 16, 28),
            conflicts("availabilityZone", "availabilityZoneId"),
            one_of("privateDnsHostnameTypeOnLaunch", "ip-name", "resource-name"),
        ),
    ),
    "aws:ec2/internetGateway:InternetGateway": TypeRule(),
}
