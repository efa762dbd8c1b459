"""The lifecycle table of EC2."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.world import World
from sandbox.providers.framework import is_missing

TAGS = {"Name": "thing"}
MORE_TAGS = {"Name": "thing", "Owner": "platform"}
ANYWHERE = "0.0.0.0/0"
VPC_CIDR = "10.0.0.0/16"


def first(call: Callable[..., Any], key: str, **asked: Any) -> dict[str, Any] | None:
    """The first item of a describe call, None if it says that there is none."""
    try:
        found = call(**asked)[key]
    except Exception as error:
        if is_missing(error):
            return None
        raise
    return found[0] if found else None


def view_vpc(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    vpc = first(world.aws.ec2.describe_vpcs, "Vpcs", VpcIds=[id_])
    if vpc is None:
        return None
    names = world.aws.ec2.describe_vpc_attribute(VpcId=id_, Attribute="enableDnsHostnames")
    return {
        "cidrBlock": vpc["CidrBlock"],
        "enableDnsHostnames": names["EnableDnsHostnames"]["Value"],
        "tags": world.tags(id_),
    }


def view_subnet(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    subnet = first(world.aws.ec2.describe_subnets, "Subnets", SubnetIds=[id_])
    if subnet is None:
        return None
    return {
        "cidrBlock": subnet["CidrBlock"],
        "availabilityZone": subnet["AvailabilityZone"],
        "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
        "vpcId": subnet["VpcId"],
        "tags": world.tags(id_),
    }


def view_gateway(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    gateway = first(
        world.aws.ec2.describe_internet_gateways, "InternetGateways", InternetGatewayIds=[id_]
    )
    if gateway is None:
        return None
    return {
        "vpcId": next((a["VpcId"] for a in gateway["Attachments"]), None),
        "tags": world.tags(id_),
    }


def table(world: World, id_: str) -> dict[str, Any] | None:
    return first(world.aws.ec2.describe_route_tables, "RouteTables", RouteTableIds=[id_])


def view_table(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = table(world, id_)
    if found is None:
        return None
    routes = [
        {
            "cidrBlock": r["DestinationCidrBlock"],
            "gatewayId": r.get("GatewayId"),
            "vpcPeeringConnectionId": r.get("VpcPeeringConnectionId"),
        }
        for r in found["Routes"]
        if r.get("GatewayId") != "local"
    ]
    return {"vpcId": found["VpcId"], "routes": routes, "tags": world.tags(id_)}


def view_route(world: World, _: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    found = table(world, world.tables[0])
    route = (
        next((r for r in found["Routes"] if r.get("DestinationCidrBlock") == ANYWHERE), None)
        if found
        else None
    )
    if route is None:
        return None
    return {
        "gatewayId": route.get("GatewayId"),
        "vpcPeeringConnectionId": route.get("VpcPeeringConnectionId"),
    }


def view_association(world: World, _: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    for id_ in world.tables:
        for item in (table(world, id_) or {"Associations": []})["Associations"]:
            if item.get("SubnetId") == world.subnets[0]:
                return {"subnetId": item["SubnetId"], "routeTableId": id_}
    return None


def view_main(world: World, _: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    for id_ in world.tables:
        if any(
            item.get("Main") for item in (table(world, id_) or {"Associations": []})["Associations"]
        ):
            return {"routeTableId": id_}
    return None


def permissions(world: World, id_: str, direction: str) -> list[dict[str, Any]] | None:
    """The rules of a group by describe_security_group_rules, one source each."""
    if first(world.aws.ec2.describe_security_groups, "SecurityGroups", GroupIds=[id_]) is None:
        return None
    found = world.aws.ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [id_]}]
    )
    return [r for r in found["SecurityGroupRules"] if r["IsEgress"] == (direction == "egress")]


def block(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule as a block of inputs."""
    ports = (0, 0) if rule["IpProtocol"] == "-1" else (rule["FromPort"], rule["ToPort"])
    made: dict[str, Any] = {
        "protocol": rule["IpProtocol"],
        "fromPort": ports[0],
        "toPort": ports[1],
    }
    if rule.get("CidrIpv4"):
        made["cidrBlocks"] = [rule["CidrIpv4"]]
    if rule.get("Description"):
        made["description"] = rule["Description"]
    return made


