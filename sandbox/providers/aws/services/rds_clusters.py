"""RDS: Aurora clusters."""

from __future__ import annotations

from typing import Any

from sandbox.providers.aws.services.rds_cluster_rule import RULE
from sandbox.providers.aws.services.rds_shared import (
    retag,
)
from sandbox.providers.aws.services.shared import given, look, unique, wait, with_tags
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
    "allocatedStorage": "AllocatedStorage",
    "backtrackWindow": "BacktrackWindow",
    "backupRetentionPeriod": "BackupRetentionPeriod",
    "caCertificateIdentifier": "CACertificateIdentifier",
    "copyTagsToSnapshot": "CopyTagsToSnapshot",
    "databaseInsightsMode": "DatabaseInsightsMode",
    "dbClusterInstanceClass": "DBClusterInstanceClass",
    "dbClusterParameterGroupName": "DBClusterParameterGroupName",
    "deletionProtection": "DeletionProtection",
    "enableHttpEndpoint": "EnableHttpEndpoint",
    "engineVersion": "EngineVersion",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "iops": "Iops",
    "manageMasterUserPassword": "ManageMasterUserPassword",
    "masterPassword": "MasterUserPassword",
    "masterUserSecretKmsKeyId": "MasterUserSecretKmsKeyId",
    "monitoringInterval": "MonitoringInterval",
    "monitoringRoleArn": "MonitoringRoleArn",
    "networkType": "NetworkType",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    "performanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
    "port": "Port",
    "preferredBackupWindow": "PreferredBackupWindow",
    "preferredMaintenanceWindow": "PreferredMaintenanceWindow",
    "storageType": "StorageType",
    "vpcSecurityGroupIds": "VpcSecurityGroupIds",
}
"""Inputs that CreateDBCluster and ModifyDBCluster both take."""
CREATE = BOTH | {
    "availabilityZones": "AvailabilityZones",
    "databaseName": "DatabaseName",
    "dbSubnetGroupName": "DBSubnetGroupName",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "engine": "Engine",
    "engineLifecycleSupport": "EngineLifecycleSupport",
    "engineMode": "EngineMode",
    "globalClusterIdentifier": "GlobalClusterIdentifier",
    "kmsKeyId": "KmsKeyId",
    "masterUsername": "MasterUsername",
    "publiclyAccessible": "PubliclyAccessible",
    "replicationSourceIdentifier": "ReplicationSourceIdentifier",
    "storageEncrypted": "StorageEncrypted",
}
NEVER_RESTORED = ("snapshotIdentifier", "restoreToPointInTime", "s3Import")


def describe(aws: Clients, id: str) -> dict[str, Any] | None:
    """What AWS says of a cluster."""
    answer = look(aws.rds.describe_db_clusters, DBClusterIdentifier=id)
    return answer["DBClusters"][0] if answer and answer["DBClusters"] else None


def _scaling(inputs: Inputs) -> dict[str, Any]:
    scaling = inputs.get("serverlessv2ScalingConfiguration")
    if not scaling:
        return {}
    names = {"minCapacity": "MinCapacity", "maxCapacity": "MaxCapacity"}
    asked: dict[str, Any] = {key: float(value) for key, value in given(scaling, names).items()}
    asked |= given(scaling, {"secondsUntilAutoPause": "SecondsUntilAutoPause"})
    return {"ServerlessV2ScalingConfiguration": asked}


