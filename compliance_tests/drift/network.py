"""The VPC, its subnets, routes and gateways, changed by hand."""

from __future__ import annotations

from typing import Any

from .change import Changes, Here

change = Changes()


ALL = "0.0.0.0/0"
VPC = "aws:ec2/vpc:Vpc"


def subnet(here: Here, kind: str = "private") -> str:
    return str(here.stack.output(f"{kind}_subnet_ids")[0])


def table(here: Here, *filters: tuple[str, str]) -> dict[str, Any]:
    """The one route table that the filters choose."""
    asked = [{"Name": k, "Values": [v]} for k, v in filters]
    found: list[dict[str, Any]] = here["ec2"].describe_route_tables(Filters=asked)["RouteTables"]
    (one,) = found
    return one


def of_subnet(here: Here, kind: str) -> dict[str, Any]:
    return table(here, ("association.subnet-id", subnet(here, kind)))


def main_table(here: Here) -> str:
    found = table(here, ("vpc-id", here.out("vpc_id")), ("association.main", "true"))
    return str(found["RouteTableId"])


def route(here: Here, table_id: str, **target: str) -> None:
    target.setdefault("DestinationCidrBlock", ALL)
    here["ec2"].create_route(RouteTableId=table_id, **target)


def gateway(here: Here) -> str:
    return here.one("aws:ec2/internetGateway:InternetGateway")


def other_vpc(here: Here, cidr: str = "172.20.0.0/16") -> str:
    return str(here["ec2"].create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"])


@change("store-private-subnets", "REQ-NET-3")
def private_table_leads_to_the_internet(here: Here) -> str:
    route(here, of_subnet(here, "private")["RouteTableId"], GatewayId=gateway(here))
    return subnet(here)


@change("store-private-subnets", "REQ-NET-3")
def private_table_leads_to_one_range_outside(here: Here) -> str:
    private = of_subnet(here, "private")["RouteTableId"]
    route(here, private, GatewayId=gateway(here), DestinationCidrBlock="198.51.100.0/24")
    return subnet(here)


@change("REQ-NET-3")
def public_table_has_a_second_way_out(here: Here) -> str:
    public = of_subnet(here, "public")["RouteTableId"]
    route(here, public, GatewayId=gateway(here), DestinationCidrBlock="198.51.100.0/24")
    return subnet(here, "public")


@change("store-private-subnets", "REQ-NET-3", "REQ-OPS-1")
def private_subnet_moved_to_the_public_table(here: Here) -> str:
    associations = of_subnet(here, "private")["Associations"]
    (own,) = [a for a in associations if a.get("SubnetId") == subnet(here)]
    here["ec2"].replace_route_table_association(
        AssociationId=own["RouteTableAssociationId"],
        RouteTableId=of_subnet(here, "public")["RouteTableId"],
    )
    return subnet(here)


@change("REQ-NET-3")
def main_table_leads_to_the_internet(here: Here) -> str:
    route(here, main_table(here), GatewayId=gateway(here))
    return main_table(here)


@change("REQ-NET-2")
def private_subnet_gives_public_addresses(here: Here) -> str:
    on = {"Value": True}
    here["ec2"].modify_subnet_attribute(SubnetId=subnet(here), MapPublicIpOnLaunch=on)
    return subnet(here)


@change("REQ-NET-2")
def public_subnet_gives_public_addresses(here: Here) -> str:
    on = {"Value": True}
    here["ec2"].modify_subnet_attribute(SubnetId=subnet(here, "public"), MapPublicIpOnLaunch=on)
    return subnet(here, "public")


@change("REQ-OPS-1")
def subnet_made_by_hand(here: Here) -> str:
    made = here["ec2"].create_subnet(VpcId=here.out("vpc_id"), CidrBlock="10.0.99.0/24")
    return str(made["Subnet"]["SubnetId"])


@change("REQ-OPS-1")
def route_table_made_by_hand(here: Here) -> str:
    made = here["ec2"].create_route_table(VpcId=here.out("vpc_id"))
    return str(made["RouteTable"]["RouteTableId"])


@change("vpc-private-space")
def dns_host_names_off(here: Here) -> str:
    off = {"Value": False}
    here["ec2"].modify_vpc_attribute(VpcId=here.out("vpc_id"), EnableDnsHostnames=off)
    return here.out("vpc_id")


@change("vpc-private-space")
def second_range_added_to_the_vpc(here: Here) -> str:
    here["ec2"].associate_vpc_cidr_block(VpcId=here.out("vpc_id"), CidrBlock="100.65.0.0/16")
    return here.out("vpc_id")


@change("vpc-private-space")
def ipv6_added_to_the_vpc(here: Here) -> str:
    here["ec2"].associate_vpc_cidr_block(VpcId=here.out("vpc_id"), AmazonProvidedIpv6CidrBlock=True)
    return here.out("vpc_id")


@change("REQ-NET-3")
def vpc_peered(here: Here) -> str:
    ec2 = here["ec2"]
    made = ec2.create_vpc_peering_connection(VpcId=here.out("vpc_id"), PeerVpcId=other_vpc(here))[
        "VpcPeeringConnection"
    ]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=made)
    return str(made)


