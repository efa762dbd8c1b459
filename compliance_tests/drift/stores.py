"""Aurora, Redis and log groups, changed by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from compliance_tests.deployed.stack import Cloud, Deployed

from .change import change
from .keys import FOREIGN, key


def cluster(stack: Deployed) -> str:
    return f"aurora-cluster-{stack.suffix}"


def modified(
    stack: Deployed, cloud: Cloud, to: dict[str, Any], back: dict[str, Any]
) -> Iterator[None]:
    """The cluster with other settings."""
    modify = cloud["rds"].modify_db_cluster
    modify(DBClusterIdentifier=cluster(stack), ApplyImmediately=True, **to)
    yield
    modify(DBClusterIdentifier=cluster(stack), ApplyImmediately=True, **back)


@change("aurora-backups")
def backups_shortened(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from modified(stack, cloud, {"BackupRetentionPeriod": 7}, {"BackupRetentionPeriod": 30})


@change("aurora-tags-to-snapshots")
def tags_not_copied_to_snapshots(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from modified(stack, cloud, {"CopyTagsToSnapshot": False}, {"CopyTagsToSnapshot": True})


@change("aurora-iam-authentication")
def iam_authentication_off(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    name = "EnableIAMDatabaseAuthentication"
    yield from modified(stack, cloud, {name: False}, {name: True})


@change("aurora-log-export")
def log_export_off(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    name = "CloudwatchLogsExportConfiguration"
    yield from modified(
        stack,
        cloud,
        {name: {"DisableLogTypes": ["postgresql"]}},
        {name: {"EnableLogTypes": ["postgresql"]}},
    )


@change("aurora-deletion-protection")
def deletion_protection_on(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    """The stack could no longer be destroyed."""
    yield from modified(stack, cloud, {"DeletionProtection": True}, {"DeletionProtection": False})


@change("aurora-serverless-bounds")
def capacity_raised(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    name = "ServerlessV2ScalingConfiguration"
    yield from modified(
        stack,
        cloud,
        {name: {"MinCapacity": 0.5, "MaxCapacity": 16}},
        {name: {"MinCapacity": 0.5, "MaxCapacity": 2}},
    )


def forced(cloud: Cloud, group: str, value: str) -> None:
    cloud["rds"].modify_db_cluster_parameter_group(
        DBClusterParameterGroupName=group,
        Parameters=[
            {
                "ParameterName": "rds.force_ssl",
                "ParameterValue": value,
                "ApplyMethod": "immediate",
            }
        ],
    )


@change("aurora-tls")
def force_ssl_off(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    told = cloud["rds"].describe_db_clusters(DBClusterIdentifier=cluster(stack))
    group = told["DBClusters"][0]["DBClusterParameterGroup"]
    forced(cloud, group, "0")
    yield
    forced(cloud, group, "1")


@change("aurora-not-public")
def instance_made_public(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    name = f"aurora-instance-1-{stack.suffix}"
    modify = cloud["rds"].modify_db_instance
    modify(DBInstanceIdentifier=name, PubliclyAccessible=True, ApplyImmediately=True)
    yield
    modify(DBInstanceIdentifier=name, PubliclyAccessible=False, ApplyImmediately=True)


@change("store-security-groups", "REQ-OUT-1")
def cluster_behind_another_group(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    name = "VpcSecurityGroupIds"
    yield from modified(
        stack,
        cloud,
        {name: [stack.output("redis_security_group_id")]},
        {name: [stack.output("rds_security_group_id")]},
    )


@change("REQ-OPS-1")
def second_cluster_made_by_hand(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    other = f"second-{stack.suffix}"
    cloud["rds"].create_db_cluster(
        DBClusterIdentifier=other,
        Engine="aurora-postgresql",
        MasterUsername="someone",
        MasterUserPassword="Not-A-Real-Password-0",
        DBSubnetGroupName=f"aurora-subnets-{stack.suffix}",
    )
    yield
    cloud["rds"].delete_db_cluster(DBClusterIdentifier=other, SkipFinalSnapshot=True)


@change("REQ-RDS-2", "REQ-RDS-3", "REQ-TAG-1")
def snapshot_shared_with_everybody(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    name = "by-hand"
    rds = cloud["rds"]
    rds.create_db_cluster_snapshot(
        DBClusterIdentifier=cluster(stack), DBClusterSnapshotIdentifier=name
    )
    rds.modify_db_cluster_snapshot_attribute(
        DBClusterSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=["all"]
    )
    yield
    rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=name)


@change("resource-tags")
def tag_of_the_cluster_removed(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    rds = cloud["rds"]
    told = rds.describe_db_clusters(DBClusterIdentifier=cluster(stack))["DBClusters"][0]
    arn = told["DBClusterArn"]
    tags = {t["Key"]: t for t in rds.list_tags_for_resource(ResourceName=arn)["TagList"]}
    rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["ManagedBy"])
    yield
    rds.add_tags_to_resource(ResourceName=arn, Tags=[tags["ManagedBy"]])


def regrouped(
    stack: Deployed, cloud: Cloud, to: dict[str, Any], back: dict[str, Any]
) -> Iterator[None]:
    """The replication group with other settings."""
    modify = cloud["elasticache"].modify_replication_group
    name = f"redis-{stack.suffix}"
    modify(ReplicationGroupId=name, ApplyImmediately=True, **to)
    yield
    modify(ReplicationGroupId=name, ApplyImmediately=True, **back)


@change("redis-snapshots")
def snapshots_shortened(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    name = "SnapshotRetentionLimit"
    yield from regrouped(stack, cloud, {name: 1}, {name: 5})


@change("redis-minor-upgrades")
def minor_upgrades_off(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    name = "AutoMinorVersionUpgrade"
    yield from regrouped(stack, cloud, {name: False}, {name: True})


@change("redis-high-availability")
def failover_off(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from regrouped(
        stack,
        cloud,
        {"AutomaticFailoverEnabled": False, "MultiAZEnabled": False},
        {"AutomaticFailoverEnabled": True, "MultiAZEnabled": True},
    )


def group(stack: Deployed) -> str:
    return f"/aws/kinesis/sensor-data-stream-{stack.suffix}"


@change("log-retention", "REQ-LOG-1")
def log_retention_removed(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    cloud["logs"].delete_retention_policy(logGroupName=group(stack))
    yield
    cloud["logs"].put_retention_policy(logGroupName=group(stack), retentionInDays=7)


@change("log-retention-long", "aurora-log-export")
def retention_of_the_database_log_removed(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    name = f"/aws/rds/cluster/{cluster(stack)}/postgresql"
    cloud["logs"].delete_retention_policy(logGroupName=name)
    yield
    cloud["logs"].put_retention_policy(logGroupName=name, retentionInDays=7)


@change("log-customer-key", "key-per-service", "REQ-OUT-1")
def log_group_in_clear(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    key_arn = cloud["kms"].describe_key(KeyId=key(stack, "logs"))["KeyMetadata"]["Arn"]
    cloud["logs"].disassociate_kms_key(logGroupName=group(stack))
    yield
    cloud["logs"].associate_kms_key(logGroupName=group(stack), kmsKeyId=key_arn)


@change("REQ-OPS-1", "log-customer-key", "log-retention", "key-per-service")
def log_group_made_by_hand(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    cloud["logs"].create_log_group(logGroupName=f"/by-hand-{stack.suffix}")
    yield
    cloud["logs"].delete_log_group(logGroupName=f"/by-hand-{stack.suffix}")


def log_policy(cloud: Cloud, principal: Any) -> Iterator[None]:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "logs:PutLogEvents",
        "Resource": "*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    cloud["logs"].put_resource_policy(policyName="by-hand", policyDocument=document)
    yield
    cloud["logs"].delete_resource_policy(policyName="by-hand")


@change("log-policy-closed")
def log_policy_open_to_everybody(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from log_policy(cloud, "*")


@change("foreign-accounts")
def log_policy_open_to_another_account(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from log_policy(cloud, {"AWS": FOREIGN})
