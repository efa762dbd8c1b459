"""ElastiCache: replication groups, and the types of the other ElastiCache modules."""

from __future__ import annotations

from typing import Any

from sandbox.providers.aws.services import elasticache_groups, elasticache_users
from sandbox.providers.aws.services.elasticache_rule import RULE, flag
from sandbox.providers.aws.services.elasticache_shared import retag
from sandbox.providers.aws.services.shared import given, look, wait, with_tags
from sandbox.providers.framework import (
    Clients,
    Handler,
    Inputs,
    Outputs,
    ProviderError,
    TypeRule,
    made,
    tag_map,
)

BOTH = {
    "autoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "automaticFailoverEnabled": "AutomaticFailoverEnabled",
    "clusterMode": "ClusterMode",
    "description": "ReplicationGroupDescription",
    "engine": "Engine",
    "engineVersion": "EngineVersion",
    "ipDiscovery": "IpDiscovery",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "multiAzEnabled": "MultiAZEnabled",
    "nodeType": "CacheNodeType",
    "notificationTopicArn": "NotificationTopicArn",
    "parameterGroupName": "CacheParameterGroupName",
    "securityGroupIds": "SecurityGroupIds",
    "snapshotRetentionLimit": "SnapshotRetentionLimit",
    "snapshotWindow": "SnapshotWindow",
    "transitEncryptionEnabled": "TransitEncryptionEnabled",
    "transitEncryptionMode": "TransitEncryptionMode",
}
"""Inputs that CreateReplicationGroup and ModifyReplicationGroup both take."""
CREATE = BOTH | {
    "atRestEncryptionEnabled": "AtRestEncryptionEnabled",
    "authToken": "AuthToken",
    "authTokenWo": "AuthToken",
    "dataTieringEnabled": "DataTieringEnabled",
    "kmsKeyId": "KmsKeyId",
    "networkType": "NetworkType",
    "numCacheClusters": "NumCacheClusters",
    "numNodeGroups": "NumNodeGroups",
    "port": "Port",
    "preferredCacheClusterAzs": "PreferredCacheClusterAZs",
    "replicasPerNodeGroup": "ReplicasPerNodeGroup",
    "subnetGroupName": "CacheSubnetGroupName",
    "userGroupIds": "UserGroupIds",
}
FLAGS = ("automaticFailoverEnabled", "multiAzEnabled")
DEFAULT_PORT = 6379


def _describe(aws: Clients, id: str) -> dict[str, Any] | None:
    answer = look(aws.elasticache.describe_replication_groups, ReplicationGroupId=id)
    return answer["ReplicationGroups"][0] if answer and answer["ReplicationGroups"] else None


def _deliveries(inputs: Inputs) -> list[dict[str, Any]]:
    """Log deliveries as AWS takes them."""
    asked = []
    for item in inputs.get("logDeliveryConfigurations") or []:
        if item["destinationType"] == "cloudwatch-logs":
            where = {"CloudWatchLogsDetails": {"LogGroup": item["destination"]}}
        else:
            where = {"KinesisFirehoseDetails": {"DeliveryStream": item["destination"]}}
        names = {
            "destinationType": "DestinationType",
            "logFormat": "LogFormat",
            "logType": "LogType",
        }
        asked.append(given(item, names) | {"DestinationDetails": where})
    return asked


def _short(version: str) -> str:
    """The version as it is asked for: from 6 on `<major>.<minor>`."""
    parts = version.split(".")
    return ".".join(parts[:2]) if int(parts[0]) > 5 else version


