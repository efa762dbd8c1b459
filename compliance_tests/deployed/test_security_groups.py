"""Who may come in: every rule of every group of the VPC."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.live import Check

from .conftest import Prove
from .exact import Exact
from .network import outside, rules, undescribed
from .stack import Cloud, Deployed
from .test_network import of_vpc

#: RFC 1918, RFC 6598 and RFC 4193: nobody on the internet has such an address.
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")


def group(check: Check, cloud: Cloud, id: str) -> dict[str, Any]:  # noqa: A002
    """One group; its rules are counted a second time by the call that lists rules one by one."""
    found = check.ask_all(cloud["ec2"], "describe_security_groups", GroupIds=[id])
    one: dict[str, Any] = found["SecurityGroups"][0]
    listed = check.ask_all(
        cloud["ec2"],
        "describe_security_group_rules",
        Filters=[{"Name": "group-id", "Values": [id]}],
    )["SecurityGroupRules"]
    for way, direction in (("IpPermissions", False), ("IpPermissionsEgress", True)):
        counted = sum(r["IsEgress"] is direction for r in listed)
        check.examined(**{f"{way}_by_group": len(rules(one[way])), f"{way}_by_rule": counted})
        check.expect(f"{way}: rules by both calls", len(rules(one[way])), counted)
    check.keep({k: one[k] for k in ("GroupId", "VpcId", "IpPermissions", "IpPermissionsEgress")})
    return one


def only(port: int, cidr: str) -> list[str]:
    """The one ingress rule that a data store's group may have, and nothing besides."""
    return [f"tcp {port}-{port} from {cidr}"]


@pytest.mark.control("store-ingress-port")
@pytest.mark.requirement("REQ-SG-1")
def test_database_group(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove) -> None:
    with prove(type="ec2:security-group", name=stack.output("rds_security_group_id")) as check:
        found = group(check, cloud, stack.output("rds_security_group_id"))
        check.expect("VpcId", stack.output("vpc_id"), found["VpcId"])
        wanted = only(exact.database_port, exact.vpc_cidr)
        check.expect("ingress", wanted, rules(found["IpPermissions"]))


@pytest.mark.control("store-ingress-port")
@pytest.mark.requirement("REQ-SG-2")
def test_cache_group(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove) -> None:
    with prove(type="ec2:security-group", name=stack.output("redis_security_group_id")) as check:
        found = group(check, cloud, stack.output("redis_security_group_id"))
        check.expect("VpcId", stack.output("vpc_id"), found["VpcId"])
        wanted = only(exact.cache_port, exact.vpc_cidr)
        check.expect("ingress", wanted, rules(found["IpPermissions"]))


def groups(check: Check, stack: Deployed, cloud: Cloud) -> list[dict[str, Any]]:
    found = check.ask_all(
        cloud["ec2"], "describe_security_groups", Filters=of_vpc(stack.output("vpc_id"))
    )["SecurityGroups"]
    check.examined(security_groups=len(found))
    return found


@pytest.mark.control("ingress-inside-vpc")
@pytest.mark.control("ingress-not-public")
@pytest.mark.requirement("REQ-SG-3")
def test_no_group_admits_from_outside_the_vpc(
    stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove
) -> None:
    for control, allowed in (
        ("ingress-inside-vpc", [exact.vpc_cidr]),
        ("ingress-not-public", list(PRIVATE)),
    ):
        with prove(control, type="ec2:vpc", name=stack.output("vpc_id")) as check:
            found = groups(check, stack, cloud)
            ids = [g["GroupId"] for g in found]
            strangers = {g["GroupId"]: outside(g["IpPermissions"], allowed, ids) for g in found}
            shown = {k: v for k, v in strangers.items() if v}
            check.expect(f"sources outside {', '.join(allowed)}", {}, shown)


@pytest.mark.control("default-group-empty")
@pytest.mark.control("default-group-managed")
@pytest.mark.requirement("REQ-SG-3")
def test_default_group_is_empty(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    with prove("default-group-managed", type="ec2:security-group", name="default") as check:
        ids = [g["GroupId"] for g in groups(check, stack, cloud) if g["GroupName"] == "default"]
        owned = stack.ids("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
        check.expect("adopted by the stack", ids, sorted(owned))
    with prove("default-group-empty", type="ec2:security-group", name="default") as check:
        (default,) = [g for g in groups(check, stack, cloud) if g["GroupName"] == "default"]
        check.keep(default)
        id_ = default["GroupId"]
        check.expect(f"{id_}: ingress", [], rules(default["IpPermissions"]))
        check.expect(f"{id_}: egress", [], rules(default["IpPermissionsEgress"]))


@pytest.mark.control("rules-described")
@pytest.mark.requirement("REQ-SG-3")
def test_groups_and_rules_are_described(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    with prove(type="ec2:vpc", name=stack.output("vpc_id")) as check:
        found = groups(check, stack, cloud)
        bare = {
            g["GroupId"]: undescribed([*g["IpPermissions"], *g["IpPermissionsEgress"]])
            for g in found
        }
        check.expect("rules without a description", {}, {k: v for k, v in bare.items() if v})
        check.expect(
            "groups without one", [], [g["GroupId"] for g in found if not g["Description"]]
        )


@pytest.mark.control("egress-limited")
@pytest.mark.requirement("REQ-SG-3")
def test_egress_stays_inside_the_vpc(
    stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove
) -> None:
    """More than the baseline asks (deviation DEV-006): what the shipped stack is."""
    with prove(type="ec2:vpc", name=stack.output("vpc_id")) as check:
        found = groups(check, stack, cloud)
        ids = [g["GroupId"] for g in found]
        wide = {
            g["GroupId"]: outside(g["IpPermissionsEgress"], [exact.vpc_cidr], ids) for g in found
        }
        check.expect("destinations outside the VPC", {}, {k: v for k, v in wide.items() if v})


@pytest.mark.control("store-security-groups")
@pytest.mark.requirement("REQ-SG-3")
def test_data_stores_carry_governed_groups(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    name = f"aurora-cluster-{stack.suffix}"
    with prove(type="rds:cluster", name=name) as check:
        cluster = check.ask(cloud["rds"], "describe_db_clusters", DBClusterIdentifier=name)
        attached = [g["VpcSecurityGroupId"] for g in cluster["DBClusters"][0]["VpcSecurityGroups"]]
        check.expect("groups", [stack.output("rds_security_group_id")], attached)
    name = f"redis-{stack.suffix}"
    with prove(type="elasticache:replicationgroup", name=name) as check:
        members = check.ask_all(cloud["elasticache"], "describe_cache_clusters")["CacheClusters"]
        ours = [m for m in members if m.get("ReplicationGroupId") == name]
        check.examined(members=len(ours))
        attached = sorted({g["SecurityGroupId"] for m in ours for g in m["SecurityGroups"]})
        check.expect("groups", [stack.output("redis_security_group_id")], attached)
