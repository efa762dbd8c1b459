"""Scenarios of store-sources."""

from __future__ import annotations

from core import UNKNOWN, Item, Scenario, Value, accepts, ignores, refuses, undecided

from ._stores import (
    CACHE_CLUSTER,
    GLOBAL_REPLICATION_GROUP,
    RDS_CLUSTER,
    RDS_CLUSTER_INSTANCE,
    RDS_GLOBAL_CLUSTER,
    RDS_INSTANCE,
    REPLICATION_GROUP,
)
from ._types import PROXY

CLUSTER = Item(RDS_CLUSTER, "db", {"clusterIdentifier": "db-test", "arn": UNKNOWN})
DATABASE = Item(RDS_INSTANCE, "db", {"identifier": "db-test", "arn": UNKNOWN})
CACHE = Item(REPLICATION_GROUP, "redis", {"replicationGroupId": "redis-test"})


def use(type_: str, key: str, value: Value, *sources: str) -> Item:
    return Item(type_, "copy", {key: value}, needs={key: sources})


def target(proxy: Value, cluster: Value) -> Item:
    props = {"dbProxyName": proxy, "dbClusterIdentifier": cluster}
    return Item("aws:rds/proxyTarget:ProxyTarget", "target", props)


PROXIED = (CLUSTER, Item(PROXY, "proxy", {"name": "p-test"}, computed=("arn",)))
MEMBER = "clusterIdentifier"
SOURCE = "sourceDbClusterIdentifier"
ENCRYPTED: dict[str, Value] = {"storageEncrypted": True, SOURCE: UNKNOWN}

SCENARIOS: tuple[Scenario, ...] = (
    accepts("a member by name", CLUSTER, use(RDS_CLUSTER_INSTANCE, MEMBER, "db-test")),
    accepts("a member by graph", CLUSTER, use(RDS_CLUSTER_INSTANCE, MEMBER, UNKNOWN, "db")),
    accepts("a replica by name", DATABASE, use(RDS_INSTANCE, "replicateSourceDb", "db-test")),
    accepts("a member of a group", CACHE, use(CACHE_CLUSTER, "replicationGroupId", "redis-test")),
    accepts("a global cluster of ours", CLUSTER, use(RDS_GLOBAL_CLUSTER, SOURCE, UNKNOWN, "db")),
    accepts("a global cluster, encrypted", Item(RDS_GLOBAL_CLUSTER, "g", ENCRYPTED)),
    accepts(
        "the primary of a global group",
        CACHE,
        use(GLOBAL_REPLICATION_GROUP, "primaryReplicationGroupId", UNKNOWN, "redis"),
    ),
    refuses(
        "a member of another stack's cluster",
        CLUSTER,
        use(RDS_CLUSTER_INSTANCE, MEMBER, "theirs"),
        says="clusterIdentifier is theirs",
    ),
    refuses(
        "a replica of another stack's database",
        use(RDS_INSTANCE, "replicateSourceDb", "theirs"),
        says="no store of this stack",
    ),
    accepts("a proxy's target, by name", *PROXIED, target("p-test", "db-test")),
    accepts(
        "a proxy's target, by graph",
        *PROXIED,
        Item(
            "aws:rds/proxyTarget:ProxyTarget",
            "target",
            {"dbProxyName": UNKNOWN, "dbClusterIdentifier": UNKNOWN},
            needs={"dbProxyName": ("proxy",), "dbClusterIdentifier": ("db",)},
        ),
    ),
    refuses(
        "our cluster behind somebody's proxy",
        *PROXIED,
        target("theirs", "db-test"),
        says="dbProxyName is theirs",
    ),
    refuses(
        "somebody's cluster behind our proxy",
        *PROXIED,
        target("p-test", "theirs"),
        says="dbClusterIdentifier is theirs",
    ),
    refuses(
        "a replica of itself",
        DATABASE,
        Item(RDS_INSTANCE, "r", {"identifier": "r-test", "replicateSourceDb": "r-test"}),
        says="no store",
    ),
    refuses(
        "a cluster that copies another stack's",
        use(RDS_CLUSTER, "replicationSourceIdentifier", "arn:aws:rds:sa-east-1:1:cluster:x"),
        says="no store",
    ),
    refuses(
        "a cluster of another stack's global one",
        use(RDS_CLUSTER, "globalClusterIdentifier", "theirs"),
        says="no store",
    ),
    refuses(
        "a member of another stack's group",
        CACHE,
        use(CACHE_CLUSTER, "replicationGroupId", "theirs"),
        says="no store",
    ),
    refuses(
        "a group of another stack's global one",
        use(REPLICATION_GROUP, "globalReplicationGroupId", "theirs"),
        says="no store",
    ),
    refuses(
        "a global cluster of another stack's",
        use(RDS_GLOBAL_CLUSTER, SOURCE, "theirs"),
        says="no store",
    ),
    refuses(
        "a source of another kind",
        CACHE,
        use(RDS_INSTANCE, "replicateSourceDb", UNKNOWN, "redis"),
        says="no store",
    ),
    refuses(
        "a global cluster in clear",
        Item(RDS_GLOBAL_CLUSTER, "g"),
        says="storageEncrypted is absent",
    ),
    refuses(
        "a global cluster off",
        Item(RDS_GLOBAL_CLUSTER, "g", {"storageEncrypted": False}),
        says="is false",
    ),
    undecided(
        "a global cluster encrypted by an output",
        Item(RDS_GLOBAL_CLUSTER, "g", {"storageEncrypted": UNKNOWN}),
    ),
    ignores("a cluster of its own", CLUSTER),
    ignores(
        "a group of its own", Item(REPLICATION_GROUP, "r", {"globalReplicationGroupId": UNKNOWN})
    ),
    *(
        accepts(
            f"a replica by {identity}",
            Item(RDS_INSTANCE, "db", {identity: "x"}),
            use(RDS_INSTANCE, "replicateSourceDb", "x"),
        )
        for identity in ("id", "arn", "identifier")
    ),
    accepts(
        "a cluster of our global one",
        Item(
            RDS_GLOBAL_CLUSTER,
            "g",
            {"globalClusterIdentifier": "g-test", SOURCE: UNKNOWN, "storageEncrypted": True},
        ),
        use(RDS_CLUSTER, "globalClusterIdentifier", "g-test"),
    ),
    accepts(
        "a group of our global one",
        CACHE,
        Item(
            GLOBAL_REPLICATION_GROUP,
            "g",
            {"globalReplicationGroupId": "g-test", "primaryReplicationGroupId": "redis-test"},
        ),
        use(REPLICATION_GROUP, "globalReplicationGroupId", "g-test"),
    ),
)
