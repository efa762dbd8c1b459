"""ElastiCache: groups with nodes that can be described, checked, deleted to the end."""

from __future__ import annotations

import re
from typing import Any

from moto.elasticache.exceptions import (
    CacheSubnetGroupNotFound,
    ElastiCacheException,
)
from moto.elasticache.models import CacheCluster, ElastiCacheBackend, ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse

from sandbox.emulator.patches.elasticache_groups import parameter_group
from sandbox.emulator.patches.patch import around
from sandbox.emulator.patches.shared import backend, usable_key

AUTH_TOKEN = re.compile(r"[A-Za-z0-9!&#$^<>\-]{16,128}")
VERSIONS = {
    ("redis", "5.0.6"): "5.0.6",
    ("redis", "6.0"): "6.0.5",
    ("redis", "6.2"): "6.2.6",
    ("redis", "6.x"): "6.2.6",
    ("redis", "7.0"): "7.0.7",
    ("redis", "7.1"): "7.1.0",
    ("valkey", "7.2"): "7.2.6",
    ("valkey", "8.0"): "8.0.1",
    ("valkey", "8.1"): "8.1.0",
}
"""What can be created: (engine, version asked for) -> the version a node answers with."""
NEWEST = {"redis": "7.1", "valkey": "8.1"}
REGION_IN_NAMES = {
    "sa-east-1": "sae1",
    "us-east-1": "use1",
    "us-west-2": "usw2",
    "eu-west-1": "euw1",
}


def combination(text: str) -> ElastiCacheException:
    return ElastiCacheException("InvalidParameterCombination", text)


def value_error(text: str) -> ElastiCacheException:
    return ElastiCacheException("InvalidParameterValue", text)


def actual_version(engine: str, version: str | None) -> str:
    """The full version of a node; moto's users may also ask for a full one."""
    asked = version or NEWEST[engine]
    if (engine, asked) in VERSIONS:
        return VERSIONS[engine, asked]
    if asked in VERSIONS.values():
        return asked
    raise combination(f"Cannot find version {asked} for {engine}")


def check_token(token: str | None, transit: Any) -> None:
    if token is None:
        return
    if not transit:
        raise combination("The AUTH token can only be set when in-transit encryption is enabled.")
    if not AUTH_TOKEN.fullmatch(token):
        raise value_error(
            "The AUTH token provided is not valid: it must have 16 to 128 printable "
            "characters; the only special "
            "characters are ! & # $ ^ < > -"
        )


def check_availability(nodes: int, failover: Any, multi_az: Any) -> None:
    if failover and nodes < 2:
        raise combination(
            "When using automatic failover, there must be at least 2 cache clusters in the "
            "replication group."
        )
    if multi_az and not failover:
        raise combination("Multi-AZ requires automatic failover to be enabled.")


def check_references(self: Any, values: dict[str, Any]) -> None:
    """Subnet group, parameter group, security groups and key must exist."""
    if (name := values.get("cache_subnet_group_name")) and name not in self.cache_subnet_groups:
        raise CacheSubnetGroupNotFound(name)
    if name := values.get("cache_parameter_group_name"):
        parameter_group(self, name)
    ec2 = backend("ec2", self.account_id, self.region_name)
    for group_id in values.get("security_group_ids") or []:
        if ec2.get_security_group_from_id(group_id) is None:
            raise value_error(f"The security group ID '{group_id}' does not exist.")
    if key_id := values.get("kms_key_id"):
        if not values.get("at_rest_encryption_enabled"):
            raise combination("KmsKeyId cannot be used when at-rest encryption is not enabled.")
        key = usable_key(self.account_id, self.region_name, key_id)
        if key is None:
            raise ElastiCacheException("InvalidKMSKeyFault", "The KMS key supplied is not valid.")
        values["kms_key_id"] = key.arn


