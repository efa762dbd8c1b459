"""Replicas, members and global stores belong to stores of this stack."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    NotASubject,
    Resource,
    Scenario,
    Settings,
    Severity,
    Stack,
)

from ._python import as_python
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

PROXY_TARGET = "aws:rds/proxyTarget:ProxyTarget"
#: For each type, the properties that name another store, and the types it may be.
SOURCES: dict[str, dict[str, tuple[str, ...]]] = {
    RDS_CLUSTER: {
        "replicationSourceIdentifier": (RDS_CLUSTER, RDS_INSTANCE),
        "globalClusterIdentifier": (RDS_GLOBAL_CLUSTER,),
    },
    RDS_CLUSTER_INSTANCE: {"clusterIdentifier": (RDS_CLUSTER,)},
    RDS_INSTANCE: {"replicateSourceDb": (RDS_INSTANCE, RDS_CLUSTER)},
    RDS_GLOBAL_CLUSTER: {"sourceDbClusterIdentifier": (RDS_CLUSTER,)},
    REPLICATION_GROUP: {"globalReplicationGroupId": (GLOBAL_REPLICATION_GROUP,)},
    GLOBAL_REPLICATION_GROUP: {"primaryReplicationGroupId": (REPLICATION_GROUP,)},
    CACHE_CLUSTER: {"replicationGroupId": (REPLICATION_GROUP,)},
    PROXY_TARGET: {
        "dbProxyName": (PROXY,),
        "dbClusterIdentifier": (RDS_CLUSTER,),
        "dbInstanceIdentifier": (RDS_INSTANCE, RDS_CLUSTER_INSTANCE),
    },
}
IDENTITIES = (
    "id",
    "arn",
    "clusterIdentifier",
    "identifier",
    "globalClusterIdentifier",
    "replicationGroupId",
    "globalReplicationGroupId",
    "name",
)


def stack_check(resource: Resource, stack: Stack, _settings: Settings) -> Iterator[Finding]:
    named = False
    for key, types in SOURCES[resource.type].items():
        value = resource.props.raw(key)
        if value in (None, "") or (value is UNKNOWN and not stack.sources(resource, key)):
            continue  # left out: what is computed here is nobody's
        named = True
        reference = stack.refers_to(resource, key, types, IDENTITIES)
        others = [t for t in reference.targets if t is not resource]
        if not others:
            shown = resource.props.show(key)
            fix = f"for {as_python(key)} the output of a resource of this stack"
            yield Finding(f"{key} is {shown}, no store of this stack", key, fix)
    if resource.type == RDS_GLOBAL_CLUSTER and not named:
        if not resource.props.flag("storageEncrypted", absent=False):
            shown = resource.props.show("storageEncrypted")
            yield Finding(
                f"storageEncrypted is {shown}, but a global cluster must be encrypted",
                property="storageEncrypted",
                fix="storage_encrypted=True",
            )
    elif not named:
        raise NotASubject("it is a store of its own")


def scenarios() -> tuple[Scenario, ...]:
    from . import _source_scenarios as example

    return example.SCENARIOS


CONTROL = Control(
    id="store-sources",
    title="Replicas and members belong to stores of this stack",
    statement="Each replica, member and global store must name a store of this stack as its "
    "source, and a global cluster without a source must be encrypted.",
    rationale="A replica has the encryption, the password and the backups of its source: one that "
    "no control looked at brings none of them.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=tuple(SOURCES),
    properties=tuple(dict.fromkeys(key for keys in SOURCES.values() for key in keys)),
    remediation="replicate_source_db=database.identifier, of a database of this stack",
    remedies={
        RDS_GLOBAL_CLUSTER: "storage_encrypted=True, or source_db_cluster_identifier=cluster.arn",
        REPLICATION_GROUP: "global_replication_group_id=global_group.id, of one of this stack",
        GLOBAL_REPLICATION_GROUP: "primary_replication_group_id=group.id, of one of this stack",
        CACHE_CLUSTER: "replication_group_id=group.id, of one of this stack",
        RDS_CLUSTER_INSTANCE: "cluster_identifier=cluster.id, of one of this stack",
        RDS_CLUSTER: "replication_source_identifier=cluster.arn, of one of this stack",
    },
    levels=MANDATORY,
    stack_check=stack_check,
    scenarios=scenarios,
)
