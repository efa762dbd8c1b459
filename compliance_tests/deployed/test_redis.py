"""The Redis replication group and its nodes."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.live import Check

from .conftest import Prove
from .exact import Exact
from .stack import Cloud, Deployed
from .test_aurora import placement
from .test_keys import key_id


def name(stack: Deployed) -> str:
    return f"redis-{stack.suffix}"


def group(check: Check, stack: Deployed, cloud: Cloud) -> dict[str, Any]:
    """The replication group as ElastiCache describes it, kept as the excerpt."""
    (told,) = check.ask_all(
        cloud["elasticache"], "describe_replication_groups", ReplicationGroupId=name(stack)
    )["ReplicationGroups"]
    check.keep(told)
    found: dict[str, Any] = told
    return found


def nodes(check: Check, stack: Deployed, cloud: Cloud) -> list[dict[str, Any]]:
    """The nodes, as ElastiCache lists them and as the group counts them."""
    listed = check.ask_all(cloud["elasticache"], "describe_cache_clusters")["CacheClusters"]
    found = [n for n in listed if n.get("ReplicationGroupId") == name(stack)]
    members = group(check, stack, cloud)["MemberClusters"]
    check.examined(describe_cache_clusters=len(found), MemberClusters=len(members))
    check.expect("nodes by both calls", sorted(members), sorted(n["CacheClusterId"] for n in found))
    return found


@pytest.mark.requirement("REQ-RED-1")
def test_engine_and_nodes(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove) -> None:
    with prove(type="elasticache:replicationgroup", name=name(stack)) as check:
        told = group(check, stack, cloud)
        check.expect("Status", "available", told["Status"])
        found = nodes(check, stack, cloud)
        check.expect("nodes", exact.redis_nodes, len(found))
        check.expect(
            "CacheNodeType", [exact.redis_class], sorted({n["CacheNodeType"] for n in found})
        )
        check.expect("Engine", ["redis"], sorted({n["Engine"] for n in found}))
        versions = sorted({n["EngineVersion"] for n in found})
        # AWS takes 7.0 and answers with the patch it runs, 7.0.7
        ok = all(
            v == exact.redis_version or v.startswith(exact.redis_version + ".") for v in versions
        )
        check.expect("EngineVersion", f"{exact.redis_version} or a patch of it", versions, ok)
        (shard,) = told["NodeGroups"]
        primary = shard["PrimaryEndpoint"]
        check.expect("primary", stack.output("redis_primary_endpoint"), primary["Address"])
        reader = shard["ReaderEndpoint"]["Address"]
        check.expect("reader", stack.output("redis_reader_endpoint"), reader)
        check.expect("Port", exact.cache_port, primary["Port"])


@pytest.mark.control("redis-minor-upgrades")
@pytest.mark.requirement("REQ-RED-1")
def test_minor_upgrades(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    with prove("redis-minor-upgrades", type="elasticache:cluster", name=name(stack)) as check:
        off = [
            n["CacheClusterId"]
            for n in nodes(check, stack, cloud)
            if n.get("AutoMinorVersionUpgrade") is not True
        ]
        check.expect("nodes without AutoMinorVersionUpgrade", [], off)


@pytest.mark.control("cache-customer-key")
@pytest.mark.requirement("REQ-RED-2")
def test_encrypted_at_rest_with_its_key(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    with prove(
        "cache-customer-key", type="elasticache:replicationgroup", name=name(stack)
    ) as check:
        told = group(check, stack, cloud)
        check.expect("AtRestEncryptionEnabled", True, told["AtRestEncryptionEnabled"])
        wanted = key_id(stack.output("elasticache_kms_key_id"))
        check.expect("KmsKeyId", wanted, key_id(told.get("KmsKeyId", "none")))


@pytest.mark.control("cache-transit")
@pytest.mark.requirement("REQ-RED-2")
def test_encrypted_in_transit(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    with prove("cache-transit", type="elasticache:replicationgroup", name=name(stack)) as check:
        told = group(check, stack, cloud)
        check.expect("TransitEncryptionEnabled", True, told["TransitEncryptionEnabled"])
        check.expect("TransitEncryptionMode", "required", told.get("TransitEncryptionMode"))


@pytest.mark.control("redis-authentication")
@pytest.mark.requirement("REQ-RED-2")
def test_authentication(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    with prove(
        "redis-authentication", type="elasticache:replicationgroup", name=name(stack)
    ) as check:
        told = group(check, stack, cloud)
        users = told.get("UserGroupIds") or []
        on = bool(told.get("AuthTokenEnabled")) or bool(users)
        check.expect("AUTH token or user groups", True, on)


@pytest.mark.control("redis-high-availability")
@pytest.mark.requirement("REQ-RED-3")
def test_failover_over_two_zones(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove) -> None:
    subject = {"type": "elasticache:replicationgroup", "name": name(stack)}
    with prove("redis-high-availability", **subject) as check:
        told = group(check, stack, cloud)
        check.expect("AutomaticFailover", "enabled", told["AutomaticFailover"])
        check.expect("MultiAZ", "enabled", told["MultiAZ"])
        (shard,) = told["NodeGroups"]
        zones = {m["PreferredAvailabilityZone"] for m in shard["NodeGroupMembers"]}
        check.expect("zones", exact.zones, len(zones))


@pytest.mark.control("redis-snapshots")
@pytest.mark.requirement("REQ-RED-4")
def test_snapshots(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove) -> None:
    with prove("redis-snapshots", type="elasticache:replicationgroup", name=name(stack)) as check:
        told = group(check, stack, cloud)
        check.expect("SnapshotRetentionLimit", exact.snapshot_days, told["SnapshotRetentionLimit"])


@pytest.mark.control("store-private-subnets")
@pytest.mark.control("store-subnets-two-zones")
@pytest.mark.requirement("REQ-RED-5")
def test_private_placement(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    for control in ("store-private-subnets", "store-subnets-two-zones"):
        with prove(control, type="elasticache:replicationgroup", name=name(stack)) as check:
            names = {n["CacheSubnetGroupName"] for n in nodes(check, stack, cloud)}
            check.expect("subnet groups", 1, len(names))
            (found,) = check.ask_all(
                cloud["elasticache"],
                "describe_cache_subnet_groups",
                CacheSubnetGroupName=names.pop(),
            )["CacheSubnetGroups"]
            check.expect("VpcId", stack.output("vpc_id"), found["VpcId"])
            ids = sorted(s["SubnetIdentifier"] for s in found["Subnets"])
            placement(check, control, ids, stack, cloud)


@pytest.mark.control("store-sources")
@pytest.mark.requirement("REQ-RED-2")
def test_no_member_of_a_global_group(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    with prove("store-sources", type="elasticache:replicationgroup", name=name(stack)) as check:
        told = group(check, stack, cloud)
        global_one = (told.get("GlobalReplicationGroupInfo") or {}).get("GlobalReplicationGroupId")
        check.expect("GlobalReplicationGroupId", None, global_one or None)
