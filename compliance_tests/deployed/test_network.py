"""The VPC, its subnets, and what they can and cannot reach."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

import pytest

from evidence.live import Check

from .conftest import Prove
from .exact import Exact
from .network import effective_table, ways_out
from .stack import Cloud, Deployed

#: The entries of a default network ACL as AWS makes it.
OF_AWS = ("100 allow", "32767 deny")


def of_vpc(vpc: str, name: str = "vpc-id") -> list[dict[str, Any]]:
    """The filter for what belongs to one VPC."""
    return [{"Name": name, "Values": [vpc]}]


def zones(found: Sequence[dict[str, Any]]) -> set[str]:
    return {s["AvailabilityZone"] for s in found}


@pytest.mark.control("region")
@pytest.mark.requirement("REQ-REG-1")
def test_everything_is_in_the_region(
    stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove
) -> None:
    arns = {
        f"{r.type} {r.name}": str(r.outputs["arn"])
        for r in stack.resources
        if r.custom and not r.external and str(r.outputs.get("arn", "")).startswith("arn:")
    }
    with prove(name="all ARNs of the state") as check:
        elsewhere = {who: a for who, a in arns.items() if a.split(":")[3] not in ("", exact.region)}
        check.expect("ARNs of other regions", {}, elsewhere)
        check.expect("region asked", exact.region, cloud.region)
        check.examined(state=len(arns))
        found = check.ask(cloud["ec2"], "describe_availability_zones")["AvailabilityZones"]
        ours = {z["ZoneName"] for z in found}
        subnets = check.ask_all(
            cloud["ec2"], "describe_subnets", Filters=of_vpc(stack.output("vpc_id"))
        )
        used = zones(subnets["Subnets"])
        check.expect("zones in the region", f"of {sorted(ours)}", sorted(used), used <= ours)
    secret = stack.output("db_secret_arn")
    with prove(type="secretsmanager:secret", arn=secret) as check:
        answer = check.ask(cloud["secretsmanager"], "describe_secret", SecretId=secret)
        replicas = [r["Region"] for r in answer.get("ReplicationStatus", ())]
        check.expect("replicas in other regions", [], replicas)


@pytest.mark.control("vpc-private-space")
@pytest.mark.requirement("REQ-NET-1")
def test_vpc(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove) -> None:
    vpc = stack.output("vpc_id")
    with prove(type="ec2:vpc", name=vpc) as check:
        answer = check.ask(cloud["ec2"], "describe_vpcs", VpcIds=[vpc])["Vpcs"][0]
        check.keep({k: answer.get(k) for k in ("VpcId", "CidrBlock", "State", "IsDefault")})
        check.expect("CidrBlock", exact.vpc_cidr, answer["CidrBlock"])
        check.expect("IsDefault", False, answer["IsDefault"])
        check.expect("private", True, ipaddress.ip_network(answer["CidrBlock"]).is_private)
        # AWS shows a range that was taken away for a while
        blocks = [
            a["CidrBlock"]
            for a in answer.get("CidrBlockAssociationSet", ())
            if a["CidrBlockState"]["State"] in ("associating", "associated")
        ]
        check.expect("all IPv4 blocks", [exact.vpc_cidr], blocks)
        check.expect("IPv6 blocks", [], answer.get("Ipv6CidrBlockAssociationSet", []))
        for attribute in ("enableDnsSupport", "enableDnsHostnames"):
            told = check.ask(cloud["ec2"], "describe_vpc_attribute", VpcId=vpc, Attribute=attribute)
            check.expect(attribute, True, told[attribute[0].upper() + attribute[1:]]["Value"])


@pytest.mark.requirement("REQ-NET-2")
@pytest.mark.parametrize("kind", ["public", "private"])
def test_subnets(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove, kind: str) -> None:
    ids = stack.output(f"{kind}_subnet_ids")
    wanted = exact.public_cidrs if kind == "public" else exact.private_cidrs
    with prove(type="ec2:subnet", name=", ".join(ids)) as check:
        found = check.ask_all(cloud["ec2"], "describe_subnets", SubnetIds=ids)["Subnets"]
        check.examined(outputs=len(ids), describe_subnets=len(found))
        check.expect("CidrBlocks", sorted(wanted), sorted(s["CidrBlock"] for s in found))
        check.expect("VpcIds", [stack.output("vpc_id")], sorted({s["VpcId"] for s in found}))
        check.expect("zones", exact.zones, len(zones(found)))
        giving = [s["SubnetId"] for s in found if s["MapPublicIpOnLaunch"]]
        check.expect("subnets with MapPublicIpOnLaunch", [], giving)


def tables(check: Check, cloud: Cloud, vpc: str) -> list[dict[str, Any]]:
    found = check.ask_all(cloud["ec2"], "describe_route_tables", Filters=of_vpc(vpc))
    check.examined(route_tables=len(found["RouteTables"]))
    return found["RouteTables"]


@pytest.mark.requirement("REQ-NET-3")
def test_private_subnets_have_no_way_out(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    for subnet in stack.output("private_subnet_ids"):
        with prove(type="ec2:subnet", name=subnet) as check:
            table = effective_table(subnet, tables(check, cloud, stack.output("vpc_id")))
            check.keep({"RouteTableId": table["RouteTableId"], "Routes": table["Routes"]})
            check.expect("routes out of the VPC", [], ways_out(table))


@pytest.mark.requirement("REQ-NET-3")
def test_public_subnets_reach_the_internet_gateway_only(
    stack: Deployed, cloud: Cloud, prove: Prove
) -> None:
    vpc = stack.output("vpc_id")
    for subnet in stack.output("public_subnet_ids"):
        with prove(type="ec2:subnet", name=subnet) as check:
            gateways = check.ask_all(
                cloud["ec2"],
                "describe_internet_gateways",
                Filters=of_vpc(vpc, "attachment.vpc-id"),
            )["InternetGateways"]
            check.expect("internet gateways", 1, len(gateways))
            table = effective_table(subnet, tables(check, cloud, vpc))
            check.keep({"RouteTableId": table["RouteTableId"], "Routes": table["Routes"]})
            only = [f"0.0.0.0/0 to {g['InternetGatewayId']}" for g in gateways]
            check.expect("routes out of the VPC", only, ways_out(table))


@pytest.mark.requirement("REQ-NET-3")
def test_main_table_leads_nowhere(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    """A subnet that somebody adds without an association gets the main table."""
    with prove(type="ec2:route-table", name="main") as check:
        found = tables(check, cloud, stack.output("vpc_id"))
        main = effective_table("none", found)
        check.expect(f"{main['RouteTableId']}: routes out of the VPC", [], ways_out(main))


@pytest.mark.control("no-nat-gateway")
@pytest.mark.requirement("REQ-NET-3")
def test_no_nat_gateway(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    vpc = stack.output("vpc_id")
    with prove(type="ec2:natgateway", name=vpc) as check:
        found = check.ask_all(cloud["ec2"], "describe_nat_gateways", Filters=of_vpc(vpc))
        alive = [n["NatGatewayId"] for n in found["NatGateways"] if n["State"] != "deleted"]
        check.expect("NAT gateways", [], alive)


@pytest.mark.requirement("REQ-NET-3")
def test_no_other_way_out(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    vpc = stack.output("vpc_id")
    ec2 = cloud["ec2"]
    with prove(type="ec2:vpc", name=vpc) as check:
        for side in ("requester", "accepter"):
            found = check.ask_all(
                ec2,
                "describe_vpc_peering_connections",
                Filters=of_vpc(vpc, f"{side}-vpc-info.vpc-id"),
            )["VpcPeeringConnections"]
            open_ones = [
                p["VpcPeeringConnectionId"]
                for p in found
                if p["Status"]["Code"] in ("active", "pending-acceptance", "provisioning")
            ]
            check.expect(f"peerings ({side})", [], open_ones)
        gateways = check.ask_all(ec2, "describe_egress_only_internet_gateways")
        ours = [
            g["EgressOnlyInternetGatewayId"]
            for g in gateways["EgressOnlyInternetGateways"]
            if any(a.get("VpcId") == vpc for a in g.get("Attachments", ()))
        ]
        check.expect("egress-only internet gateways", [], ours)
        transit = check.ask_all(
            ec2, "describe_transit_gateway_vpc_attachments", Filters=of_vpc(vpc)
        )["TransitGatewayVpcAttachments"]
        attached = [t["TransitGatewayAttachmentId"] for t in transit if t["State"] != "deleted"]
        check.expect("transit gateway attachments", [], attached)
        vpn = check.ask(ec2, "describe_vpn_gateways", Filters=of_vpc(vpc, "attachment.vpc-id"))[
            "VpnGateways"
        ]
        check.expect("VPN gateways", [], [v["VpnGatewayId"] for v in vpn])


@pytest.mark.control("vpc-flow-logs")
@pytest.mark.requirement("REQ-NET-3")
def test_flow_logs(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    vpc = stack.output("vpc_id")
    with prove(type="ec2:vpc-flow-log", name=vpc) as check:
        found = check.ask_all(
            cloud["ec2"], "describe_flow_logs", Filters=of_vpc(vpc, "resource-id")
        )
        logs = found["FlowLogs"]
        check.expect("flow logs", 1, len(logs))
        for log in logs:
            check.keep(log)
            check.expect("TrafficType", "ALL", log["TrafficType"])
            check.expect("FlowLogStatus", "ACTIVE", log["FlowLogStatus"])
            group = f"/aws/vpc/flow-logs-{stack.suffix}"
            to = log.get("LogGroupName") or log["LogDestination"].rpartition(":log-group:")[2]
            check.expect("log group", group, to.removesuffix(":*"))
            named = check.ask_all(cloud["logs"], "describe_log_groups", logGroupNamePrefix=group)
            check.expect("it exists", [group], [g["logGroupName"] for g in named["logGroups"]])


@pytest.mark.control("network-acl-not-open")
@pytest.mark.requirement("REQ-NET-3")
def test_network_acls(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    """The default one filters nothing (deviation DEV-011); a custom one must not be open."""
    vpc = stack.output("vpc_id")
    with prove(type="ec2:network-acl", name=vpc) as check:
        found = check.ask_all(cloud["ec2"], "describe_network_acls", Filters=of_vpc(vpc))
        acls = found["NetworkAcls"]
        check.examined(network_acls=len(acls))
        open_ones = [
            a["NetworkAclId"]
            for a in acls
            if not a["IsDefault"]
            for e in a["Entries"]
            if not e["Egress"] and e["RuleAction"] == "allow"
            if e.get("CidrBlock") == "0.0.0.0/0" or e.get("Ipv6CidrBlock") == "::/0"
        ]
        check.expect("custom ACLs that admit everyone", [], open_ones)


@pytest.mark.requirement("REQ-NET-3")
def test_default_network_acl_is_as_aws_made_it(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    """It lets everything through (deviation DEV-011): an entry more cuts off what must work."""
    vpc = stack.output("vpc_id")
    with prove(type="ec2:network-acl", name=vpc) as check:
        found = check.ask_all(cloud["ec2"], "describe_network_acls", Filters=of_vpc(vpc))
        (default,) = [a for a in found["NetworkAcls"] if a["IsDefault"]]
        entries = sorted(
            f"{'out' if e['Egress'] else 'in'} {e['RuleNumber']} {e['RuleAction']} {e['Protocol']} "
            f"{e.get('CidrBlock') or e.get('Ipv6CidrBlock')}"
            for e in default["Entries"]
        )
        wanted = [f"{way} {rule} -1 0.0.0.0/0" for way in ("in", "out") for rule in OF_AWS]
        check.expect(f"{default['NetworkAclId']}: entries", wanted, entries)