def spread(self: Any, subnet_group: str | None, count: int) -> list[str]:
    """The zones that nodes are spread over: those of the subnet group, in turn."""
    group = self.cache_subnet_groups.get(subnet_group or "")
    zones = (
        sorted({str(subnet["subnet_availability_zone"]) for subnet in group.subnets})
        if group
        else []
    )
    zones = zones or [f"{self.region_name}a", f"{self.region_name}b"]
    return [zones[index % len(zones)] for index in range(count)]


@around(
    ElastiCacheBackend,
    "create_replication_group",
    "NumCacheClusters, zones, transit mode and reader endpoint are lost; nodes cannot be "
    "described; nothing is checked",
)
def create_replication_group(original: Any, self: Any, **values: Any) -> ReplicationGroup:
    values["replication_group_id"] = str(values["replication_group_id"]).lower()
    engine = values["engine"] = values.get("engine") or "redis"
    version = actual_version(engine, values.get("engine_version"))
    shards = int(values.get("num_node_groups") or 1)
    if values.get("replicas_per_node_group") is None:
        values["replicas_per_node_group"] = int(values.get("num_cache_clusters") or 1) - 1
    nodes = 1 + int(values["replicas_per_node_group"])
    if not values.get("cache_node_type"):
        raise value_error("The parameter CacheNodeType must be provided and must not be null.")
    check_availability(
        nodes, values.get("automatic_failover_enabled"), values.get("multi_az_enabled")
    )
    check_token(values.get("auth_token"), values.get("transit_encryption_enabled"))
    check_references(self, values)
    if shards > 1:
        values["cluster_mode"] = values.get("cluster_mode") or "enabled"
    values["preferred_cache_cluster_azs"] = values.get("preferred_cache_cluster_azs") or spread(
        self, values.get("cache_subnet_group_name"), nodes
    )
    if values.get("transit_encryption_enabled"):
        values["transit_encryption_mode"] = values.get("transit_encryption_mode") or "required"
    values["auto_minor_version_upgrade"] = (
        str(values.get("auto_minor_version_upgrade")).lower() != "false"
    )
    family = f"{engine}{version.split('.')[0]}"
    values["cache_parameter_group_name"] = (
        values.get("cache_parameter_group_name") or f"default.{family}"
    )
    values["engine_version"] = version
    values["preferred_maintenance_window"] = (
        values.get("preferred_maintenance_window") or "sun:05:00-sun:06:00"
    )
    values["snapshot_window"] = values.get("snapshot_window") or "03:00-04:00"
    created: ReplicationGroup = original(self, **values)
    _name_endpoints(self, created)
    for member in created.member_clusters:
        self.cache_clusters[member] = node_of(self, created, member)
    return created


def _name_endpoints(self: Any, group: Any) -> None:
    """Give moto's names the region's short form, and the reader endpoint its place."""
    short = REGION_IN_NAMES.get(self.region_name, self.region_name.replace("-", ""))
    for node_group in group.node_groups:
        if "reader_endpoint_address" in node_group:
            node_group["reader_endpoint"] = {
                "address": node_group["reader_endpoint_address"],
                "port": group.port,
            }
        places = [node_group.get("primary_endpoint"), node_group.get("reader_endpoint")]
        places += [member.get("read_endpoint") for member in node_group["node_group_members"]]
        for place in filter(None, places):
            place["address"] = place["address"].replace(".use1.", f".{short}.")
    configuration = getattr(group, "configuration_endpoint", None)
    if configuration:
        configuration["address"] = configuration["address"].replace(".use1.", f".{short}.")


