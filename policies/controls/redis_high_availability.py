"""Redis fails over to a second node in another zone."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Item,
    NotASubject,
    Props,
    Resource,
    Settings,
    Severity,
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._numbers import amount
from ._stores import (
    CACHE_CLUSTER,
    GLOBAL_REPLICATION_GROUP,
    MEMORYDB_CLUSTER,
    REPLICATION_GROUP,
)

FAILOVER, ZONES = "automaticFailoverEnabled", "multiAzEnabled"
COUNT, REPLICAS, PREFERRED = "numCacheClusters", "replicasPerNodeGroup", "preferredCacheClusterAzs"


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if resource.type == CACHE_CLUSTER:
        if props.declared("replicationGroupId"):
            raise NotASubject("a replica of a replication group")
        yield Finding("a single cache cluster has nothing to fail over to", property="id")
        return
    if resource.type == MEMORYDB_CLUSTER:
        if amount(props, "numReplicasPerShard", absent=1) < 1:
            yield Finding("numReplicasPerShard is 0", fix="num_replicas_per_shard=1")
        return
    if not props.flag(FAILOVER):
        yield Finding(f"{FAILOVER} is {props.show(FAILOVER)}, but must be true", property=FAILOVER)
    if resource.type == GLOBAL_REPLICATION_GROUP:
        return
    if not props.flag(ZONES):
        yield Finding(f"{ZONES} is {props.show(ZONES)}, but must be true", property=ZONES)
    yield from nodes(props)


def nodes(props: Props) -> Iterator[Finding]:
    if props.declared(REPLICAS) or props.declared("numNodeGroups"):
        if amount(props, REPLICAS, absent=0) < 1:
            yield Finding(f"{REPLICAS} is {props.show(REPLICAS)}, but must be 1 or more")
    elif amount(props, COUNT, absent=1) < 2:
        yield Finding(f"{COUNT} is {props.show(COUNT)}, but must be 2 or more", property=COUNT)
    zones = props.texts(PREFERRED)
    if zones and len(set(zones)) < 2:
        yield Finding(f"{PREFERRED} names one zone, {zones[0]}", property=PREFERRED)


GOOD = {FAILOVER: True, ZONES: True, COUNT: 2.0}


def group(**props: object) -> Item:
    return Item(REPLICATION_GROUP, "redis", {**GOOD, **props})  # type: ignore[dict-item]


CONTROL = Control(
    id="redis-high-availability",
    title="Redis fails over",
    statement="Redis must have two nodes or more, automatic failover and Multi-AZ.",
    rationale="With one node or one zone lost, devices must still find the cache.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(REPLICATION_GROUP, GLOBAL_REPLICATION_GROUP, CACHE_CLUSTER, MEMORYDB_CLUSTER),
    properties=(FAILOVER, ZONES, COUNT, REPLICAS),
    remediation="automatic_failover_enabled=True, multi_az_enabled=True, num_cache_clusters=2",
    remedies={
        CACHE_CLUSTER: "aws.elasticache.ReplicationGroup(..., automatic_failover_enabled=True, "
        "multi_az_enabled=True, num_cache_clusters=2)",
        GLOBAL_REPLICATION_GROUP: "automatic_failover_enabled=True",
        MEMORYDB_CLUSTER: "num_replicas_per_shard=1",
    },
    levels=MANDATORY,
    check=check,
    scenarios=lambda: (
        accepts("two nodes with failover", group()),
        accepts(
            "shards with a replica", group(**{COUNT: None, "numNodeGroups": 2.0, REPLICAS: 1.0})
        ),
        accepts("two preferred zones", group(**{PREFERRED: ["sa-east-1a", "sa-east-1b"]})),
        accepts("MemoryDB's own default", Item(MEMORYDB_CLUSTER, "m")),
        refuses("one node", group(**{COUNT: 1.0}), says="numCacheClusters is 1"),
        refuses("nodes left out", group(**{COUNT: None}), says="absent"),
        refuses("no failover", group(**{FAILOVER: False}), says="is false"),
        refuses("failover left out", group(**{FAILOVER: None}), says="is absent"),
        refuses("one zone", group(**{ZONES: False}), says=ZONES),
        refuses("both nodes in one zone", group(**{PREFERRED: ["a", "a"]}), says="one zone"),
        refuses("shards without replica", group(numNodeGroups=2.0), says=REPLICAS),
        refuses("no replica", group(**{REPLICAS: 0.0}), says="is 0"),
        refuses("a single cache cluster", Item(CACHE_CLUSTER, "c"), says="single"),
        refuses("a global group without it", Item(GLOBAL_REPLICATION_GROUP, "g"), says=FAILOVER),
        refuses(
            "MemoryDB alone", Item(MEMORYDB_CLUSTER, "m", {"numReplicasPerShard": 0.0}), says="0"
        ),
        undecided("count from an output", group(**{COUNT: UNKNOWN})),
        ignores("a member", Item(CACHE_CLUSTER, "c", {"replicationGroupId": "redis-test"})),
    ),
)