class ReplicationGroup:
    """aws.elasticache.ReplicationGroup."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        id = str(inputs["replicationGroupId"]).lower()
        if not inputs.get("nodeType") and not inputs.get("globalReplicationGroupId"):
            raise ProviderError(
                '"node_type" is required unless "global_replication_group_id" is set.'
            )
        asked = given(inputs, CREATE) | with_tags(inputs)
        asked.setdefault("Engine", "redis")
        if "AutoMinorVersionUpgrade" in asked:
            asked["AutoMinorVersionUpgrade"] = flag(asked["AutoMinorVersionUpgrade"])
        if deliveries := _deliveries(inputs):
            asked["LogDeliveryConfigurations"] = deliveries
        aws.elasticache.create_replication_group(ReplicationGroupId=id, **asked)
        with made(id):
            self._available(aws, id)
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        group = _describe(aws, id)
        if group is None or group["Status"] == "deleting":
            return None
        members = group.get("MemberClusters") or []
        node = aws.elasticache.describe_cache_clusters(CacheClusterId=members[0])["CacheClusters"][
            0
        ]
        shards = group.get("NodeGroups") or [{}]
        first = shards[0]
        configuration = group.get("ConfigurationEndpoint") or {}
        primary = first.get("PrimaryEndpoint") or {}
        version, port = node["EngineVersion"], configuration.get("Port") or primary.get("Port")
        if port == DEFAULT_PORT and inputs.get("port") is None:
            port = None  # the vendor's provider takes the default for nothing written
        return {
            "arn": group["ARN"],
            "atRestEncryptionEnabled": group.get("AtRestEncryptionEnabled", False),
            "autoMinorVersionUpgrade": group.get("AutoMinorVersionUpgrade", True),
            "automaticFailoverEnabled": group.get("AutomaticFailover") in ("enabled", "enabling"),
            "clusterEnabled": group.get("ClusterEnabled", False),
            "clusterMode": group.get("ClusterMode", "disabled"),
            "configurationEndpointAddress": configuration.get("Address", ""),
            "dataTieringEnabled": group.get("DataTiering") == "enabled",
            "description": group.get("Description"),
            "engine": group.get("Engine") or node["Engine"],
            "engineVersion": _short(version),
            "engineVersionActual": version,
            "globalReplicationGroupId": "",
            "ipDiscovery": group.get("IpDiscovery", "ipv4"),
            "kmsKeyId": group.get("KmsKeyId") or "",
            "logDeliveryConfigurations": [
                _shown(item) for item in group.get("LogDeliveryConfigurations") or []
            ],
            "maintenanceWindow": node.get("PreferredMaintenanceWindow"),
            "memberClusters": sorted(members),
            "multiAzEnabled": group.get("MultiAZ") == "enabled",
            "networkType": group.get("NetworkType", "ipv4"),
            "nodeGroupConfigurations": [],
            "nodeType": group.get("CacheNodeType"),
            "notificationTopicArn": (node.get("NotificationConfiguration") or {}).get(
                "TopicArn", ""
            ),
            "numCacheClusters": len(members),
            "numNodeGroups": len(shards),
            "parameterGroupName": node["CacheParameterGroup"]["CacheParameterGroupName"],
            "port": port,
            "primaryEndpointAddress": primary.get("Address", ""),
            "readerEndpointAddress": (first.get("ReaderEndpoint") or {}).get("Address", ""),
            "replicasPerNodeGroup": len(first.get("NodeGroupMembers") or [0]) - 1,
            "replicationGroupId": group["ReplicationGroupId"],
            "securityGroupIds": sorted(
                item["SecurityGroupId"] for item in node.get("SecurityGroups") or []
            ),
            "securityGroupNames": [],
            "snapshotRetentionLimit": group.get("SnapshotRetentionLimit", 0),
            "snapshotWindow": group.get("SnapshotWindow"),
            "subnetGroupName": node.get("CacheSubnetGroupName"),
            "tagsAll": tag_map(
                aws.elasticache.list_tags_for_resource(ResourceName=group["ARN"])["TagList"]
            ),
            "transitEncryptionEnabled": group.get("TransitEncryptionEnabled", False),
            "transitEncryptionMode": group.get("TransitEncryptionMode") or "",
            "userGroupIds": sorted(group.get("UserGroupIds") or []),
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        counts = changed & {"numCacheClusters", "replicasPerNodeGroup"}
        old_count = (olds.get("replicasPerNodeGroup") or 0) + 1
        new_count = news.get("numCacheClusters") or (news.get("replicasPerNodeGroup") or 0) + 1
        if counts and new_count > old_count:
            self._scale(aws, aws.elasticache.increase_replica_count, id, new_count)
        self._modify(aws, id, olds, news, changed)
        if counts and new_count < old_count:  # after failover has been switched off
            self._scale(aws, aws.elasticache.decrease_replica_count, id, new_count)
        if changed & {"authToken", "authTokenWoVersion", "authTokenUpdateStrategy"}:
            self._token(aws, id, olds, news)
        retag(aws, olds["arn"], olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        asked = given(state, {"finalSnapshotIdentifier": "FinalSnapshotIdentifier"})
        look(aws.elasticache.delete_replication_group, ReplicationGroupId=id, **asked)
        wait(f"replication group {id} is still being deleted", lambda: _describe(aws, id) is None)

    def _modify(
        self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]
    ) -> None:
        asked = given({name: news.get(name) for name in changed}, BOTH)
        asked |= {BOTH[flag]: False for flag in FLAGS if flag in changed and news.get(flag) is None}
        if "AutoMinorVersionUpgrade" in asked:
            asked["AutoMinorVersionUpgrade"] = flag(asked["AutoMinorVersionUpgrade"])
        if "transitEncryptionMode" in changed and news.get("transitEncryptionEnabled") is not None:
            asked["TransitEncryptionEnabled"] = news["transitEncryptionEnabled"]
        if "snapshotRetentionLimit" in changed:
            asked["SnapshotRetentionLimit"] = news.get("snapshotRetentionLimit") or 0
        if "userGroupIds" in changed:
            old, new = set(olds.get("userGroupIds") or []), set(news.get("userGroupIds") or [])
            asked |= {
                key: names
                for key, names in (
                    ("UserGroupIdsToAdd", sorted(new - old)),
                    ("UserGroupIdsToRemove", sorted(old - new)),
                )
                if names
            }
        if "logDeliveryConfigurations" in changed:
            asked["LogDeliveryConfigurations"] = _deliveries(news) or [
                {"LogType": item["logType"], "Enabled": False}
                for item in olds.get("logDeliveryConfigurations") or []
            ]
        if asked:
            aws.elasticache.modify_replication_group(
                ReplicationGroupId=id, ApplyImmediately=bool(news.get("applyImmediately")), **asked
            )
            self._available(aws, id)

    def _token(self, aws: Clients, id: str, olds: Outputs, news: Inputs) -> None:
        token = news.get("authToken") or news.get("authTokenWo")
        strategy = news.get("authTokenUpdateStrategy") or "ROTATE"
        asked: dict[str, Any] = {"AuthToken": token, "AuthTokenUpdateStrategy": strategy}
        if not token:
            if not olds.get("authToken"):
                return
            asked = {"AuthTokenUpdateStrategy": "DELETE"}
        aws.elasticache.modify_replication_group(
            ReplicationGroupId=id, ApplyImmediately=True, **asked
        )
        self._available(aws, id)

    def _scale(self, aws: Clients, call: Any, id: str, nodes: int) -> None:
        call(ReplicationGroupId=id, NewReplicaCount=nodes - 1, ApplyImmediately=True)
        self._available(aws, id)

    def _available(self, aws: Clients, id: str) -> None:
        wait(
            f"replication group {id} is not available",
            lambda: (_describe(aws, id) or {}).get("Status") == "available",
        )


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    details = item.get("DestinationDetails") or {}
    logs, stream = (
        details.get("CloudWatchLogsDetails") or {},
        details.get("KinesisFirehoseDetails") or {},
    )
    return {
        "destination": logs.get("LogGroup") or stream.get("DeliveryStream"),
        "destinationType": item["DestinationType"],
        "logFormat": item["LogFormat"],
        "logType": item["LogType"],
    }


HANDLERS: dict[str, Handler] = {
    "aws:elasticache/replicationGroup:ReplicationGroup": ReplicationGroup(),
    **elasticache_groups.HANDLERS,
    **elasticache_users.HANDLERS,
}
RULES: dict[str, TypeRule] = {
    "aws:elasticache/replicationGroup:ReplicationGroup": RULE,
    **elasticache_groups.RULES,
    **elasticache_users.RULES,
}