class Cluster:
    """aws.rds.Cluster."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        if restored := next((name for name in NEVER_RESTORED if inputs.get(name)), None):
            raise ProviderError(f"the sandbox cannot restore a cluster: leave {restored} out there")
        id = inputs.get("clusterIdentifier") or unique(
            inputs.get("clusterIdentifierPrefix") or "tf-"
        )
        asked = given(inputs, CREATE) | _scaling(inputs) | with_tags(inputs)
        if inputs.get("masterPasswordWo"):
            asked["MasterUserPassword"] = inputs["masterPasswordWo"]
        aws.rds.create_db_cluster(DBClusterIdentifier=id, **asked)
        with made(id):
            self._available(aws, id)
            for role in inputs.get("iamRoles") or []:
                aws.rds.add_role_to_db_cluster(DBClusterIdentifier=id, RoleArn=role, FeatureName="")
        return str(id)

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        cluster = describe(aws, id)
        if cluster is None:
            return None
        scaling = cluster.get("ServerlessV2ScalingConfiguration") or {}
        secret = cluster.get("MasterUserSecret")
        storage = str(cluster.get("StorageType") or "")
        # what no cloud can tell, an import takes as the vendor's provider does
        imported = {} if inputs else {"deleteAutomatedBackups": True, "skipFinalSnapshot": True}
        return imported | {
            "allocatedStorage": cluster.get("AllocatedStorage") or 1,
            "arn": cluster["DBClusterArn"],
            "autoMinorVersionUpgrade": cluster.get("AutoMinorVersionUpgrade"),
            "availabilityZones": sorted(cluster.get("AvailabilityZones") or []),
            "backtrackWindow": cluster.get("BacktrackWindow", 0),
            "backupRetentionPeriod": cluster["BackupRetentionPeriod"],
            "clusterIdentifier": cluster["DBClusterIdentifier"],
            "clusterIdentifierPrefix": "",
            "clusterMembers": sorted(
                item["DBInstanceIdentifier"] for item in cluster.get("DBClusterMembers") or []
            ),
            "clusterResourceId": cluster["DbClusterResourceId"],
            "copyTagsToSnapshot": cluster.get("CopyTagsToSnapshot", False),
            "databaseInsightsMode": cluster.get("DatabaseInsightsMode", "standard"),
            "databaseName": cluster.get("DatabaseName") or "",
            "dbClusterParameterGroupName": cluster["DBClusterParameterGroup"],
            "dbSubnetGroupName": cluster.get("DBSubnetGroup"),
            "deletionProtection": cluster.get("DeletionProtection", False),
            "enableHttpEndpoint": cluster.get("HttpEndpointEnabled", False),
            "enabledCloudwatchLogsExports": sorted(
                cluster.get("EnabledCloudwatchLogsExports") or []
            ),
            "endpoint": cluster.get("Endpoint"),
            "engine": cluster["Engine"],
            "engineLifecycleSupport": cluster.get(
                "EngineLifecycleSupport", "open-source-rds-extended-support"
            ),
            "engineMode": cluster.get("EngineMode", "provisioned"),
            "engineVersion": cluster["EngineVersion"],
            "engineVersionActual": cluster["EngineVersion"],
            "hostedZoneId": cluster.get("HostedZoneId"),
            "iamDatabaseAuthenticationEnabled": cluster.get(
                "IAMDatabaseAuthenticationEnabled", False
            ),
            "iamRoles": sorted(item["RoleArn"] for item in cluster.get("AssociatedRoles") or []),
            "kmsKeyId": cluster.get("KmsKeyId") or "",
            "masterUserSecrets": [
                {
                    "kmsKeyId": secret.get("KmsKeyId"),
                    "secretArn": secret.get("SecretArn"),
                    "secretStatus": secret.get("SecretStatus"),
                }
            ]
            if secret
            else [],
            "masterUsername": cluster.get("MasterUsername") or "",
            "monitoringInterval": cluster.get("MonitoringInterval", 0),
            "monitoringRoleArn": cluster.get("MonitoringRoleArn", ""),
            "networkType": cluster.get("NetworkType", "IPV4"),
            "performanceInsightsEnabled": cluster.get("PerformanceInsightsEnabled", False),
            "performanceInsightsKmsKeyId": cluster.get("PerformanceInsightsKMSKeyId", ""),
            "performanceInsightsRetentionPeriod": cluster.get(
                "PerformanceInsightsRetentionPeriod", 0
            ),
            "port": cluster["Port"],
            "preferredBackupWindow": cluster["PreferredBackupWindow"],
            "preferredMaintenanceWindow": cluster["PreferredMaintenanceWindow"],
            "publiclyAccessible": cluster.get("PubliclyAccessible", False),
            "readerEndpoint": cluster.get("ReaderEndpoint"),
            "serverlessv2ScalingConfiguration": {
                "maxCapacity": scaling["MaxCapacity"],
                "minCapacity": scaling["MinCapacity"],
                "secondsUntilAutoPause": scaling.get("SecondsUntilAutoPause", 0),
            }
            if scaling
            else None,
            "storageEncrypted": cluster.get("StorageEncrypted", False),
            # AWS names only I/O-optimized storage of Aurora; moto's name is a plain disk's
            "storageType": storage if storage.startswith("aurora-") else "",
            "tagsAll": tag_map(cluster.get("TagList")),
            "vpcSecurityGroupIds": sorted(
                item["VpcSecurityGroupId"] for item in cluster["VpcSecurityGroups"]
            ),
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        asked = given({name: news.get(name) for name in changed}, BOTH)
        for flag in (
            "deletionProtection",
            "iamDatabaseAuthenticationEnabled",
            "copyTagsToSnapshot",
            "enableHttpEndpoint",
        ):
            if flag in changed and news.get(flag) is None:
                asked[BOTH[flag]] = False
        if (
            "performanceInsightsEnabled" in changed
            and news.get("performanceInsightsEnabled") is None
        ):
            asked["EnablePerformanceInsights"] = False
        if "masterPasswordWoVersion" in changed and news.get("masterPasswordWo"):
            asked["MasterUserPassword"] = news["masterPasswordWo"]
        if "serverlessv2ScalingConfiguration" in changed:
            asked |= _scaling(news)
        if "enabledCloudwatchLogsExports" in changed:
            old = set(olds.get("enabledCloudwatchLogsExports") or [])
            new = set(news.get("enabledCloudwatchLogsExports") or [])
            asked["CloudwatchLogsExportConfiguration"] = {
                "EnableLogTypes": sorted(new - old),
                "DisableLogTypes": sorted(old - new),
            }
        if asked:
            if news.get("allowMajorVersionUpgrade"):
                asked["AllowMajorVersionUpgrade"] = True
            aws.rds.modify_db_cluster(
                DBClusterIdentifier=id, ApplyImmediately=bool(news.get("applyImmediately")), **asked
            )
            self._available(aws, id)
        if "iamRoles" in changed:
            old, new = set(olds.get("iamRoles") or []), set(news.get("iamRoles") or [])
            for role in sorted(old - new):
                aws.rds.remove_role_from_db_cluster(DBClusterIdentifier=id, RoleArn=role)
            for role in sorted(new - old):
                aws.rds.add_role_to_db_cluster(DBClusterIdentifier=id, RoleArn=role, FeatureName="")
        retag(aws, olds["arn"], olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        skip, snapshot = bool(state.get("skipFinalSnapshot")), state.get("finalSnapshotIdentifier")
        if describe(aws, id) is None:
            return
        if not skip and not snapshot:
            raise ProviderError(
                "RDS Cluster final_snapshot_identifier is required when skip_final_snapshot "
                "is false: set "
                "skip_final_snapshot=True or final_snapshot_identifier, run `pulumi up`, "
                "then destroy"
            )
        asked: dict[str, Any] = (
            {"SkipFinalSnapshot": True} if skip else {"FinalDBSnapshotIdentifier": snapshot}
        )
        if state.get("deleteAutomatedBackups") is not None:
            asked["DeleteAutomatedBackups"] = bool(state["deleteAutomatedBackups"])
        look(aws.rds.delete_db_cluster, DBClusterIdentifier=id, **asked)
        wait(f"cluster {id} is still being deleted", lambda: describe(aws, id) is None)

    def _available(self, aws: Clients, id: str) -> None:
        wait(
            f"cluster {id} is not available",
            lambda: (describe(aws, id) or {}).get("Status") == "available",
        )


HANDLERS: dict[str, Handler] = {"aws:rds/cluster:Cluster": Cluster()}
RULES: dict[str, TypeRule] = {"aws:rds/cluster:Cluster": RULE}
