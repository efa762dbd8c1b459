"""The properties of the Aurora cluster, its instances and its groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence.live import Check

from ..inventory import one
from ..stack import Cloud, Resource
from .shape import tagged

if TYPE_CHECKING:
    from . import Reader

Found = dict[str, Any]


def cluster(check: Check, cloud: Cloud, resource: Resource) -> Found:
    rds = cloud["rds"]
    told = one(
        check.ask(rds, "describe_db_clusters", DBClusterIdentifier=resource.id)["DBClusters"]
    )
    bounds = told.get("ServerlessV2ScalingConfiguration") or {}
    return {
        "clusterIdentifier": told["DBClusterIdentifier"],
        "engine": told["Engine"],
        "engineMode": told.get("EngineMode"),
        "engineVersion": told["EngineVersion"],
        "availabilityZones": told.get("AvailabilityZones"),
        "databaseName": told.get("DatabaseName"),
        "masterUsername": told["MasterUsername"],
        "manageMasterUserPassword": True if told.get("MasterUserSecret") else None,
        "port": told["Port"],
        "storageEncrypted": told["StorageEncrypted"],
        "kmsKeyId": told.get("KmsKeyId"),
        "backupRetentionPeriod": told["BackupRetentionPeriod"],
        "preferredBackupWindow": told["PreferredBackupWindow"],
        "preferredMaintenanceWindow": told["PreferredMaintenanceWindow"],
        "copyTagsToSnapshot": told["CopyTagsToSnapshot"],
        "deletionProtection": told["DeletionProtection"],
        "iamDatabaseAuthenticationEnabled": told["IAMDatabaseAuthenticationEnabled"],
        "enabledCloudwatchLogsExports": told.get("EnabledCloudwatchLogsExports"),
        "dbClusterParameterGroupName": told["DBClusterParameterGroup"],
        "dbSubnetGroupName": told["DBSubnetGroup"],
        "vpcSecurityGroupIds": [g["VpcSecurityGroupId"] for g in told["VpcSecurityGroups"]],
        "replicationSourceIdentifier": told.get("ReplicationSourceIdentifier"),
        "iamRoles": [r["RoleArn"] for r in told.get("AssociatedRoles", ())],
        "enableHttpEndpoint": told.get("HttpEndpointEnabled", False),
        "networkType": told.get("NetworkType"),
        "serverlessv2ScalingConfiguration": {
            "minCapacity": bounds.get("MinCapacity"),
            "maxCapacity": bounds.get("MaxCapacity"),
            "secondsUntilAutoPause": bounds.get("SecondsUntilAutoPause"),
        },
        **tagged(told.get("TagList")),
    }


def instance(check: Check, cloud: Cloud, resource: Resource) -> Found:
    rds = cloud["rds"]
    told = one(
        check.ask(rds, "describe_db_instances", DBInstanceIdentifier=resource.id)["DBInstances"]
    )
    insights = told.get("PerformanceInsightsEnabled")
    groups = [g["DBParameterGroupName"] for g in told.get("DBParameterGroups", ())]
    return {
        "identifier": told["DBInstanceIdentifier"],
        "clusterIdentifier": told.get("DBClusterIdentifier"),
        "engine": told["Engine"],
        "engineVersion": told["EngineVersion"],
        "instanceClass": told["DBInstanceClass"],
        "availabilityZone": told.get("AvailabilityZone"),
        "publiclyAccessible": told["PubliclyAccessible"],
        "autoMinorVersionUpgrade": told["AutoMinorVersionUpgrade"],
        "copyTagsToSnapshot": told["CopyTagsToSnapshot"],
        "promotionTier": told.get("PromotionTier"),
        "monitoringInterval": told.get("MonitoringInterval"),
        "caCertIdentifier": told.get("CACertificateIdentifier"),
        "networkType": told.get("NetworkType"),
        "kmsKeyId": told.get("KmsKeyId"),
        "dbParameterGroupName": one(groups) if groups else None,
        "dbSubnetGroupName": (told.get("DBSubnetGroup") or {}).get("DBSubnetGroupName"),
        "performanceInsightsEnabled": insights,
        "performanceInsightsKmsKeyId": told.get("PerformanceInsightsKMSKeyId"),
        "performanceInsightsRetentionPeriod": told.get("PerformanceInsightsRetentionPeriod"),
        **tagged(told.get("TagList")),
    }


def subnet_group(check: Check, cloud: Cloud, resource: Resource) -> Found:
    rds = cloud["rds"]
    told = one(
        check.ask(rds, "describe_db_subnet_groups", DBSubnetGroupName=resource.id)["DBSubnetGroups"]
    )
    arn = told["DBSubnetGroupArn"]
    return {
        "name": told["DBSubnetGroupName"],
        "description": told["DBSubnetGroupDescription"],
        "subnetIds": [s["SubnetIdentifier"] for s in told["Subnets"]],
        **tagged(check.ask(rds, "list_tags_for_resource", ResourceName=arn)["TagList"]),
    }


def parameter_group(check: Check, cloud: Cloud, resource: Resource) -> Found:
    rds, name = cloud["rds"], resource.id
    told = one(
        check.ask(rds, "describe_db_cluster_parameter_groups", DBClusterParameterGroupName=name)[
            "DBClusterParameterGroups"
        ]
    )
    own = check.ask_all(
        rds, "describe_db_cluster_parameters", DBClusterParameterGroupName=name, Source="user"
    )["Parameters"]
    arn = told["DBClusterParameterGroupArn"]
    return {
        "name": told["DBClusterParameterGroupName"],
        "family": told["DBParameterGroupFamily"],
        "description": told["Description"],
        "parameters": [
            {"name": p["ParameterName"], "value": p.get("ParameterValue"),
             "applyMethod": p.get("ApplyMethod")}
            for p in own
        ],
        **tagged(check.ask(rds, "list_tags_for_resource", ResourceName=arn)["TagList"]),
    }  # fmt: skip


READERS: dict[str, Reader] = {
    "aws:rds/cluster:Cluster": cluster,
    "aws:rds/clusterInstance:ClusterInstance": instance,
    "aws:rds/subnetGroup:SubnetGroup": subnet_group,
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": parameter_group,
}
