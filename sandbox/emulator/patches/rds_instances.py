"""RDS instances: what they take from their cluster, Performance Insights, their zone, restarts."""

from __future__ import annotations

from typing import Any

from moto.moto_api._internal import mock_random
from moto.rds.exceptions import DBClusterNotFoundError, RDSClientError
from moto.rds.models import DBInstance, DBInstanceClustered, RDSBackend

from sandbox.emulator.patches.patch import around, gives
from sandbox.emulator.patches.rds import check_groups, check_key, export_logs

PERFORMANCE_INSIGHTS_DAYS = 7


@around(
    RDSBackend,
    "create_db_instance",
    "zone, subnet group, IAM authentication and resource id are not those of the cluster; "
    "nothing is checked",
)
def create_db_instance(original: Any, self: Any, db_kwargs: Any) -> Any:
    cluster_name = db_kwargs.get("db_cluster_identifier")
    check_groups(self, db_kwargs.get("vpc_security_group_ids"))
    insights_key = check_key(self, db_kwargs.get("performance_insights_kms_key_id"))
    cluster = None
    if cluster_name is not None:
        if cluster_name not in self.clusters:
            raise DBClusterNotFoundError(cluster_name)
        cluster = self.clusters[cluster_name]
        db_kwargs["db_subnet_group_name"] = cluster.db_subnet_group_name
        db_kwargs["availability_zone"] = db_kwargs.get("availability_zone") or _next_zone(
            self, cluster
        )
        if (
            db_kwargs.get("db_instance_class") == "db.serverless"
            and not cluster.serverless_v2_scaling_configuration
        ):
            raise RDSClientError(
                "InvalidDBClusterStateFault",
                "Set the Serverless v2 scaling configuration on the parent DB cluster before "
                "creating a Serverless "
                "v2 DB instance.",
            )
        if cluster.db_subnet_group_name == "default" and "default" not in self.subnet_groups:
            db_kwargs.pop("db_subnet_group_name")
    else:
        key_id = check_key(self, db_kwargs.get("kms_key_id"))
        if key_id:
            db_kwargs["kms_key_id"] = key_id
    instance = original(self, db_kwargs)
    instance.dbi_resource_id = (
        f"db-{mock_random.get_random_string(length=26, lower_case=False).upper()}"
    )
    instance.ca_certificate_identifier = (
        db_kwargs.get("ca_certificate_identifier") or "rds-ca-rsa2048-g1"
    )
    instance.publicly_accessible = bool(db_kwargs.get("publicly_accessible"))
    instance.restart_due = False
    _set_insights(instance, db_kwargs, insights_key)
    if cluster is not None:
        export_logs(self, cluster)
    return instance


def _next_zone(self: Any, cluster: Any) -> str:
    """The zone with the fewest members of the cluster, among those of its subnet group."""
    group = self.subnet_groups.get(cluster.db_subnet_group_name)
    zones = (
        sorted({subnet.availability_zone for subnet in group._subnets})
        if group
        else cluster.availability_zones
    )
    used = [member.availability_zone for member in cluster._members]
    return str(min(zones, key=used.count))


def _set_insights(instance: Any, values: Any, key_id: str | None) -> None:
    """Performance Insights as AWS shows it; moto's `update` names attributes by parameter."""
    enabled = bool(values.get("enable_performance_insights"))
    instance.enable_performance_insights = enabled
    if enabled:
        instance.performance_insights_kms_key_id = key_id or check_key(
            instance.backend, "alias/aws/rds"
        )
        instance.performance_insights_retention_period = int(
            values.get("performance_insights_retention_period") or PERFORMANCE_INSIGHTS_DAYS
        )


@gives(DBInstance, "performance_insights_enabled", "PerformanceInsightsEnabled is absent")
def performance_insights_enabled(self: Any) -> bool:
    return bool(getattr(self, "enable_performance_insights", False))


@around(
    RDSBackend,
    "modify_db_instance",
    "Performance Insights cannot be turned on; its key is not checked",
)
def modify_db_instance(
    original: Any, self: Any, db_instance_identifier: str, db_kwargs: Any
) -> Any:
    key_id = check_key(self, db_kwargs.get("performance_insights_kms_key_id"))
    if key_id:
        db_kwargs["performance_insights_kms_key_id"] = key_id
    instance = original(self, db_instance_identifier, db_kwargs)
    if db_kwargs.get("enable_performance_insights") and not getattr(
        instance, "performance_insights_kms_key_id", None
    ):
        _set_insights(instance, db_kwargs, key_id)
    return instance


@gives(
    DBInstanceClustered,
    "iam_database_authentication_enabled",
    "IAM authentication is not the cluster's",
)
def iam_database_authentication_enabled(self: Any) -> bool:
    return bool(self.cluster.iam_auth)


@gives(DBInstance, "address", "every instance has the same made-up domain")
def address(self: Any) -> str:
    cluster = getattr(self, "cluster", None)
    domain = (
        cluster.url_identifier if cluster is not None else "c" + self.dbi_resource_id[3:14].lower()
    )
    return f"{self.db_instance_identifier}.{domain}.{self.region}.rds.amazonaws.com"


@around(RDSBackend, "reboot_db_instance", "a restart changes nothing")
def reboot_db_instance(original: Any, self: Any, db_instance_identifier: str) -> Any:
    instance = original(self, db_instance_identifier)
    instance.restart_due = False
    return instance
