"""Nothing that the stack does not know carries its suffix or lives in its VPC."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from evidence.live import Check

from .conftest import Prove
from .stack import Cloud, Deployed
from .test_keys import key_id
from .test_network import of_vpc

#: What is in the VPC: the call, the key of its answer, the id in it, the types that may own it.
IN_VPC = (
    ("describe_subnets", "Subnets", "SubnetId", ("aws:ec2/subnet:Subnet",)),
    ("describe_route_tables", "RouteTables", "RouteTableId", ("aws:ec2/routeTable:RouteTable",)),
    (
        "describe_security_groups",
        "SecurityGroups",
        "GroupId",
        (
            "aws:ec2/securityGroup:SecurityGroup",
            "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        ),
    ),
    (
        "describe_vpc_endpoints",
        "VpcEndpoints",
        "VpcEndpointId",
        ("aws:ec2/vpcEndpoint:VpcEndpoint",),
    ),
    ("describe_network_acls", "NetworkAcls", "NetworkAclId", ("aws:ec2/networkAcl:NetworkAcl",)),
    ("describe_instances", "Reservations", "InstanceId", ()),
    ("describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId", ()),
)


def of_aws(key: str, entry: dict[str, Any]) -> bool:
    """What AWS itself puts into a VPC.

    The main route table, the default ACL, the data stores' and endpoints' network interfaces; and
    things that are already deleted.
    """
    if key == "RouteTables":
        return any(a.get("Main") for a in entry["Associations"])
    if key == "NetworkAcls":
        return bool(entry["IsDefault"])
    if key == "NetworkInterfaces":
        return bool(entry.get("RequesterManaged")) or entry.get("InterfaceType") == "vpc_endpoint"
    state = entry.get("State", "")
    name = state["Name"] if isinstance(state, dict) else state
    return str(name).lower() in ("deleted", "terminated")


@pytest.mark.requirement("REQ-OPS-1")
@pytest.mark.parametrize("kind", IN_VPC, ids=[i[1] for i in IN_VPC])
def test_nothing_unknown_lives_in_the_vpc(
    stack: Deployed, cloud: Cloud, prove: Prove, kind: tuple[str, str, str, tuple[str, ...]]
) -> None:
    method, key, id_, types = kind
    vpc = stack.output("vpc_id")
    with prove(type=f"ec2:{key}", name=vpc) as check:
        answer = check.ask_all(cloud["ec2"], method, Filters=of_vpc(vpc))
        found = answer[key]
        if key == "Reservations":
            found = [instance for one in found for instance in one["Instances"]]
        known = stack.ids(*types)
        there = {e[id_] for e in found}
        strangers = sorted(e[id_] for e in found if e[id_] not in known and not of_aws(key, e))
        check.examined(cloud=len(found), state=len(known))
        check.expect("not in the state", [], strangers)
        check.expect("in the state, but not there", [], sorted(known - there))


def clusters(check: Check, cloud: Cloud) -> Iterable[str]:
    found = check.ask_all(cloud["rds"], "describe_db_clusters")["DBClusters"]
    return [c["DBClusterIdentifier"] for c in found]


def instances(check: Check, cloud: Cloud) -> Iterable[str]:
    found = check.ask_all(cloud["rds"], "describe_db_instances")["DBInstances"]
    return [i["DBInstanceIdentifier"] for i in found]


def caches(check: Check, cloud: Cloud) -> Iterable[str]:
    found = check.ask_all(cloud["elasticache"], "describe_replication_groups")["ReplicationGroups"]
    return [g["ReplicationGroupId"] for g in found]


def single_caches(check: Check, cloud: Cloud) -> Iterable[str]:
    found = check.ask_all(cloud["elasticache"], "describe_cache_clusters")["CacheClusters"]
    return [c["CacheClusterId"] for c in found if not c.get("ReplicationGroupId")]


def streams(check: Check, cloud: Cloud) -> Iterable[str]:
    return check.ask_all(cloud["kinesis"], "list_streams")["StreamNames"]


def secrets(check: Check, cloud: Cloud) -> Iterable[str]:
    found = check.ask_all(cloud["secretsmanager"], "list_secrets")["SecretList"]
    return [s["Name"] for s in found if not s.get("DeletedDate")]


def log_groups(check: Check, cloud: Cloud) -> Iterable[str]:
    found = check.ask_all(cloud["logs"], "describe_log_groups")["logGroups"]
    return [g["logGroupName"] for g in found]


def aliases(check: Check, cloud: Cloud) -> Iterable[str]:
    return [a["AliasName"] for a in check.ask_all(cloud["kms"], "list_aliases")["Aliases"]]


def roles(check: Check, cloud: Cloud) -> Iterable[str]:
    return [r["RoleName"] for r in check.ask_all(cloud["iam"], "list_roles")["Roles"]]


#: Kind to how AWS lists it, the type that may own it, and the output that holds its name.
NAMED: dict[str, tuple[Callable[[Check, Cloud], Iterable[str]], str, str]] = {
    "rds:cluster": (clusters, "aws:rds/cluster:Cluster", "clusterIdentifier"),
    "rds:db": (instances, "aws:rds/clusterInstance:ClusterInstance", "identifier"),
    "elasticache:replicationgroup": (
        caches,
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "replicationGroupId",
    ),
    "elasticache:cluster": (single_caches, "aws:elasticache/cluster:Cluster", "clusterId"),
    "kinesis:stream": (streams, "aws:kinesis/stream:Stream", "name"),
    "secretsmanager:secret": (secrets, "aws:secretsmanager/secret:Secret", "name"),
    "logs:log-group": (log_groups, "aws:cloudwatch/logGroup:LogGroup", "name"),
    "kms:alias": (aliases, "aws:kms/alias:Alias", "name"),
    "iam:role": (roles, "aws:iam/role:Role", "name"),
}


@pytest.mark.requirement("REQ-OPS-1")
@pytest.mark.parametrize("kind", NAMED)
def test_nothing_unknown_carries_the_suffix(
    stack: Deployed, cloud: Cloud, prove: Prove, kind: str
) -> None:
    listing, owner, output = NAMED[kind]
    with prove(type=kind, name=f"*-{stack.suffix}*") as check:
        there = list(listing(check, cloud))
        ours = {n for n in there if f"-{stack.suffix}" in n}
        known = {str(r.outputs[output]) for r in stack.of(owner)}
        check.examined(cloud=len(there), with_the_suffix=len(ours), state=len(known))
        check.expect("not in the state", [], sorted(ours - known))
        check.expect("in the state, but not there", [], sorted(known - ours))


@pytest.mark.requirement("REQ-OPS-1")
def test_no_database_or_cache_of_another_name_uses_the_network(
    stack: Deployed, cloud: Cloud, prove: Prove
) -> None:
    """A second cluster needs no suffix to sit in the VPC."""
    vpc = stack.output("vpc_id")
    with prove(type="ec2:vpc", name=vpc) as check:
        groups = check.ask_all(cloud["rds"], "describe_db_subnet_groups")["DBSubnetGroups"]
        here = {g["DBSubnetGroupName"] for g in groups if g["VpcId"] == vpc}
        known = stack.ids("aws:rds/subnetGroup:SubnetGroup")
        check.expect("RDS subnet groups not in the state", [], sorted(here - known))
        found = check.ask_all(cloud["rds"], "describe_db_clusters")["DBClusters"]
        inside = {c["DBClusterIdentifier"] for c in found if c["DBSubnetGroup"] in here}
        databases = stack.ids("aws:rds/cluster:Cluster")
        check.expect("clusters not in the state", [], sorted(inside - databases))
        told = check.ask_all(cloud["elasticache"], "describe_cache_subnet_groups")
        caches_here = {
            g["CacheSubnetGroupName"] for g in told["CacheSubnetGroups"] if g.get("VpcId") == vpc
        }
        known = stack.ids("aws:elasticache/subnetGroup:SubnetGroup")
        check.expect("cache subnet groups not in the state", [], sorted(caches_here - known))
        proxies = check.ask_all(cloud["rds"], "describe_db_proxies")["DBProxies"]
        between = sorted(p["DBProxyName"] for p in proxies if p.get("VpcId") == vpc)
        check.expect("database proxies", [], between)


@pytest.mark.requirement("REQ-OPS-1")
@pytest.mark.requirement("REQ-KMS-1")
def test_no_unknown_key_carries_the_tags(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    with prove(type="kms:key", name=f"Environment={stack.suffix}") as check:
        found = check.ask_all(cloud["kms"], "list_keys")["Keys"]
        known = {key_id(k) for k in stack.ids("aws:kms/key:Key")}
        strangers = []
        for key in found:
            told = check.ask(cloud["kms"], "describe_key", KeyId=key["KeyId"])["KeyMetadata"]
            if (
                key["KeyId"] in known
                or told["KeyManager"] != "CUSTOMER"
                or told.get("DeletionDate")
            ):
                continue
            tagged = check.ask_all(cloud["kms"], "list_resource_tags", KeyId=key["KeyId"])["Tags"]
            if {"TagKey": "Environment", "TagValue": stack.suffix} in tagged:
                strangers.append(key["KeyId"])
        check.examined(list_keys=len(found), state=len(known))
        check.expect("keys not in the state", [], strangers)
