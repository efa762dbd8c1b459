"""The network, its security groups, roles and topics, changed by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from compliance_tests.deployed.stack import Cloud, Deployed

from .change import change
from .keys import FOREIGN

DATABASE = "rds_security_group_id"
ANYWHERE = [{"CidrIp": "0.0.0.0/0", "Description": "by hand"}]


def rule(port: int, ranges: list[dict[str, str]], **more: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges, **more}


def admitted(stack: Deployed, cloud: Cloud, permission: dict[str, Any]) -> Iterator[None]:
    """The database's group with one ingress rule more."""
    ec2, group = cloud["ec2"], stack.output(DATABASE)
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    yield
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[permission])


@change("store-ingress-port", "ingress-inside-vpc", "ingress-not-public")
def rule_opened_to_everybody(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from admitted(stack, cloud, rule(5432, ANYWHERE))


@change("store-ingress-port", "ingress-inside-vpc")
def rule_opened_to_a_wider_range(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    wider = [{"CidrIp": "10.0.0.0/8", "Description": "by hand"}]
    yield from admitted(stack, cloud, rule(5432, wider))


@change("store-ingress-port", "ingress-inside-vpc", "ingress-not-public")
def rule_opened_to_everybody_by_ipv6(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    everywhere = [{"CidrIpv6": "::/0", "Description": "by hand"}]
    yield from admitted(stack, cloud, rule(5432, [], Ipv6Ranges=everywhere))


@change("store-ingress-port")
def another_port_opened_to_the_vpc(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    inside = [{"CidrIp": stack.output("vpc_cidr"), "Description": "by hand"}]
    yield from admitted(stack, cloud, rule(22, inside))


@change("store-ingress-port", "rules-described")
def rule_without_a_description(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from admitted(stack, cloud, rule(5432, [{"CidrIp": "10.0.11.0/24"}]))


@change("egress-limited")
def egress_opened(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    ec2, group = cloud["ec2"], stack.output(DATABASE)
    permission = rule(443, ANYWHERE)
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[permission])
    yield
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[permission])


@change("default-group-empty")
def rule_in_the_default_group(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    ec2 = cloud["ec2"]
    (group,) = stack.ids("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
    permission = rule(22, [{"CidrIp": "10.0.1.0/24", "Description": "by hand"}])
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    yield
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[permission])


@change("REQ-OPS-1", "rules-described", "egress-limited")
def group_made_by_hand(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    made = cloud["ec2"].create_security_group(
        GroupName="by-hand", Description="by hand", VpcId=stack.output("vpc_id")
    )["GroupId"]
    yield
    cloud["ec2"].delete_security_group(GroupId=made)


def private_table(stack: Deployed, cloud: Cloud) -> str:
    subnet = stack.output("private_subnet_ids")[0]
    found = cloud["ec2"].describe_route_tables(
        Filters=[{"Name": "association.subnet-id", "Values": [subnet]}]
    )
    return str(found["RouteTables"][0]["RouteTableId"])


@change("store-private-subnets", "REQ-NET-3")
def way_out_of_the_private_subnets(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    ec2, table = cloud["ec2"], private_table(stack, cloud)
    (gateway,) = stack.ids("aws:ec2/internetGateway:InternetGateway")
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    yield
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")


@change("REQ-NET-3")
def way_out_by_the_main_table(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    ec2 = cloud["ec2"]
    (gateway,) = stack.ids("aws:ec2/internetGateway:InternetGateway")
    filters = [
        {"Name": "vpc-id", "Values": [stack.output("vpc_id")]},
        {"Name": "association.main", "Values": ["true"]},
    ]
    table = ec2.describe_route_tables(Filters=filters)["RouteTables"][0]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    yield
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")


@change("REQ-NET-2")
def subnet_gives_public_addresses(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    ec2, subnet = cloud["ec2"], stack.output("private_subnet_ids")[0]
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    yield
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": False})


@change("REQ-OPS-1")
def subnet_made_by_hand(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    made = cloud["ec2"].create_subnet(VpcId=stack.output("vpc_id"), CidrBlock="10.0.99.0/24")
    yield
    cloud["ec2"].delete_subnet(SubnetId=made["Subnet"]["SubnetId"])


@change("vpc-private-space")
def dns_host_names_off(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    ec2, vpc = cloud["ec2"], stack.output("vpc_id")
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})
    yield
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})


@change("vpc-private-space")
def public_range_added_to_the_vpc(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    ec2, vpc = cloud["ec2"], stack.output("vpc_id")
    made = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="100.65.0.0/16")
    yield
    ec2.disassociate_vpc_cidr_block(AssociationId=made["CidrBlockAssociation"]["AssociationId"])


@change("REQ-NET-3")
def vpc_peered(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    ec2 = cloud["ec2"]
    other = ec2.create_vpc(CidrBlock="172.20.0.0/16")["Vpc"]["VpcId"]
    made = ec2.create_vpc_peering_connection(VpcId=stack.output("vpc_id"), PeerVpcId=other)
    id_ = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=id_)
    yield
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=id_)
    ec2.delete_vpc(VpcId=other)


@change("network-acl-not-open", "REQ-OPS-1")
def open_network_acl(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    ec2 = cloud["ec2"]
    made = ec2.create_network_acl(VpcId=stack.output("vpc_id"))["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(
        NetworkAclId=made,
        RuleNumber=100,
        Protocol="-1",
        RuleAction="allow",
        Egress=False,
        CidrBlock="0.0.0.0/0",
    )
    yield
    ec2.delete_network_acl(NetworkAclId=made)


@change("name-suffix", "resource-tags")
def name_of_the_vpc_removed(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    ec2, vpc = cloud["ec2"], stack.output("vpc_id")
    name = [{"Key": "Name", "Value": f"vpc-{stack.suffix}"}]
    ec2.delete_tags(Resources=[vpc], Tags=name)
    yield
    ec2.create_tags(Resources=[vpc], Tags=name)


def role(stack: Deployed) -> str:
    return f"vpc-flow-logs-{stack.suffix}"


def trusted(stack: Deployed, cloud: Cloud, principal: Any) -> Iterator[None]:
    iam = cloud["iam"]
    before = iam.get_role(RoleName=role(stack))["Role"]["AssumeRolePolicyDocument"]
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    after = {**before, "Statement": [*before["Statement"], statement]}
    iam.update_assume_role_policy(RoleName=role(stack), PolicyDocument=json.dumps(after))
    yield
    iam.update_assume_role_policy(RoleName=role(stack), PolicyDocument=json.dumps(before))


@change("role-trust")
def role_open_to_everybody(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from trusted(stack, cloud, {"AWS": "*"})


@change("foreign-accounts")
def role_open_to_another_account(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from trusted(stack, cloud, {"AWS": FOREIGN})


@change("role-least-privilege", "role-attachments")
def role_may_do_everything(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    cloud["iam"].put_role_policy(RoleName=role(stack), PolicyName="by-hand", PolicyDocument=policy)
    yield
    cloud["iam"].delete_role_policy(RoleName=role(stack), PolicyName="by-hand")


@change("message-customer-key")
def topic_in_clear(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    made = cloud["sns"].create_topic(Name=f"by-hand-{stack.suffix}")["TopicArn"]
    yield
    cloud["sns"].delete_topic(TopicArn=made)