def view_group(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    ingress, egress = permissions(world, id_, "ingress"), permissions(world, id_, "egress")
    if ingress is None or egress is None:
        return None
    return {
        "ingress": [block(r) for r in ingress],
        "egress": [block(r) for r in egress],
        "tags": world.tags(id_),
    }


def view_rule(world: World, id_: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    found = permissions(world, world.group, "ingress")
    return block(found[0]) if found else None


def view_vpc_rule(
    direction: str,
) -> Callable[[World, str, Mapping[str, Any]], dict[str, Any] | None]:
    def view(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
        found = [
            r
            for r in permissions(world, world.group, direction) or []
            if r["SecurityGroupRuleId"] == id_
        ]
        if not found:
            return None
        keys = {
            "cidrIpv4": "CidrIpv4",
            "fromPort": "FromPort",
            "toPort": "ToPort",
            "description": "Description",
        }
        return {**{name: found[0].get(key) for name, key in keys.items()}, "tags": world.tags(id_)}

    return view


def view_acl(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    acl = first(world.aws.ec2.describe_network_acls, "NetworkAcls", NetworkAclIds=[id_])
    if acl is None:
        return None
    entries = [
        {
            "action": e["RuleAction"],
            "cidrBlock": e["CidrBlock"],
            "protocol": "tcp" if e["Protocol"] == "6" else e["Protocol"],
            "fromPort": e["PortRange"]["From"],
            "toPort": e["PortRange"]["To"],
            "ruleNo": e["RuleNumber"],
        }
        for e in acl["Entries"]
        if e["RuleNumber"] != 32767 and not e["Egress"]
    ]
    return {
        "ingress": entries,
        "subnetIds": [a["SubnetId"] for a in acl["Associations"]],
        "tags": world.tags(id_),
    }


def view_endpoint(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    endpoint = first(world.aws.ec2.describe_vpc_endpoints, "VpcEndpoints", VpcEndpointIds=[id_])
    if endpoint is None or endpoint["State"] == "deleted":
        return None
    return {
        "serviceName": endpoint["ServiceName"],
        "vpcEndpointType": endpoint["VpcEndpointType"],
        "privateDnsEnabled": endpoint["PrivateDnsEnabled"],
        "subnetIds": endpoint["SubnetIds"],
        "securityGroupIds": [group["GroupId"] for group in endpoint["Groups"]],
        "tags": world.tags(id_),
    }


def view_flow_log(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    log = first(world.aws.ec2.describe_flow_logs, "FlowLogs", FlowLogIds=[id_])
    if log is None:
        return None
    return {
        "vpcId": log["ResourceId"],
        "trafficType": log["TrafficType"],
        "iamRoleArn": log["DeliverLogsPermissionArn"],
        "tags": world.tags(id_),
    }


def open_to_all(world: World, group: str) -> None:
    """What nobody may do: let everybody in."""
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 22,
        "ToPort": 22,
        "IpRanges": [{"CidrIp": ANYWHERE}],
    }
    world.aws.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])


def retagged(world: World, id_: str, _: Mapping[str, Any]) -> None:
    world.aws.ec2.create_tags(Resources=[id_], Tags=[{"Key": "Name", "Value": "somebody else's"}])


def policy(action: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}],
        }
    )


POSTGRES = {
    "protocol": "tcp",
    "fromPort": 5432,
    "toPort": 5432,
    "cidrBlocks": [VPC_CIDR],
    "description": "PostgreSQL",
}
REDIS = {
    "protocol": "tcp",
    "fromPort": 6379,
    "toPort": 6379,
    "cidrBlocks": [VPC_CIDR],
    "description": "Redis",
}
ALL_OUT = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": [ANYWHERE]}
ENTRY = {
    "action": "allow",
    "protocol": "tcp",
    "fromPort": 5432,
    "toPort": 5432,
    "ruleNo": 100,
    "cidrBlock": VPC_CIDR,
}

