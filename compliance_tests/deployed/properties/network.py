"""The properties of what EC2 keeps: VPC, subnets, tables, gateway, groups, flow log, endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence.live import Check

from ..inventory import one
from ..stack import Cloud, Resource
from .shape import live_routes, live_rules, tagged

if TYPE_CHECKING:
    from . import Reader

Found = dict[str, Any]


def vpc(check: Check, cloud: Cloud, resource: Resource) -> Found:
    ec2, id_ = cloud["ec2"], resource.id
    told = one(check.ask(ec2, "describe_vpcs", VpcIds=[id_])["Vpcs"])

    def attribute(name: str) -> bool:
        answer = check.ask(ec2, "describe_vpc_attribute", VpcId=id_, Attribute=name)
        return bool(answer[name[0].upper() + name[1:]]["Value"])

    return {
        "cidrBlock": told["CidrBlock"],
        "instanceTenancy": told["InstanceTenancy"],
        "dhcpOptionsId": told["DhcpOptionsId"],
        "enableDnsHostnames": attribute("enableDnsHostnames"),
        "enableDnsSupport": attribute("enableDnsSupport"),
        **tagged(told.get("Tags")),
    }


def subnet(check: Check, cloud: Cloud, resource: Resource) -> Found:
    told = one(check.ask(cloud["ec2"], "describe_subnets", SubnetIds=[resource.id])["Subnets"])
    return {
        "vpcId": told["VpcId"],
        "cidrBlock": told["CidrBlock"],
        "availabilityZone": told["AvailabilityZone"],
        "mapPublicIpOnLaunch": told["MapPublicIpOnLaunch"],
        "assignIpv6AddressOnCreation": told["AssignIpv6AddressOnCreation"],
        **tagged(told.get("Tags")),
    }


def internet_gateway(check: Check, cloud: Cloud, resource: Resource) -> Found:
    answer = check.ask(cloud["ec2"], "describe_internet_gateways", InternetGatewayIds=[resource.id])
    told = one(answer["InternetGateways"])
    attached = [a["VpcId"] for a in told.get("Attachments", ())]
    return {"vpcId": one(attached) if attached else None, **tagged(told.get("Tags"))}


def table(check: Check, cloud: Cloud, resource: Resource) -> Found:
    answer = check.ask(cloud["ec2"], "describe_route_tables", RouteTableIds=[resource.id])
    told = one(answer["RouteTables"])
    return {
        "vpcId": told["VpcId"],
        "routes": live_routes(told["Routes"]),
        **tagged(told.get("Tags")),
    }


def association(check: Check, cloud: Cloud, resource: Resource) -> Found:
    named = {"Name": "association.route-table-association-id", "Values": [resource.id]}
    told = one(check.ask_all(cloud["ec2"], "describe_route_tables", Filters=[named])["RouteTables"])
    mine = one([a for a in told["Associations"] if a["RouteTableAssociationId"] == resource.id])
    return {"routeTableId": told["RouteTableId"], "subnetId": mine.get("SubnetId")}


def group(check: Check, cloud: Cloud, resource: Resource) -> Found:
    answer = check.ask(cloud["ec2"], "describe_security_groups", GroupIds=[resource.id])
    told = one(answer["SecurityGroups"])
    return {
        "name": told["GroupName"],
        "description": told["Description"],
        "vpcId": told["VpcId"],
        "ingress": live_rules(resource.id, told["IpPermissions"]),
        "egress": live_rules(resource.id, told["IpPermissionsEgress"]),
        **tagged(told.get("Tags")),
    }


def flow_log(check: Check, cloud: Cloud, resource: Resource) -> Found:
    told = one(check.ask(cloud["ec2"], "describe_flow_logs", FlowLogIds=[resource.id])["FlowLogs"])
    to = str(told.get("LogDestination") or "").removesuffix(":*")
    return {
        "vpcId": told["ResourceId"],
        "trafficType": told["TrafficType"],
        "iamRoleArn": told.get("DeliverLogsPermissionArn"),
        "logDestination": to or _group_arn(cloud, str(told.get("LogGroupName"))),
        "logDestinationType": told["LogDestinationType"],
        "maxAggregationInterval": told.get("MaxAggregationInterval"),
        "logFormat": told.get("LogFormat"),
        **tagged(told.get("Tags")),
    }


def _group_arn(cloud: Cloud, name: str) -> str:
    return f"arn:aws:logs:{cloud.region}:{cloud.account}:log-group:{name}"


def endpoint(check: Check, cloud: Cloud, resource: Resource) -> Found:
    answer = check.ask(cloud["ec2"], "describe_vpc_endpoints", VpcEndpointIds=[resource.id])
    told = one(answer["VpcEndpoints"])
    return {
        "vpcId": told["VpcId"],
        "serviceName": told["ServiceName"],
        "vpcEndpointType": told["VpcEndpointType"],
        "subnetIds": told.get("SubnetIds"),
        "routeTableIds": told.get("RouteTableIds"),
        "securityGroupIds": [g["GroupId"] for g in told.get("Groups", ())],
        "privateDnsEnabled": told.get("PrivateDnsEnabled"),
        "policy": told.get("PolicyDocument"),
        **tagged(told.get("Tags")),
    }


READERS: dict[str, Reader] = {
    "aws:ec2/vpc:Vpc": vpc,
    "aws:ec2/subnet:Subnet": subnet,
    "aws:ec2/internetGateway:InternetGateway": internet_gateway,
    "aws:ec2/routeTable:RouteTable": table,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": association,
    "aws:ec2/securityGroup:SecurityGroup": group,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": group,
    "aws:ec2/flowLog:FlowLog": flow_log,
    "aws:ec2/vpcEndpoint:VpcEndpoint": endpoint,
}