def node_of(self: Any, group: Any, name: str) -> CacheCluster:
    """What DescribeCacheClusters says of one node of a group."""
    member = next(
        member
        for node_group in group.node_groups
        for member in node_group["node_group_members"]
        if member["cache_cluster_id"] == name
    )
    node: Any = CacheCluster.__new__(CacheCluster)
    node.arn = group.arn.replace(
        f":replicationgroup:{group.replication_group_id}", f":cluster:{name}"
    )
    node.cache_cluster_id, node.replication_group_id = name, group.replication_group_id
    node.cache_cluster_status, node.num_cache_nodes = "available", 1
    node.cache_cluster_create_time = group.replication_group_create_time
    node.preferred_availability_zone = member.get("preferred_availability_zone")
    node.tags, node.cache_node_id = [], "0001"
    made: CacheCluster = follow(group, node)
    return made


def follow(group: Any, node: Any) -> Any:
    """Bring a node to what its group says now."""
    node.engine, node.engine_version = group.engine, group.engine_version
    node.cache_node_type, node.port = group.cache_node_type, group.port
    node.cache_subnet_group_name = group.cache_subnet_group_name
    node.preferred_maintenance_window = group.preferred_maintenance_window
    node.security_group_ids = list(group.security_group_ids or [])
    node.security_groups = [
        {"security_group_id": name, "status": "active"} for name in node.security_group_ids
    ]
    node.cache_parameter_group = {
        "cache_parameter_group_name": group.cache_parameter_group_name,
        "parameter_apply_status": "in-sync",
    }
    node.snapshot_retention_limit, node.snapshot_window = (
        group.snapshot_retention_limit,
        group.snapshot_window,
    )
    node.transit_encryption_enabled = group.transit_encryption_enabled
    node.transit_encryption_mode = group.transit_encryption_mode
    node.at_rest_encryption_enabled = group.at_rest_encryption_enabled
    node.auth_token_enabled = group.auth_token_enabled
    node.auth_token_last_modified_date = group.auth_token_last_modified_date
    node.auto_minor_version_upgrade = group.auto_minor_version_upgrade
    node.network_type, node.ip_discovery = group.network_type, group.ip_discovery
    node.log_delivery_configurations = group.log_delivery_configurations
    if group.notification_topic_arn:
        node.notification_configuration = {
            "topic_arn": group.notification_topic_arn,
            "topic_status": "active",
        }
    return node


@around(ElastiCacheBackend, "describe_replication_groups", "names are case-sensitive")
def describe_replication_groups(original: Any, self: Any, replication_group_id: Any = None) -> Any:
    return original(self, replication_group_id.lower() if replication_group_id else None)


@around(
    ElastiCacheBackend,
    "delete_replication_group",
    "the group stays in `deleting` for ever, and so do its tags",
)
def delete_replication_group(
    original: Any, self: Any, replication_group_id: str, retain_primary_cluster: Any
) -> ReplicationGroup:
    replication_group_id = replication_group_id.lower()
    members = list(
        getattr(self.replication_groups.get(replication_group_id), "member_clusters", [])
    )
    group: ReplicationGroup = original(self, replication_group_id, retain_primary_cluster)
    del self.replication_groups[replication_group_id]
    self.tagging_service.delete_all_tags_for_resource(group.arn)
    for member in members:
        self.cache_clusters.pop(member, None)
    return group


@around(
    ElastiCacheResponse,
    "delete_replication_group",
    "FinalSnapshotIdentifier is dropped: no snapshot is made",
)
def delete_with_snapshot(original: Any, self: Any) -> Any:
    if snapshot := self._get_param("FinalSnapshotIdentifier"):
        self.elasticache_backend.create_snapshot(
            snapshot_name=snapshot,
            replication_group_id=str(self._get_param("ReplicationGroupId")).lower(),
            cache_cluster_id=None,
            kms_key_id=None,
            tags=None,
        )
    return original(self)


@around(ElastiCacheBackend, "delete_cache_cluster", "the cluster stays in `deleting` for ever")
def delete_cache_cluster(original: Any, self: Any, cache_cluster_id: str) -> Any:
    cluster = original(self, cache_cluster_id)
    del self.cache_clusters[cache_cluster_id]
    self.tagging_service.delete_all_tags_for_resource(cluster.arn)
    return cluster