CASES: tuple[Case, ...] = (
    Case(
        "aws:ec2/vpc:Vpc",
        lambda w: {"cidrBlock": VPC_CIDR, "tags": TAGS},
        view_vpc,
        update=lambda w: {"enableDnsHostnames": True, "tags": MORE_TAGS},
        replace=lambda w: {"cidrBlock": "10.1.0.0/16"},
        drift=lambda w, id_, s: w.aws.ec2.modify_vpc_attribute(
            VpcId=id_, EnableDnsHostnames={"Value": False}
        ),
        drifts="enableDnsHostnames",
    ),
    Case(
        "aws:ec2/subnet:Subnet",
        lambda w: {
            "vpcId": w.vpc,
            "cidrBlock": "10.0.1.0/24",
            "availabilityZone": "sa-east-1a",
            "tags": TAGS,
        },
        view_subnet,
        update=lambda w: {"mapPublicIpOnLaunch": True, "tags": MORE_TAGS},
        replace=lambda w: {"cidrBlock": "10.0.2.0/24"},
        drift=lambda w, id_, s: w.aws.ec2.modify_subnet_attribute(
            SubnetId=id_, MapPublicIpOnLaunch={"Value": False}
        ),
        drifts="mapPublicIpOnLaunch",
    ),
    Case(
        "aws:ec2/internetGateway:InternetGateway",
        lambda w: {"vpcId": w.vpc, "tags": TAGS},
        view_gateway,
        update=lambda w: {"vpcId": w.other_vpc, "tags": MORE_TAGS},
        drift=retagged,
        drifts="tags",
    ),
    Case(
        "aws:ec2/routeTable:RouteTable",
        lambda w: {
            "vpcId": w.vpc,
            "routes": [{"cidrBlock": ANYWHERE, "gatewayId": w.gateway}],
            "tags": TAGS,
        },
        view_table,
        update=lambda w: {
            "routes": [{"cidrBlock": ANYWHERE, "vpcPeeringConnectionId": w.other_gateway}],
            "tags": MORE_TAGS,
        },
        replace=lambda w: {"vpcId": w.other_vpc},
        drift=lambda w, id_, s: w.aws.ec2.create_route(
            RouteTableId=id_, DestinationCidrBlock="8.0.0.0/8", GatewayId=w.gateway
        ),
        drifts="routes",
    ),
    Case(
        "aws:ec2/route:Route",
        lambda w: {
            "routeTableId": w.tables[0],
            "destinationCidrBlock": ANYWHERE,
            "gatewayId": w.gateway,
        },
        view_route,
        replace=lambda w: {"destinationCidrBlock": "8.0.0.0/8"},
        drift=lambda w, id_, s: w.aws.ec2.replace_route(
            RouteTableId=w.tables[0],
            DestinationCidrBlock=ANYWHERE,
            VpcPeeringConnectionId=w.other_gateway,
        ),
        drifts="gatewayId",
        import_id=lambda id_, s: f"{s['routeTableId']}_{s['destinationCidrBlock']}",
    ),
    Case(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        lambda w: {"routeTableId": w.tables[0], "subnetId": w.subnets[0]},
        view_association,
        update=lambda w: {"routeTableId": w.tables[1]},
        replace=lambda w: {"subnetId": w.subnets[1]},
        import_id=lambda id_, s: f"{s['subnetId']}/{s['routeTableId']}",
    ),
    Case(
        "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
        lambda w: {"routeTableId": w.tables[0], "vpcId": w.vpc},
        view_main,
        update=lambda w: {"routeTableId": w.tables[1]},
        replace=lambda w: {"vpcId": w.other_vpc},
        leaves_another=True,
    ),
    Case(
        "aws:ec2/securityGroup:SecurityGroup",
        lambda w: {"vpcId": w.vpc, "description": "database", "ingress": [POSTGRES], "tags": TAGS},
        view_group,
        update=lambda w: {"ingress": [REDIS], "egress": [ALL_OUT], "tags": MORE_TAGS},
        replace=lambda w: {"description": "another"},
        drift=lambda w, id_, s: open_to_all(w, id_),
        drifts="ingress",
    ),
    Case(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        lambda w: {"vpcId": w.vpc, "ingress": [], "egress": [], "tags": TAGS},
        view_group,
        update=lambda w: {"ingress": [POSTGRES], "tags": MORE_TAGS},
        replace=lambda w: {"vpcId": w.other_vpc},
        drift=lambda w, id_, s: open_to_all(w, id_),
        drifts="ingress",
        removable=False,
        operations=("create", "read", "update"),
    ),
    Case(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        lambda w: {"securityGroupId": w.group, "type": "ingress", **POSTGRES},
        view_rule,
        update=lambda w: {"description": "described again"},
        replace=lambda w: {"cidrBlocks": ["10.0.11.0/24"]},
        import_id=lambda id_, s: f"{s['securityGroupId']}_ingress_tcp_5432_5432_{VPC_CIDR}",
    ),
    Case(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        lambda w: {
            "securityGroupId": w.group,
            "ipProtocol": "tcp",
            "fromPort": 5432,
            "toPort": 5432,
            "cidrIpv4": VPC_CIDR,
            "tags": TAGS,
        },
        view_vpc_rule("ingress"),
        update=lambda w: {"cidrIpv4": "10.0.11.0/24", "description": "narrower", "tags": MORE_TAGS},
        replace=lambda w: {"securityGroupId": w.other_group},
        drift=retagged,
        drifts="tags",
    ),
    Case(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        lambda w: {
            "securityGroupId": w.group,
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "cidrIpv4": VPC_CIDR,
            "tags": TAGS,
        },
        view_vpc_rule("egress"),
        update=lambda w: {"cidrIpv4": "10.0.11.0/24", "description": "narrower", "tags": MORE_TAGS},
        replace=lambda w: {"securityGroupId": w.other_group},
        drift=retagged,
        drifts="tags",
    ),
    Case(
        "aws:ec2/networkAcl:NetworkAcl",
        lambda w: {"vpcId": w.vpc, "ingress": [ENTRY], "subnetIds": [w.subnets[0]], "tags": TAGS},
        view_acl,
        update=lambda w: {
            "ingress": [{**ENTRY, "ruleNo": 200}],
            "subnetIds": [w.subnets[1]],
            "tags": MORE_TAGS,
        },
        replace=lambda w: {"vpcId": w.other_vpc},
        drift=lambda w, id_, s: w.aws.ec2.create_network_acl_entry(
            NetworkAclId=id_,
            Egress=False,
            RuleNumber=1,
            RuleAction="allow",
            Protocol="-1",
            CidrBlock=ANYWHERE,
        ),
        drifts="ingress",
    ),
    Case(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        lambda w: {
            "vpcId": w.vpc,
            "serviceName": "com.amazonaws.sa-east-1.kinesis-streams",
            "vpcEndpointType": "Interface",
            "subnetIds": w.subnets[:2],
            "securityGroupIds": [w.group],
            "privateDnsEnabled": True,
            "policy": policy("kinesis:*"),
            "tags": TAGS,
        },
        view_endpoint,
        update=lambda w: {
            "securityGroupIds": [w.other_group],
            "policy": policy("kinesis:PutRecord"),
            "tags": MORE_TAGS,
        },
        replace=lambda w: {"serviceName": "com.amazonaws.sa-east-1.kms"},
        drift=lambda w, id_, s: w.aws.ec2.modify_vpc_endpoint(
            VpcEndpointId=id_, AddSecurityGroupIds=[w.group]
        ),
        drifts="securityGroupIds",
    ),
    Case(
        "aws:ec2/flowLog:FlowLog",
        lambda w: {
            "vpcId": w.vpc,
            "trafficType": "ALL",
            "logDestination": w.log_group,
            "iamRoleArn": w.role,
            "tags": TAGS,
        },
        view_flow_log,
        update=lambda w: {"tags": MORE_TAGS},
        replace=lambda w: {"trafficType": "REJECT"},
        drift=retagged,
        drifts="tags",
    ),
)
