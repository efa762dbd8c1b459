"""The Redis replication group, changed by hand."""

from __future__ import annotations

from typing import Any

from .change import Changes, Here

change = Changes()


def cache(here: Here) -> str:
    return f"redis-{here.suffix}"


def regroup(here: Here, **settings: Any) -> str:
    """The replication group with other settings."""
    here["elasticache"].modify_replication_group(
        ReplicationGroupId=cache(here), ApplyImmediately=True, **settings
    )
    return cache(here)


@change("redis-snapshots")
def snapshots_shortened(here: Here) -> str:
    return regroup(here, SnapshotRetentionLimit=1)


@change("redis-snapshots")
def snapshots_off(here: Here) -> str:
    return regroup(here, SnapshotRetentionLimit=0)


@change("redis-minor-upgrades")
def minor_upgrades_off(here: Here) -> str:
    return regroup(here, AutoMinorVersionUpgrade=False)


@change("redis-high-availability")
def failover_off(here: Here) -> str:
    return regroup(here, AutomaticFailoverEnabled=False, MultiAZEnabled=False)


@change("redis-high-availability")
def several_zones_off(here: Here) -> str:
    return regroup(here, MultiAZEnabled=False)


@change("cache-transit")
def transit_encryption_preferred(here: Here) -> str:
    return regroup(here, TransitEncryptionMode="preferred")


@change("redis-authentication")
def auth_token_removed(here: Here) -> str:
    return regroup(here, AuthTokenUpdateStrategy="DELETE")


@change("store-security-groups", "REQ-OUT-1")
def cache_behind_another_group(here: Here) -> str:
    return regroup(here, SecurityGroupIds=[here.out("rds_security_group_id")])


@change("REQ-RED-1")
def replica_added(here: Here) -> str:
    here["elasticache"].increase_replica_count(
        ReplicationGroupId=cache(here), NewReplicaCount=2, ApplyImmediately=True
    )
    return cache(here)


@change("resource-tags")
def tag_of_the_cache_removed(here: Here) -> str:
    told = here["elasticache"].describe_replication_groups(ReplicationGroupId=cache(here))
    arn = str(told["ReplicationGroups"][0]["ARN"])
    here["elasticache"].remove_tags_from_resource(ResourceName=arn, TagKeys=["ManagedBy"])
    return arn


@change("REQ-OPS-1")
def single_cache_made_by_hand(here: Here) -> str:
    name = f"by-hand-{here.suffix}"
    here["elasticache"].create_cache_cluster(
        CacheClusterId=name, Engine="redis", CacheNodeType="cache.t3.micro", NumCacheNodes=1
    )
    return name
