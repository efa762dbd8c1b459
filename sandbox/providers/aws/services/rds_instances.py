"""RDS: the instances of a cluster."""

from __future__ import annotations

from typing import Any

from sandbox.providers.aws.services.rds_clusters import describe as describe_cluster
from sandbox.providers.aws.services.rds_shared import (
    backup_window,
    identifier,
    maintenance_window,
    retag,
    same_version,
)
from sandbox.providers.aws.services.shared import given, look, same_key, unique, wait, with_tags
from sandbox.providers.framework import Clients, Handler, Inputs, Outputs, TypeRule, made, tag_map
from sandbox.providers.validators import arn, between, conflicts, each, one_of

BOTH = {
    "autoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "caCertIdentifier": "CACertificateIdentifier",
    "copyTagsToSnapshot": "CopyTagsToSnapshot",
    "dbParameterGroupName": "DBParameterGroupName",
    "instanceClass": "DBInstanceClass",
    "monitoringInterval": "MonitoringInterval",
    "monitoringRoleArn": "MonitoringRoleArn",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    "performanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
    "preferredMaintenanceWindow": "PreferredMaintenanceWindow",
    "promotionTier": "PromotionTier",
    "publiclyAccessible": "PubliclyAccessible",
}
CREATE = BOTH | {
    "availabilityZone": "AvailabilityZone",
    "clusterIdentifier": "DBClusterIdentifier",
    "dbSubnetGroupName": "DBSubnetGroupName",
    "engine": "Engine",
    "engineVersion": "EngineVersion",
    "preferredBackupWindow": "PreferredBackupWindow",
}
FLAGS = ("copyTagsToSnapshot", "performanceInsightsEnabled", "publiclyAccessible")


def describe(aws: Clients, id: str) -> dict[str, Any] | None:
    """What AWS says of an instance."""
    answer = look(aws.rds.describe_db_instances, DBInstanceIdentifier=id)
    return answer["DBInstances"][0] if answer and answer["DBInstances"] else None


class ClusterInstance:
    """aws.rds.ClusterInstance."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        id = inputs.get("identifier") or unique(inputs.get("identifierPrefix") or "tf-")
        aws.rds.create_db_instance(
            DBInstanceIdentifier=id, **given(inputs, CREATE), **with_tags(inputs)
        )
        with made(id):
            self._available(aws, id)
        return str(id)

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        instance = describe(aws, id)
        if instance is None or not instance.get("DBClusterIdentifier"):
            return None
        cluster = describe_cluster(aws, instance["DBClusterIdentifier"]) or {}
        writers = {
            item["DBInstanceIdentifier"]: item["IsClusterWriter"]
            for item in cluster.get("DBClusterMembers", [])
        }
        groups = instance.get("DBParameterGroups") or [{}]
        endpoint = instance.get("Endpoint") or {}
        return {
            "arn": instance["DBInstanceArn"],
            "autoMinorVersionUpgrade": instance.get("AutoMinorVersionUpgrade", False),
            "availabilityZone": instance.get("AvailabilityZone"),
            "caCertIdentifier": instance.get("CACertificateIdentifier"),
            "clusterIdentifier": instance["DBClusterIdentifier"],
            "copyTagsToSnapshot": instance.get("CopyTagsToSnapshot", False),
            "customIamInstanceProfile": "",
            "dbParameterGroupName": groups[0].get("DBParameterGroupName"),
            "dbSubnetGroupName": (instance.get("DBSubnetGroup") or {}).get("DBSubnetGroupName", ""),
            "dbiResourceId": instance.get("DbiResourceId"),
            "endpoint": endpoint.get("Address"),
            "engine": instance["Engine"],
            "engineVersion": instance["EngineVersion"],
            "engineVersionActual": instance["EngineVersion"],
            "identifier": instance["DBInstanceIdentifier"],
            "identifierPrefix": "",
            "instanceClass": instance["DBInstanceClass"],
            "kmsKeyId": instance.get("KmsKeyId") or "",
            "monitoringInterval": instance.get("MonitoringInterval", 0),
            "monitoringRoleArn": instance.get("MonitoringRoleArn", ""),
            "networkType": instance.get("NetworkType", "IPV4"),
            "performanceInsightsEnabled": instance.get("PerformanceInsightsEnabled", False),
            "performanceInsightsKmsKeyId": instance.get("PerformanceInsightsKMSKeyId", ""),
            "performanceInsightsRetentionPeriod": instance.get(
                "PerformanceInsightsRetentionPeriod", 0
            ),
            "port": endpoint.get("Port"),
            "preferredBackupWindow": instance.get("PreferredBackupWindow"),
            "preferredMaintenanceWindow": instance.get("PreferredMaintenanceWindow"),
            "promotionTier": instance.get("PromotionTier", 0),
            "publiclyAccessible": instance.get("PubliclyAccessible", False),
            "storageEncrypted": instance.get("StorageEncrypted", False),
            "tagsAll": tag_map(instance.get("TagList")),
            "writer": writers.get(instance["DBInstanceIdentifier"], False),
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        asked = given({name: news.get(name) for name in changed}, BOTH)
        asked |= {BOTH[flag]: False for flag in FLAGS if flag in changed and news.get(flag) is None}
        if asked:
            aws.rds.modify_db_instance(
                DBInstanceIdentifier=id,
                ApplyImmediately=bool(news.get("applyImmediately")),
                **asked,
            )
            self._available(aws, id)
        retag(aws, olds["arn"], olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        # What a member of a cluster holds is the cluster's: AWS makes no final snapshot of it.
        look(aws.rds.delete_db_instance, DBInstanceIdentifier=id, SkipFinalSnapshot=True)
        wait(f"instance {id} is still being deleted", lambda: describe(aws, id) is None)

    def _available(self, aws: Clients, id: str) -> None:
        wait(
            f"instance {id} is not available",
            lambda: (describe(aws, id) or {}).get("DBInstanceStatus") == "available",
        )


def _insights_days(name: str, value: Any) -> str | None:
    days = int(value)
    if days in (7, 731) or (days % 31 == 0 and 0 < days <= 23 * 31):
        return None
    return f"expected {name} to be 7, 731 or a multiple of 31, got {days}"


HANDLERS: dict[str, Handler] = {"aws:rds/clusterInstance:ClusterInstance": ClusterInstance()}
RULES: dict[str, TypeRule] = {
    "aws:rds/clusterInstance:ClusterInstance": TypeRule(
        auto_name=None,
        defaults={"autoMinorVersionUpgrade": True},
        zeros={
            "copyTagsToSnapshot": False,
            "forceDestroy": False,
            "monitoringInterval": 0,
            "promotionTier": 0,
        },
        replaces={
            "availabilityZone",
            "clusterIdentifier",
            "customIamInstanceProfile",
            "dbSubnetGroupName",
            "engine",
            "engineVersion",
            "identifier",
            "identifierPrefix",
        },
        same={
            "engineVersion": same_version,
            "kmsKeyId": same_key,
            "performanceInsightsKmsKeyId": same_key,
        },
        validators=(
            *identifier("identifier"),
            one_of("engine", "aurora-mysql", "aurora-postgresql", "mysql", "postgres"),
            one_of("monitoringInterval", 0, 1, 5, 10, 15, 30, 60),
            between("promotionTier", 0, 15),
            arn("performanceInsightsKmsKeyId"),
            each("performanceInsightsRetentionPeriod", _insights_days),
            backup_window("preferredBackupWindow"),
            maintenance_window("preferredMaintenanceWindow"),
            conflicts("identifier", "identifierPrefix"),
        ),
    )
}