@change("REQ-NET-3")
def vpc_peered_from_the_other_side(here: Here) -> str:
    made = here["ec2"].create_vpc_peering_connection(
        VpcId=other_vpc(here), PeerVpcId=here.out("vpc_id")
    )
    return str(made["VpcPeeringConnection"]["VpcPeeringConnectionId"])


@change("no-nat-gateway", "REQ-OPS-1")
def nat_gateway_made_by_hand(here: Here) -> str:
    address = here["ec2"].allocate_address(Domain="vpc")["AllocationId"]
    made = here["ec2"].create_nat_gateway(SubnetId=subnet(here, "public"), AllocationId=address)
    return str(made["NatGateway"]["NatGatewayId"])


@change("REQ-NET-3")
def egress_only_gateway_made_by_hand(here: Here) -> str:
    made = here["ec2"].create_egress_only_internet_gateway(VpcId=here.out("vpc_id"))
    return str(made["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"])


@change("REQ-NET-3")
def vpn_gateway_attached(here: Here) -> str:
    made = here["ec2"].create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    here["ec2"].attach_vpn_gateway(VpnGatewayId=made, VpcId=here.out("vpc_id"))
    return str(made)


@change("REQ-NET-3")
def transit_gateway_attached(here: Here) -> str:
    transit = here["ec2"].create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    made = here["ec2"].create_transit_gateway_vpc_attachment(
        TransitGatewayId=transit, VpcId=here.out("vpc_id"), SubnetIds=[subnet(here)]
    )
    return str(made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"])


@change("REQ-OPS-1")
def endpoint_made_by_hand(here: Here) -> str:
    made = here["ec2"].create_vpc_endpoint(
        VpcId=here.out("vpc_id"), ServiceName="com.amazonaws.sa-east-1.s3"
    )
    return str(made["VpcEndpoint"]["VpcEndpointId"])


@change("REQ-OPS-1")
def instance_started_in_the_vpc(here: Here) -> str:
    image = here["ec2"].register_image(Name="by-hand", RootDeviceName="/dev/xvda")["ImageId"]
    made = here["ec2"].run_instances(
        ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet(here), InstanceType="t3.micro"
    )
    return str(made["Instances"][0]["InstanceId"])


def acl(here: Here, **entry: Any) -> str:
    made = here["ec2"].create_network_acl(VpcId=here.out("vpc_id"))["NetworkAcl"]["NetworkAclId"]
    here["ec2"].create_network_acl_entry(
        NetworkAclId=made, RuleNumber=100, Protocol="-1", RuleAction="allow", Egress=False, **entry
    )
    return str(made)


@change("network-acl-not-open", "REQ-OPS-1")
def open_network_acl(here: Here) -> str:
    return acl(here, CidrBlock=ALL)


@change("network-acl-not-open", "REQ-OPS-1")
def network_acl_open_by_ipv6(here: Here) -> str:
    return acl(here, Ipv6CidrBlock="::/0")


@change("vpc-flow-logs", "REQ-TAG-1", "REQ-OPS-1")
def flow_log_deleted(here: Here) -> str:
    here["ec2"].delete_flow_logs(FlowLogIds=[here.one("aws:ec2/flowLog:FlowLog")])
    return here.out("vpc_id")


@change("name-suffix", "resource-tags")
def name_of_the_vpc_removed(here: Here) -> str:
    vpc = here.out("vpc_id")
    here["ec2"].delete_tags(Resources=[vpc], Tags=[{"Key": "Name"}])
    return vpc


@change("name-suffix")
def name_of_a_subnet_changed(here: Here) -> str:
    tags = [{"Key": "Name", "Value": "private"}]
    here["ec2"].create_tags(Resources=[subnet(here)], Tags=tags)
    return subnet(here)


@change("resource-tags", "REQ-TAG-1")
def environment_of_a_group_changed(here: Here) -> str:
    group = here.out("rds_security_group_id")
    tags = [{"Key": "Environment", "Value": "another"}]
    here["ec2"].create_tags(Resources=[group], Tags=tags)
    return group


@change("REQ-TAG-1")
def another_vpc_with_our_tags(here: Here) -> str:
    vpc = other_vpc(here, "10.0.0.0/16")
    tags = [{"Key": "Environment", "Value": here.suffix}]
    here["ec2"].create_tags(Resources=[vpc], Tags=tags)
    return vpc
