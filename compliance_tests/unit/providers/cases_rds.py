"""The lifecycle table of RDS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.cases_data import ask
from compliance_tests.unit.providers.cases_ec2 import MORE_TAGS, TAGS
from compliance_tests.unit.providers.world import World

FORCE_SSL = {"name": "rds.force_ssl", "value": "1"}
LOG_CONNECTIONS = {"name": "log_connections", "value": "1"}


def tags(world: World, arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in world.aws.rds.list_tags_for_resource(ResourceName=arn)["TagList"]}


def view_subnets(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.rds.describe_db_subnet_groups, DBSubnetGroupName=id)
    if answer is None:
        return None
    group = answer["DBSubnetGroups"][0]
    return {
        "description": group["DBSubnetGroupDescription"],
        "subnetIds": [subnet["SubnetIdentifier"] for subnet in group["Subnets"]],
        "tags": tags(world, group["DBSubnetGroupArn"]),
    }


def view_parameters(kind: str) -> Any:
    """The view of a parameter group of clusters (`cluster_`) or instances (``)."""
    short = "DBCluster" if kind else "DB"

    def view(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        name = {f"{short}ParameterGroupName": id}
        answer = ask(getattr(world.aws.rds, f"describe_db_{kind}parameter_groups"), **name)
        if answer is None:
            return None
        group = answer[f"{short}ParameterGroups"][0]
        found = getattr(world.aws.rds, f"describe_db_{kind}parameters")(**name, Source="user")["Parameters"]
        return {
            "family": group["DBParameterGroupFamily"],
            "parameters": [
                {"name": p["ParameterName"], "value": p["ParameterValue"], "applyMethod": p.get("ApplyMethod", "immediate")} for p in found
            ],
            "tags": tags(world, group[f"{short}ParameterGroupArn"]),
        }

    return view


def view_cluster(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.rds.describe_db_clusters, DBClusterIdentifier=id)
    if answer is None:
        return None
    cluster = answer["DBClusters"][0]
    scaling = cluster["ServerlessV2ScalingConfiguration"]
    return {
        "engineVersion": cluster["EngineVersion"],
        "backupRetentionPeriod": cluster["BackupRetentionPeriod"],
        "storageEncrypted": cluster["StorageEncrypted"],
        "kmsKeyId": cluster["KmsKeyId"],
        "deletionProtection": cluster["DeletionProtection"],
        "iamDatabaseAuthenticationEnabled": cluster["IAMDatabaseAuthenticationEnabled"],
        "enabledCloudwatchLogsExports": cluster.get("EnabledCloudwatchLogsExports"),
        "serverlessv2ScalingConfiguration": {"minCapacity": scaling["MinCapacity"], "maxCapacity": scaling["MaxCapacity"]},
        "tags": tags(world, cluster["DBClusterArn"]),
    }


def view_instance(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.rds.describe_db_instances, DBInstanceIdentifier=id)
    if answer is None:
        return None
    instance = answer["DBInstances"][0]
    return {
        "clusterIdentifier": instance["DBClusterIdentifier"],
        "instanceClass": instance["DBInstanceClass"],
        "publiclyAccessible": instance["PubliclyAccessible"],
        "promotionTier": instance["PromotionTier"],
        "tags": tags(world, instance["DBInstanceArn"]),
    }


def cluster(world: World) -> dict[str, Any]:
    return {
        "clusterIdentifier": world.name("aurora"), "engine": "aurora-postgresql", "engineVersion": "15.10", "databaseName": "sensors",
        "masterUsername": "someone", "masterPassword": "not-a-secret-1", "dbSubnetGroupName": world.db_subnets,
        "vpcSecurityGroupIds": [world.group], "storageEncrypted": True, "kmsKeyId": world.key, "backupRetentionPeriod": 30,
        "skipFinalSnapshot": True, "applyImmediately": True, "enabledCloudwatchLogsExports": ["postgresql"],
        "iamDatabaseAuthenticationEnabled": True, "copyTagsToSnapshot": True,
        "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 2.0}, "tags": TAGS,
    }  # fmt: skip


CASES: tuple[Case, ...] = (
    Case(
        "aws:rds/subnetGroup:SubnetGroup",
        lambda w: {"name": w.name("private"), "description": "private", "subnetIds": w.subnets[:2], "tags": TAGS},
        view_subnets,
        update=lambda w: {"subnetIds": w.subnets[1:], "description": "moved", "tags": MORE_TAGS},
        replace=lambda w: {"name": w.name("another")},
        drift=lambda w, id, s: w.aws.rds.modify_db_subnet_group(DBSubnetGroupName=id, SubnetIds=w.subnets),
        drifts="subnetIds",
    ),
    Case(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        lambda w: {"name": w.name("ssl"), "family": "aurora-postgresql15", "parameters": [FORCE_SSL], "tags": TAGS},
        view_parameters("cluster_"),
        update=lambda w: {"parameters": [LOG_CONNECTIONS], "tags": MORE_TAGS},
        replace=lambda w: {"family": "aurora-postgresql16"},
        drift=lambda w, id, s: w.aws.rds.modify_db_cluster_parameter_group(
            DBClusterParameterGroupName=id,
            Parameters=[{"ParameterName": "log_connections", "ParameterValue": "0", "ApplyMethod": "immediate"}],
        ),
        drifts="parameters",
    ),
    Case(
        "aws:rds/parameterGroup:ParameterGroup",
        lambda w: {"name": w.name("instance"), "family": "aurora-postgresql15", "parameters": [LOG_CONNECTIONS], "tags": TAGS},
        view_parameters(""),
        update=lambda w: {"parameters": [{**LOG_CONNECTIONS, "value": "0"}], "tags": MORE_TAGS},
        replace=lambda w: {"family": "aurora-postgresql16"},
        drift=lambda w, id, s: w.aws.rds.modify_db_parameter_group(
            DBParameterGroupName=id,
            Parameters=[{"ParameterName": "log_connections", "ParameterValue": "1", "ApplyMethod": "immediate"}],
        ),
        drifts="parameters",
    ),
    Case(
        "aws:rds/cluster:Cluster",
        cluster,
        view_cluster,
        update=lambda w: {
            "backupRetentionPeriod": 35, "serverlessv2ScalingConfiguration": {"minCapacity": 1.0, "maxCapacity": 4.0},
            "enabledCloudwatchLogsExports": None, "iamDatabaseAuthenticationEnabled": False, "tags": MORE_TAGS,
        },
        replace=lambda w: {"masterUsername": "another"},
        drift=lambda w, id, s: w.aws.rds.modify_db_cluster(DBClusterIdentifier=id, BackupRetentionPeriod=1),
        drifts="backupRetentionPeriod",
        not_imported={"masterPassword", "skipFinalSnapshot", "applyImmediately"},
    ),
    Case(
        "aws:rds/clusterInstance:ClusterInstance",
        lambda w: {
            "identifier": w.name("instance"), "clusterIdentifier": w.cluster, "engine": "aurora-postgresql",
            "instanceClass": "db.serverless", "applyImmediately": True, "tags": TAGS,
        },
        view_instance,
        update=lambda w: {"instanceClass": "db.r6g.large", "promotionTier": 3, "tags": MORE_TAGS},
        replace=lambda w: {"identifier": w.name("other-instance")},
        drift=lambda w, id, s: w.aws.rds.modify_db_instance(DBInstanceIdentifier=id, PromotionTier=9),
        drifts="promotionTier",
        not_imported={"applyImmediately"},
    ),
)  # fmt: skip
