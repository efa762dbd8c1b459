"""What the controls' shared helpers hold and decide, at their edges. Written a second time on
purpose: an example that takes a constant from the code it tests cannot notice a wrong one.
"""

from __future__ import annotations

import ipaddress

import pytest
from controls import (
    aurora_master_user,
    ignored_changes,
    key_policy_bound,
    network_acl_not_open,
    redis_high_availability,
)
from controls._json import parse
from controls._network import is_the_world, may_be_a_vpcs, network
from controls._placement import STORES, placed_by, ports
from controls._policy import statements
from controls._rules import protocol_of
from controls._types import PROXY
from core import (
    UNKNOWN,
    Control,
    Item,
    Malformed,
    NotASubject,
    Props,
    Scenario,
    Settings,
    Undecided,
    Value,
    Verdict,
)
from core.resources import Stack
from core.scenarios import build, run

CLUSTER, GROUP = "aws:rds/cluster:Cluster", "aws:elasticache/replicationGroup:ReplicationGroup"
SERVERLESS = "aws:elasticache/serverlessCache:ServerlessCache"
INSTANCE, MEMBER = "aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance"
MEMORYDB, CACHE = "aws:memorydb/cluster:Cluster", "aws:elasticache/cluster:Cluster"


def ports_of(type_: str, **props: Value) -> tuple[int, ...]:
    [store] = build([Item(type_, "store", props)])
    return ports(store)


def verdict(control: Control, *items: Item) -> Verdict:
    settings = Settings(suffix="test", stack="test")
    return run(control, Scenario("drawn", Verdict.PASSED, items, settings=settings)).verdict


@pytest.mark.parametrize(
    ("engine", "port"),
    [
        ("aurora-postgresql", 5432), ("postgres", 5432), ("aurora", 3306), ("aurora-mysql", 3306),
        ("mysql", 3306), ("mariadb", 3306), ("oracle-ee", 1521), ("sqlserver-ex", 1433),
        ("db2-se", 50000), ("MySQL", 3306),
    ],
)  # fmt: skip
def test_a_database_listens_where_its_engine_does(engine: str, port: int) -> None:
    assert ports_of(CLUSTER, engine=engine) == (port,)


@pytest.mark.parametrize(
    ("engine", "port"), [("memcached", 11211), ("redis", 6379), ("valkey", 6379)]
)
def test_a_cache_listens_where_its_engine_does(engine: str, port: int) -> None:
    assert ports_of(CACHE, engine=engine) == (port,)


def test_ports_that_no_engine_says() -> None:
    assert ports_of(GROUP) == ports_of(MEMORYDB) == (6379,)
    assert ports_of(SERVERLESS) == (6379, 6380)
    assert ports_of(PROXY, engineFamily="POSTGRESQL") == (5432,)
    assert ports_of(GROUP, port=7000.0) == (7000,)
    assert ports_of(CLUSTER, engine="mysql", port=3307.0) == (3307,)
    for props in ({}, {"engine": "unheard-of"}, {"port": UNKNOWN}, {"engine": UNKNOWN}):
        with pytest.raises(Undecided):
            ports_of(CLUSTER, **props)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("6", "tcp"), (6.0, "tcp"), ("17", "udp"), (17.0, "udp"), ("1", "icmp"), ("58", "icmpv6"),
        ("-1", "all"), (-1.0, "all"), (" TCP ", "tcp"), ("Udp", "udp"), ("50", "50"), (None, ""),
    ],
)  # fmt: skip
def test_protocols_by_name_and_number(written: Value, read: str) -> None:
    assert protocol_of(Props({"p": written}), "p") == read


@pytest.mark.parametrize(
    ("block", "world"),
    [
        ("0.0.0.0/0", True), ("8.0.0.0/8", True), ("8.0.0.0/15", True), ("8.8.0.0/16", False),
        ("::/0", True), ("2600::/31", True), ("2600::/32", False),
    ],
)  # fmt: skip
def test_how_wide_the_world_begins(block: str, world: bool) -> None:
    assert is_the_world(ipaddress.ip_network(block)) is world


def test_the_widest_block_of_a_vpc() -> None:
    assert may_be_a_vpcs(ipaddress.ip_network("2600:1f00::/44"))
    assert not may_be_a_vpcs(ipaddress.ip_network("2600:1f00::/43"))


@pytest.mark.parametrize("text", ["10.0.0.0", "10.0.0.0/", "10.0.0.0/٢", "10.0.0.0/a", "10/8/1"])
def test_a_block_without_a_plain_length_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        network(text, "cidrBlock", 4)


@pytest.mark.parametrize(
    "action",
    [
        "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext",
        "kms:GenerateDataKeyPair", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:CreateGrant",
    ],
)  # fmt: skip
def test_what_uses_a_key(action: str) -> None:
    assert action.lower() in key_policy_bound.USE


@pytest.mark.parametrize("name", ["tags", "tagsAll", "region", "backupRetentionPeriod"])
def test_what_may_not_be_ignored(name: str) -> None:
    item = Item(CLUSTER, "aurora", ignore_changes=(name,))
    assert verdict(ignored_changes.CONTROL, item) is Verdict.FAILED


ACL, ACL_RULE = "aws:ec2/networkAcl:NetworkAcl", "aws:ec2/networkAclRule:NetworkAclRule"


