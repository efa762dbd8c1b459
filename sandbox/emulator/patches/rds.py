"""RDS clusters: checked as AWS does, changes that are kept, deletes that leave nothing."""

from __future__ import annotations

import re
from typing import Any

from moto.rds.exceptions import (
    DBClusterNotFoundError,
    DBClusterParameterGroupNotFoundError,
    DBSubnetGroupNotFoundError,
    InvalidParameterCombination,
    InvalidParameterValue,
    KMSKeyNotAccessibleFault,
    RDSClientError,
)
from moto.rds.models import DBCluster, RDSBackend
from moto.rds.responses import RDSResponse
from moto.rds.utils import valid_preferred_maintenance_window

from sandbox.emulator.patches.patch import around, gives
from sandbox.emulator.patches.rds_versions import ENGINE, LOG_TYPES, choose, family
from sandbox.emulator.patches.shared import backend, usable_key

BACKUP_DAYS = range(1, 36)
CAPACITY_UNITS = (0.0, 256.0)
RESERVED_USERS = ("admin", "rdsadmin", "rdsrepladmin", "rds_superuser")


def check_key(self: Any, key_id: str | None) -> str | None:
    """The ARN of a key that can be used, as AWS shows it whatever way it was named."""
    if not key_id:
        return None
    key = usable_key(self.account_id, self.region_name, key_id)
    if key is None:
        raise KMSKeyNotAccessibleFault(key_id)
    return str(key.arn)


def check_groups(self: Any, group_ids: list[str] | None) -> None:
    """Security groups must exist."""
    ec2 = backend("ec2", self.account_id, self.region_name)
    for group_id in group_ids or []:
        if ec2.get_security_group_from_id(group_id) is None:
            raise InvalidParameterValue(
                f"Invalid security group , groupId= {group_id}, groupName=."
            )


def _check(self: Any, values: Any, maintenance: str | None, backup: str | None) -> None:
    """What CreateDBCluster and ModifyDBCluster refuse alike."""
    days = values.get("backup_retention_period")
    if days is not None and int(days) not in BACKUP_DAYS:
        raise InvalidParameterValue(
            f"Invalid backup retention period: {days}. Retention period must be between 1 and 35"
        )
    if (
        maintenance
        and backup
        and (problem := valid_preferred_maintenance_window(maintenance.lower(), backup))
    ):
        raise InvalidParameterValue(problem)
    password = values.get("master_user_password")
    if password is not None and re.search(r"[/@\" ]|[^\x20-\x7e]", password):
        raise InvalidParameterValue(
            "The parameter MasterUserPassword is not a valid password. Only printable ASCII "
            "characters besides "
            "'/', '@', '\"', ' ' may be used."
        )
    group = values.get("db_cluster_parameter_group_name") or "default."
    if group not in self.db_cluster_parameter_groups and not group.startswith("default."):
        raise DBClusterParameterGroupNotFoundError(group)
    check_groups(self, values.get("vpc_security_group_ids"))
    if scaling := values.get("serverless_v2_scaling_configuration"):
        _check_scaling(float(scaling.get("MinCapacity", 0)), float(scaling.get("MaxCapacity", 0)))


def _check_scaling(low: float, high: float) -> None:
    if (
        low > high
        or not CAPACITY_UNITS[0] <= low
        or not 1.0 <= high <= CAPACITY_UNITS[1]
        or (low * 2) % 1
        or (high * 2) % 1
    ):
        raise InvalidParameterValue(
            f"The Serverless v2 capacity of {low} to {high} is not valid: it goes from 0 to "
            "256 in steps of 0.5, the "
            "maximum is 1 or more, and the minimum is no larger than the maximum."
        )


@around(
    RDSBackend,
    "create_db_cluster",
    "versions, retention, windows, groups, keys and names in use are not checked",
)
def create_db_cluster(original: Any, self: Any, kwargs: Any) -> Any:
    name = str(kwargs["db_cluster_identifier"])
    if name in self.clusters:
        raise RDSClientError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
    self._validate_db_identifier(name)
    if kwargs.get("engine") == ENGINE:
        _prepare_aurora(self, kwargs)
    _check(
        self,
        kwargs,
        kwargs.get("preferred_maintenance_window"),
        kwargs.get("preferred_backup_window"),
    )
    if (group := kwargs.get("db_subnet_group_name")) and group not in self.subnet_groups:
        raise DBSubnetGroupNotFoundError(group)
    if kwargs.get("kms_key_id") and not kwargs.get("storage_encrypted"):
        raise InvalidParameterCombination(
            "The parameter KmsKeyId cannot be used when StorageEncrypted is not set."
        )
    if kwargs.get("storage_encrypted"):
        kwargs["kms_key_id"] = check_key(self, kwargs.get("kms_key_id") or "alias/aws/rds")
    insights_key = check_key(self, kwargs.get("performance_insights_kms_key_id"))
    cluster = original(self, kwargs)
    if not kwargs.get("storage_encrypted"):
        cluster.kms_key_id = None
    if kwargs.get("enable_performance_insights"):
        cluster.enable_performance_insights = True
        cluster.performance_insights_kms_key_id = insights_key or check_key(self, "alias/aws/rds")
        cluster.performance_insights_retention_period = (
            kwargs.get("performance_insights_retention_period") or 7
        )
    export_logs(self, cluster)
    return cluster


