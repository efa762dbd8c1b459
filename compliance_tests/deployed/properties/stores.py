"""The properties of the stream and of the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence.live import Check

from ..inventory import one
from ..stack import Cloud, Resource
from .shape import tagged

if TYPE_CHECKING:
    from . import Reader

Found = dict[str, Any]
SWITCH = {"enabled": True, "enabling": True, "disabled": False, "disabling": False}


def stream(check: Check, cloud: Cloud, resource: Resource) -> Found:
    kinesis, name = cloud["kinesis"], str(resource.outputs["name"])
    told = check.ask(kinesis, "describe_stream_summary", StreamName=name)[
        "StreamDescriptionSummary"
    ]
    mode = told.get("StreamModeDetails", {}).get("StreamMode", "PROVISIONED")
    encrypted = told.get("EncryptionType", "NONE")
    metrics = {m for e in told.get("EnhancedMonitoring", ()) for m in e["ShardLevelMetrics"]}
    return {
        "name": told["StreamName"],
        "encryptionType": encrypted,
        "kmsKeyId": told.get("KeyId") if encrypted == "KMS" else None,
        "retentionPeriod": told["RetentionPeriodHours"],
        "shardCount": told["OpenShardCount"] if mode == "PROVISIONED" else None,
        "shardLevelMetrics": sorted(metrics),
        "streamModeDetails": {"streamMode": mode},
        **tagged(check.ask(kinesis, "list_tags_for_stream", StreamName=name)["Tags"]),
    }


def replication_group(check: Check, cloud: Cloud, resource: Resource) -> Found:
    client, id_ = cloud["elasticache"], resource.id
    told = one(
        check.ask(client, "describe_replication_groups", ReplicationGroupId=id_)[
            "ReplicationGroups"
        ]
    )
    listed = check.ask_all(client, "describe_cache_clusters")["CacheClusters"]
    nodes = [n for n in listed if n.get("ReplicationGroupId") == id_]
    shards = told.get("NodeGroups") or []
    members = [m for s in shards for m in s.get("NodeGroupMembers", ())]
    tags = check.ask(client, "list_tags_for_resource", ResourceName=told["ARN"])["TagList"]
    encrypted = told["TransitEncryptionEnabled"]
    return {
        "replicationGroupId": told["ReplicationGroupId"],
        "description": told["Description"],
        "atRestEncryptionEnabled": told["AtRestEncryptionEnabled"],
        "kmsKeyId": told.get("KmsKeyId"),
        "transitEncryptionEnabled": encrypted,
        "transitEncryptionMode": told.get("TransitEncryptionMode") if encrypted else None,
        "automaticFailoverEnabled": SWITCH[told["AutomaticFailover"]],
        "multiAzEnabled": SWITCH[told["MultiAZ"]],
        "numCacheClusters": len(told["MemberClusters"]),
        "numNodeGroups": len(shards),
        "replicasPerNodeGroup": len(members) // len(shards) - 1 if shards else None,
        "snapshotRetentionLimit": told.get("SnapshotRetentionLimit"),
        "snapshotWindow": told.get("SnapshotWindow"),
        "userGroupIds": told.get("UserGroupIds"),
        "globalReplicationGroupId": (told.get("GlobalReplicationGroupInfo") or {}).get(
            "GlobalReplicationGroupId"
        ),
        "port": next((s["PrimaryEndpoint"]["Port"] for s in shards), None),
        "preferredCacheClusterAzs": [m["PreferredAvailabilityZone"] for m in members],
        **of_nodes(nodes),
        **tagged(tags),
    }


def of_nodes(nodes: list[dict[str, Any]]) -> Found:
    """What AWS keeps with each node: the one value they share, or all of them where they differ."""

    def shared(key: str) -> Any:
        values = [n.get(key) for n in nodes]
        return values[0] if all(v == values[0] for v in values[1:]) and values else values

    return {
        "engine": shared("Engine"),
        "engineVersion": shared("EngineVersion"),
        "nodeType": shared("CacheNodeType"),
        "autoMinorVersionUpgrade": shared("AutoMinorVersionUpgrade"),
        "subnetGroupName": shared("CacheSubnetGroupName"),
        "maintenanceWindow": shared("PreferredMaintenanceWindow"),
        "securityGroupIds": sorted(
            {g["SecurityGroupId"] for n in nodes for g in n.get("SecurityGroups", ())}
        ),
    }


def subnet_group(check: Check, cloud: Cloud, resource: Resource) -> Found:
    client = cloud["elasticache"]
    told = one(
        check.ask(client, "describe_cache_subnet_groups", CacheSubnetGroupName=resource.id)[
            "CacheSubnetGroups"
        ]
    )
    tags = check.ask(client, "list_tags_for_resource", ResourceName=told["ARN"])["TagList"]
    return {
        "name": told["CacheSubnetGroupName"],
        "description": told["CacheSubnetGroupDescription"],
        "subnetIds": [s["SubnetIdentifier"] for s in told["Subnets"]],
        **tagged(tags),
    }


READERS: dict[str, Reader] = {
    "aws:kinesis/stream:Stream": stream,
    "aws:elasticache/replicationGroup:ReplicationGroup": replication_group,
    "aws:elasticache/subnetGroup:SubnetGroup": subnet_group,
}