@pytest.mark.parametrize(
    ("entry", "wanted"),
    [
        ({"protocol": "udp", "fromPort": 53.0, "toPort": 53.0}, Verdict.PASSED),
        ({"protocol": "all", "fromPort": 53.0, "toPort": 53.0}, Verdict.FAILED),
        ({"protocol": "tcp"}, Verdict.FAILED),
        ({"protocol": "tcp", "toPort": 21.0}, Verdict.PASSED),
        ({"protocol": "tcp", "fromPort": 22.0, "toPort": 22.0}, Verdict.FAILED),
        ({"protocol": "tcp", "fromPort": 3389.0, "toPort": 3389.0}, Verdict.FAILED),
        ({"protocol": "tcp", "fromPort": 1023.0, "toPort": 1024.0}, Verdict.FAILED),
        ({"protocol": "58"}, Verdict.PASSED),
    ],
)
def test_what_a_network_acl_may_admit(entry: dict[str, Value], wanted: Verdict) -> None:
    world: dict[str, Value] = {"cidrBlock": "0.0.0.0/0", **entry}
    control = network_acl_not_open.CONTROL
    assert verdict(control, Item(ACL, "a", {"ingress": [{"action": "allow", **world}]})) is wanted
    assert verdict(control, Item(ACL_RULE, "r", {"ruleAction": "allow", **world})) is wanted
    denied = Item(ACL_RULE, "r", {"ruleAction": "DENY", **world})
    assert verdict(control, denied) is Verdict.PASSED
    both: dict[str, Value] = {"ipv6CidrBlock": "fd00::/64", "ruleAction": "allow", **world}
    assert verdict(control, Item(ACL_RULE, "r", both)) is wanted


@pytest.mark.parametrize(
    ("sizes", "wanted"),
    [
        ({"numCacheClusters": 2.0}, Verdict.PASSED),
        ({"numCacheClusters": 1.0}, Verdict.FAILED),
        ({}, Verdict.FAILED),
        ({"numNodeGroups": 1.0, "replicasPerNodeGroup": 1.0}, Verdict.PASSED),
        ({"numNodeGroups": 2.0, "replicasPerNodeGroup": 0.0}, Verdict.FAILED),
        ({"numNodeGroups": 2.0}, Verdict.FAILED),
    ],
)
def test_how_many_nodes_redis_needs(sizes: dict[str, Value], wanted: Verdict) -> None:
    props = {"automaticFailoverEnabled": True, "multiAzEnabled": True, **sizes}
    assert verdict(redis_high_availability.CONTROL, Item(GROUP, "redis", props)) is wanted


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '{"a": 1, "a": 2}', "", "{"])
def test_what_is_no_plain_json_is_one_kind_of_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)
    assert parse('{"a": [1, {"a": 2}]}') == {"a": [1, {"a": 2}]}


@pytest.mark.parametrize(
    ("type_", "groups", "subnets"),
    [
        (CLUSTER, "vpcSecurityGroupIds", "dbSubnetGroupName"),
        (INSTANCE, "vpcSecurityGroupIds", "dbSubnetGroupName"),
        (PROXY, "vpcSecurityGroupIds", "vpcSubnetIds"),
        (GROUP, "securityGroupIds", "subnetGroupName"),
        (CACHE, "securityGroupIds", "subnetGroupName"),
        (SERVERLESS, "securityGroupIds", "subnetIds"),
        (MEMORYDB, "securityGroupIds", "subnetGroupName"),
    ],
)
def test_how_a_store_names_its_groups_and_subnets(type_: str, groups: str, subnets: str) -> None:
    assert (STORES[type_].groups, STORES[type_].subnets) == (groups, subnets)


@pytest.mark.parametrize(
    ("type_", "key", "placer", "identity"),
    [
        (INSTANCE, "replicateSourceDb", INSTANCE, "arn"),
        (INSTANCE, "replicateSourceDb", INSTANCE, "identifier"),
        (INSTANCE, "replicateSourceDb", CLUSTER, "id"),
        (MEMBER, "clusterIdentifier", CLUSTER, "clusterIdentifier"),
        (CACHE, "replicationGroupId", GROUP, "replicationGroupId"),
    ],
)
def test_what_names_the_store_that_places_another(
    type_: str, key: str, placer: str, identity: str
) -> None:
    source = Item(placer, "source", outputs={identity: "the-source"})
    stack = Stack(build([source, Item(type_, "store", {key: "the-source"})]))
    with pytest.raises(NotASubject, match="source says where it stands"):
        placed_by(stack.resources[1], key, stack)


def test_a_condition_reads_a_bool_as_policies_write_it() -> None:
    text = (
        '{"Statement": {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": false}}}}'
    )
    [found] = statements(Props({"policy": text}), "policy")
    assert found.condition == (("bool", "aws:securetransport", ("false",)),)


@pytest.mark.parametrize(
    "name", ["admin", "administrator", "postgres", "root", "sa", "master", "rdsadmin", "Admin", ""]
)
def test_names_that_a_master_user_may_not_have(name: str) -> None:
    control = aurora_master_user.CONTROL
    assert verdict(control, Item(CLUSTER, "db", {"masterUsername": name})) is Verdict.FAILED
    assert verdict(control, Item(INSTANCE, "db", {"username": name})) is Verdict.FAILED


@pytest.mark.parametrize(
    "source",
    [
        "snapshotIdentifier", "replicationSourceIdentifier", "replicateSourceDb",
        "restoreToPointInTime", "globalClusterIdentifier", "s3Import",
    ],
)  # fmt: skip
def test_where_else_a_master_user_comes_from(source: str) -> None:
    found = verdict(aurora_master_user.CONTROL, Item(CLUSTER, "db", {source: "x"}))
    assert found is Verdict.NOT_APPLICABLE
