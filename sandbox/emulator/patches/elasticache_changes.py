"""ElastiCache: changes of a replication group that moto drops, and its number of replicas."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.elasticache.exceptions import ReplicationGroupNotFound
from moto.elasticache.responses import ElastiCacheResponse

from sandbox.emulator.patches.elasticache import (
    actual_version,
    check_availability,
    check_references,
    check_token,
    combination,
    follow,
    node_of,
    spread,
)
from sandbox.emulator.patches.elasticache_users import user_group
from sandbox.emulator.patches.patch import adds


@adds(
    ElastiCacheResponse,
    "modify_replication_group",
    "AUTH token, security groups, windows, versions, parameter group, transit mode and user "
    "groups are dropped",
)
def modify_replication_group(self: Any) -> ActionResult:
    cache, name = self.elasticache_backend, str(self._get_param("ReplicationGroupId")).lower()
    if name not in cache.replication_groups:
        raise ReplicationGroupNotFound(name)
    group = cache.replication_groups[name]
    failover, multi_az = (
        self._get_bool_param("AutomaticFailoverEnabled"),
        self._get_bool_param("MultiAZEnabled"),
    )
    failover = group.automatic_failover == "enabled" if failover is None else failover
    multi_az = group.multi_az == "enabled" if multi_az is None else multi_az
    check_availability(len(group.member_clusters), failover, multi_az)
    values = {
        "security_group_ids": self._get_param("SecurityGroupIds"),
        "cache_parameter_group_name": self._get_param("CacheParameterGroupName"),
    }
    check_references(cache, values)
    _change_transit(
        group,
        self._get_bool_param("TransitEncryptionEnabled"),
        self._get_param("TransitEncryptionMode"),
    )
    _change_token(group, self._get_param("AuthToken"), self._get_param("AuthTokenUpdateStrategy"))
    if engine := self._get_param("Engine"):
        group.engine = engine
    if version := self._get_param("EngineVersion"):
        group.engine_version = actual_version(group.engine, version)
    group.automatic_failover = "enabled" if failover else "disabled"
    group.multi_az = "enabled" if multi_az else "disabled"
    minor = self._get_bool_param("AutoMinorVersionUpgrade")
    for attribute, value in {
        **values,
        "description": self._get_param("ReplicationGroupDescription"),
        "cache_node_type": self._get_param("CacheNodeType"),
        "snapshot_retention_limit": self._get_int_param("SnapshotRetentionLimit"),
        "snapshot_window": self._get_param("SnapshotWindow"),
        "preferred_maintenance_window": self._get_param("PreferredMaintenanceWindow"),
        "notification_topic_arn": self._get_param("NotificationTopicArn"),
        "auto_minor_version_upgrade": minor,
        "cluster_mode": self._get_param("ClusterMode"),
    }.items():
        if value is not None:
            setattr(group, attribute, value)
    if (deliveries := self._get_params().get("LogDeliveryConfigurations")) is not None:
        group.log_delivery_configurations = group._get_log_delivery_configurations(
            [delivery for delivery in deliveries if delivery.get("Enabled") is not False]
        )
    added, removed = (
        self._get_param("UserGroupIdsToAdd") or [],
        self._get_param("UserGroupIdsToRemove") or [],
    )
    for name_of_group in added:
        user_group(cache, name_of_group)
    group.user_group_ids = [
        one for one in group.user_group_ids if one not in (*added, *removed)
    ] + list(added)
    if self._get_bool_param("RemoveUserGroups"):
        group.user_group_ids = []
    for member in group.member_clusters:
        follow(group, cache.cache_clusters[member])
    return ActionResult({"ReplicationGroup": group})


def _change_transit(group: Any, enabled: bool | None, mode: str | None) -> None:
    """Encryption in transit is turned on, and off, through the mode `preferred` only."""
    if enabled and not group.transit_encryption_enabled and mode != "preferred":
        raise combination(
            "To enable in-transit encryption, TransitEncryptionMode must be set to preferred first."
        )
    if (
        enabled is False
        and group.transit_encryption_enabled
        and group.transit_encryption_mode != "preferred"
    ):
        raise combination(
            "To disable in-transit encryption, TransitEncryptionMode must be set to "
            "preferred first."
        )
    if enabled is not None:
        group.transit_encryption_enabled = enabled
        if not enabled:
            group.transit_encryption_mode = None
    if mode is not None and group.transit_encryption_enabled:
        group.transit_encryption_mode = mode


def _change_token(group: Any, token: str | None, strategy: str | None) -> None:
    if strategy == "DELETE":
        group.auth_token_enabled = False
    elif token is not None:
        check_token(token, group.transit_encryption_enabled)
        if strategy not in ("SET", "ROTATE"):
            raise combination("AuthToken requires AuthTokenUpdateStrategy SET or ROTATE.")
        group.auth_token_enabled = True
    else:
        return
    group.auth_token_last_modified_date = utcnow()


def _scale(response: Any) -> ActionResult:
    """Bring a group without shards to NewReplicaCount replicas."""
    cache, name = (
        response.elasticache_backend,
        str(response._get_param("ReplicationGroupId")).lower(),
    )
    if name not in cache.replication_groups:
        raise ReplicationGroupNotFound(name)
    group, wanted = cache.replication_groups[name], 1 + int(response._get_param("NewReplicaCount"))
    check_availability(wanted, group.automatic_failover == "enabled", group.multi_az == "enabled")
    members = group.node_groups[0]["node_group_members"]
    zones = spread(cache, group.cache_subnet_group_name, wanted)
    domain = members[0]["read_endpoint"]["address"].split(".", 1)[1]
    while len(members) < wanted:
        node = f"{name}-{len(members) + 1:0>3}"
        endpoint = {"address": f"{node}.{domain}", "port": group.port}
        members.append(
            {
                "cache_cluster_id": node,
                "cache_node_id": "0001",
                "read_endpoint": endpoint,
                "preferred_availability_zone": zones[len(members)],
                "current_role": "replica",
            }
        )
        group.member_clusters.append(node)
        cache.cache_clusters[node] = node_of(cache, group, node)
    for member in members[wanted:]:
        group.member_clusters.remove(member["cache_cluster_id"])
        cache.cache_clusters.pop(member["cache_cluster_id"], None)
    del members[wanted:]
    return ActionResult({"ReplicationGroup": group})


@adds(ElastiCacheResponse, "increase_replica_count", "IncreaseReplicaCount is not there")
def increase_replica_count(self: Any) -> ActionResult:
    return _scale(self)


@adds(ElastiCacheResponse, "decrease_replica_count", "DecreaseReplicaCount is not there")
def decrease_replica_count(self: Any) -> ActionResult:
    return _scale(self)