def _prepare_aurora(self: Any, kwargs: Any) -> None:
    """Settle what AWS fills in, and refuse what it refuses, for Aurora PostgreSQL."""
    version = kwargs["engine_version"] = choose(kwargs.get("engine_version"))
    if str(kwargs.get("master_username")).lower() in RESERVED_USERS:
        user = kwargs.get("master_username")
        raise InvalidParameterValue(
            f"MasterUsername {user} cannot be used as it is a reserved word used by the engine"
        )
    group = kwargs.get("db_cluster_parameter_group_name")
    if group and group in self.db_cluster_parameter_groups:
        found = self.db_cluster_parameter_groups[group].db_parameter_group_family
        if found != family(version):
            raise InvalidParameterCombination(
                f"The Parameter Group {group} with DBParameterGroupFamily {found} cannot be "
                "used for this cluster. "
                f"Please use a Parameter Group with DBParameterGroupFamily {family(version)}"
            )
    elif not group:
        kwargs["db_cluster_parameter_group_name"] = f"default.{family(version)}"
    _check_log_types(kwargs.get("enable_cloudwatch_logs_exports"))


def _check_log_types(types: list[str] | None) -> None:
    unknown = [kind for kind in types or [] if kind not in LOG_TYPES]
    if unknown:
        raise InvalidParameterCombination(
            f"You cannot use the log types '{', '.join(unknown)}' with engine version {ENGINE}. "
            f"For supported log types, see the documentation."
        )


def export_logs(self: Any, cluster: Any) -> None:
    """Make the log groups of a cluster's exports that are not there: without retention."""
    logs = backend("logs", self.account_id, self.region_name)
    for kind in cluster.enabled_cloudwatch_logs_exports or []:
        logs.ensure_log_group(f"/aws/rds/cluster/{cluster.db_cluster_identifier}/{kind}")


@around(
    RDSBackend,
    "modify_db_cluster",
    "changes of log exports, IAM authentication and insights are dropped; a refused change "
    "loses the cluster",
)
def modify_db_cluster(original: Any, self: Any, kwargs: Any) -> Any:
    name = str(kwargs["db_cluster_identifier"])
    if name not in self.clusters:
        raise DBClusterNotFoundError(name)
    cluster = self.clusters[name]
    maintenance = kwargs.get("preferred_maintenance_window") or cluster.preferred_maintenance_window
    _check(
        self,
        kwargs,
        maintenance,
        kwargs.get("preferred_backup_window") or cluster.preferred_backup_window,
    )
    if (
        (version := kwargs.get("engine_version"))
        and version != cluster.engine_version
        and cluster.engine == ENGINE
    ):
        choose(version)
        if version.split(".")[0] != cluster.engine_version.split(".")[0] and not kwargs.get(
            "allow_major_version_upgrade"
        ):
            raise InvalidParameterCombination(
                "The AllowMajorVersionUpgrade flag must be present when upgrading to a new "
                "major version."
            )
    exports = kwargs.pop("cloudwatch_logs_export_configuration", None) or {}
    iam = kwargs.pop("enable_iam_database_authentication", None)
    check_key(self, kwargs.get("performance_insights_kms_key_id"))
    group_before = cluster.parameter_group
    try:
        answer = original(self, kwargs)
    finally:
        if cluster not in self.clusters.values():
            self.clusters[name] = cluster
            cluster.db_cluster_identifier = name
    added, dropped = exports.get("EnableLogTypes") or [], exports.get("DisableLogTypes") or []
    _check_log_types(added)
    for one in (answer, cluster):
        if iam is not None:
            one.iam_auth = iam
        now = [
            kind for kind in one.enabled_cloudwatch_logs_exports if kind not in (*added, *dropped)
        ]
        one.enabled_cloudwatch_logs_exports = sorted([*now, *added])
    export_logs(self, cluster)
    if cluster.parameter_group != group_before:
        for member in cluster._members:
            member.restart_due = True
    return answer


@around(RDSBackend, "delete_db_cluster", "automated backups stay behind")
def delete_db_cluster(
    original: Any, self: Any, cluster_identifier: str, snapshot_name: Any = None
) -> Any:
    cluster = original(self, cluster_identifier, snapshot_name)
    for identifier, snapshot in list(self.cluster_snapshots.items()):
        if (
            snapshot.snapshot_type == "automated"
            and snapshot.db_cluster_identifier == cluster.db_cluster_identifier
        ):
            del self.cluster_snapshots[identifier]
    cluster.status = "deleting"
    return cluster


@around(
    RDSResponse, "delete_db_cluster", "neither a final snapshot nor leave to skip it is asked for"
)
def delete_with_snapshot(original: Any, self: Any) -> Any:
    skip, snapshot = (
        self.params.get("SkipFinalSnapshot"),
        self.params.get("FinalDBSnapshotIdentifier"),
    )
    if not skip and not snapshot:
        raise InvalidParameterCombination(
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
        )
    if skip and snapshot:
        raise InvalidParameterCombination(
            "FinalDBSnapshotIdentifier can not be specified when SkipFinalSnapshot is."
        )
    return original(self)


@gives(DBCluster, "db_cluster_members", "no member ever waits for a restart")
def db_cluster_members(self: Any) -> list[dict[str, Any]]:
    return [
        {
            "DBInstanceIdentifier": member.db_instance_identifier,
            "IsClusterWriter": member.is_cluster_writer,
            "DBClusterParameterGroupStatus": "pending-reboot"
            if getattr(member, "restart_due", False)
            else "in-sync",
            "PromotionTier": member.promotion_tier,
        }
        for member in self.members
    ]


@gives(
    DBCluster, "performance_insights_enabled", "the cluster's PerformanceInsightsEnabled is absent"
)
def performance_insights_enabled(self: Any) -> bool | None:
    enabled = getattr(self, "enable_performance_insights", None)
    return None if enabled is None else bool(enabled)
