"""The lifecycle table of RDS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.cases_ec2 import MORE_TAGS, TAGS, first
from compliance_tests.unit.providers.world import World

FAMILY = "aurora-postgresql15"


def tags(found: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in found}


def parameter_group(world: World) -> str:
    """The name of a cluster parameter group."""
    name = world.name("params")
    if (
        first(
            world.aws.rds.describe_db_cluster_parameter_groups,
            "DBClusterParameterGroups",
            DBClusterParameterGroupName=name,
        )
        is None
    ):
        world.aws.rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName=name, DBParameterGroupFamily=FAMILY, Description="d"
        )
    return name


def view_subnets(world: World, id_: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    found = first(world.aws.rds.describe_db_subnet_groups, "DBSubnetGroups", DBSubnetGroupName=id_)
    if found is None:
        return None
    return {
        "description": found["DBSubnetGroupDescription"],
        "subnetIds": [subnet["SubnetIdentifier"] for subnet in found["Subnets"]],
        "tags": tags(
            world.aws.rds.list_tags_for_resource(ResourceName=found["DBSubnetGroupArn"])["TagList"]
        ),
    }


def view_cluster(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = first(world.aws.rds.describe_db_clusters, "DBClusters", DBClusterIdentifier=id_)
    if found is None:
        return None
    scaling = found["ServerlessV2ScalingConfiguration"]
    return {
        "backupRetentionPeriod": found["BackupRetentionPeriod"],
        "copyTagsToSnapshot": found["CopyTagsToSnapshot"],
        "databaseName": found["DatabaseName"],
        "dbClusterParameterGroupName": found["DBClusterParameterGroup"],
        "dbSubnetGroupName": found["DBSubnetGroup"],
        "deletionProtection": found["DeletionProtection"],
        "enabledCloudwatchLogsExports": found["EnabledCloudwatchLogsExports"],
        "engineVersion": found["EngineVersion"],
        "iamDatabaseAuthenticationEnabled": found["IAMDatabaseAuthenticationEnabled"],
        "kmsKeyId": found["KmsKeyId"],
        "masterUsername": found["MasterUsername"],
        "preferredBackupWindow": found["PreferredBackupWindow"],
        "preferredMaintenanceWindow": found["PreferredMaintenanceWindow"],
        "serverlessv2ScalingConfiguration": {
            "maxCapacity": scaling["MaxCapacity"],
            "minCapacity": scaling["MinCapacity"],
            "secondsUntilAutoPause": None,
        },
        "storageEncrypted": found["StorageEncrypted"],
        "vpcSecurityGroupIds": [
            group["VpcSecurityGroupId"] for group in found["VpcSecurityGroups"]
        ],
        "tags": tags(found["TagList"]),
    }


def view_instance(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = first(world.aws.rds.describe_db_instances, "DBInstances", DBInstanceIdentifier=id_)
    if found is None:
        return None
    return {
        "autoMinorVersionUpgrade": found["AutoMinorVersionUpgrade"],
        "clusterIdentifier": found["DBClusterIdentifier"],
        "instanceClass": found["DBInstanceClass"],
        "performanceInsightsEnabled": found["PerformanceInsightsEnabled"],
        "performanceInsightsKmsKeyId": found.get("PerformanceInsightsKMSKeyId"),
        "promotionTier": found["PromotionTier"],
        "publiclyAccessible": found["PubliclyAccessible"],
        "tags": tags(found["TagList"]),
    }


def view_cluster_parameters(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = first(
        world.aws.rds.describe_db_cluster_parameter_groups,
        "DBClusterParameterGroups",
        DBClusterParameterGroupName=id_,
    )
    if found is None:
        return None
    rows = world.aws.rds.describe_db_cluster_parameters(
        DBClusterParameterGroupName=id_, Source="user"
    )["Parameters"]
    arn = found["DBClusterParameterGroupArn"]
    return {"family": found["DBParameterGroupFamily"], **parameters(rows), **tagged(world, arn)}


def view_parameters(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = first(
        world.aws.rds.describe_db_parameter_groups, "DBParameterGroups", DBParameterGroupName=id_
    )
    if found is None:
        return None
    rows = world.aws.rds.describe_db_parameters(DBParameterGroupName=id_, Source="user")[
        "Parameters"
    ]
    arn = found["DBParameterGroupArn"]
    return {"family": found["DBParameterGroupFamily"], **parameters(rows), **tagged(world, arn)}


def parameters(rows: list[dict[str, Any]]) -> dict[str, Any]:
    shown = [
        {
            "name": row["ParameterName"],
            "value": row["ParameterValue"],
            "applyMethod": row["ApplyMethod"],
        }
        for row in rows
    ]
    return {"parameters": shown}


def tagged(world: World, arn: str) -> dict[str, Any]:
    return {"tags": tags(world.aws.rds.list_tags_for_resource(ResourceName=arn)["TagList"])}


PARAMETERS = [
    {"name": "rds.force_ssl", "value": "1"},
    {
        "name": "shared_preload_libraries",
        "value": "pg_stat_statements,pgaudit",
        "applyMethod": "pending-reboot",
    },
]
CHANGED_PARAMETERS = [
    {"name": "rds.force_ssl", "value": "0"},
    {"name": "log_statement", "value": "ddl"},
]

CASES: tuple[Case, ...] = (
    Case(
        "aws:rds/subnetGroup:SubnetGroup",
        lambda w: {"name": w.name("subnets"), "subnetIds": w.subnets[:2], "tags": TAGS},
        view_subnets,
        update=lambda w: {"subnetIds": w.subnets, "description": "changed", "tags": MORE_TAGS},
        replace=lambda w: {"name": w.name("other")},
        drift=lambda w, id_, s: w.aws.rds.modify_db_subnet_group(
            DBSubnetGroupName=id_, SubnetIds=w.subnets[:2]
        ),
        drifts="subnetIds",
    ),
    Case(
        "aws:rds/cluster:Cluster",
        lambda w: {
            "clusterIdentifier": w.name("aurora"),
            "engine": "aurora-postgresql",
            "engineVersion": "15.10",
            "databaseName": "iot",
            "masterUsername": "dbadmin",
            "masterPassword": "not-a-secret-1",
            "backupRetentionPeriod": 30,
            "copyTagsToSnapshot": True,
            "dbClusterParameterGroupName": "default.aurora-postgresql15",
            "dbSubnetGroupName": w.db_subnets,
            "enabledCloudwatchLogsExports": ["postgresql"],
            "iamDatabaseAuthenticationEnabled": True,
            "kmsKeyId": w.key,
            "preferredBackupWindow": "03:00-04:00",
            "preferredMaintenanceWindow": "sun:05:00-sun:06:00",
            "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 2.0},
            "skipFinalSnapshot": True,
            "storageEncrypted": True,
            "vpcSecurityGroupIds": [w.group],
            "tags": TAGS,
        },
        view_cluster,
        update=lambda w: {
            "backupRetentionPeriod": 35,
            "copyTagsToSnapshot": False,
            "dbClusterParameterGroupName": parameter_group(w),
            "enabledCloudwatchLogsExports": ["instance"],
            "engineVersion": "15.12",
            "iamDatabaseAuthenticationEnabled": False,
            "masterPassword": "not-a-secret-2",
            "preferredBackupWindow": "01:00-02:00",
            "serverlessv2ScalingConfiguration": {"minCapacity": 1.0, "maxCapacity": 4.0},
            "vpcSecurityGroupIds": [w.other_group],
            "tags": MORE_TAGS,
        },
        replace=lambda w: {"databaseName": "other", "masterUsername": "somebody"},
        drift=lambda w, id_, s: w.aws.rds.modify_db_cluster(
            DBClusterIdentifier=id_, BackupRetentionPeriod=1, ApplyImmediately=True
        ),
        drifts="backupRetentionPeriod",
        not_imported={"masterPassword", "skipFinalSnapshot"},
    ),
    Case(
        "aws:rds/clusterInstance:ClusterInstance",
        lambda w: {
            "identifier": w.name("writer"),
            "clusterIdentifier": w.cluster,
            "engine": "aurora-postgresql",
            "instanceClass": "db.serverless",
            "performanceInsightsEnabled": True,
            "performanceInsightsKmsKeyId": w.key,
            "publiclyAccessible": False,
            "tags": TAGS,
        },
        view_instance,
        update=lambda w: {
            "autoMinorVersionUpgrade": False,
            "instanceClass": "db.t4g.medium",
            "promotionTier": 2,
            "tags": MORE_TAGS,
        },
        replace=lambda w: {"identifier": w.name("other")},
        drift=lambda w, id_, s: w.aws.rds.modify_db_instance(
            DBInstanceIdentifier=id_, PubliclyAccessible=True, ApplyImmediately=True
        ),
        drifts="publiclyAccessible",
    ),
    Case(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        lambda w: {"name": w.name("ssl"), "family": FAMILY, "parameters": PARAMETERS, "tags": TAGS},
        view_cluster_parameters,
        update=lambda w: {"parameters": CHANGED_PARAMETERS, "tags": MORE_TAGS},
        replace=lambda w: {"family": "aurora-postgresql16"},
        drift=lambda w, id_, s: w.aws.rds.modify_db_cluster_parameter_group(
            DBClusterParameterGroupName=id_,
            Parameters=[
                {
                    "ParameterName": "rds.force_ssl",
                    "ParameterValue": "1",
                    "ApplyMethod": "immediate",
                }
            ],
        ),
        drifts="parameters",
    ),
    Case(
        "aws:rds/parameterGroup:ParameterGroup",
        lambda w: {
            "name": w.name("plain"),
            "family": FAMILY,
            "parameters": PARAMETERS,
            "tags": TAGS,
        },
        view_parameters,
        update=lambda w: {"parameters": CHANGED_PARAMETERS[1:], "tags": MORE_TAGS},
        replace=lambda w: {"family": "aurora-postgresql16"},
        drift=lambda w, id_, s: w.aws.rds.reset_db_parameter_group(
            DBParameterGroupName=id_, ResetAllParameters=True
        ),
        drifts="parameters",
    ),
)
