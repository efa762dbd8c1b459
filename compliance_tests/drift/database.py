"""The Aurora cluster, its instances, parameters and snapshots, changed by hand."""

from __future__ import annotations

from typing import Any

from .change import Changes, Here

change = Changes()


def cluster(here: Here) -> str:
    return f"aurora-cluster-{here.suffix}"


def modify(here: Here, **settings: Any) -> str:
    """The cluster with other settings."""
    here["rds"].modify_db_cluster(
        DBClusterIdentifier=cluster(here), ApplyImmediately=True, **settings
    )
    return cluster(here)


@change("aurora-backups")
def backups_shortened(here: Here) -> str:
    return modify(here, BackupRetentionPeriod=7)


@change("aurora-backups")
def backups_shortened_by_a_day(here: Here) -> str:
    return modify(here, BackupRetentionPeriod=29)


@change("aurora-tags-to-snapshots")
def tags_not_copied_to_snapshots(here: Here) -> str:
    return modify(here, CopyTagsToSnapshot=False)


@change("aurora-iam-authentication")
def iam_authentication_off(here: Here) -> str:
    return modify(here, EnableIAMDatabaseAuthentication=False)


@change("aurora-log-export")
def log_export_off(here: Here) -> str:
    off = {"DisableLogTypes": ["postgresql"]}
    return modify(here, CloudwatchLogsExportConfiguration=off)


@change("aurora-deletion-protection")
def deletion_protection_on(here: Here) -> str:
    """The stack could no longer be destroyed."""
    return modify(here, DeletionProtection=True)


@change("aurora-serverless-bounds")
def capacity_raised(here: Here) -> str:
    bounds = {"MinCapacity": 0.5, "MaxCapacity": 16}
    return modify(here, ServerlessV2ScalingConfiguration=bounds)


@change("store-security-groups", "REQ-OUT-1")
def cluster_behind_another_group(here: Here) -> str:
    return modify(here, VpcSecurityGroupIds=[here.out("redis_security_group_id")])


@change("store-security-groups")
def cluster_behind_two_groups(here: Here) -> str:
    groups = [here.out("rds_security_group_id"), here.out("redis_security_group_id")]
    return modify(here, VpcSecurityGroupIds=groups)


@change("REQ-RDS-1", "REQ-SEC-1")
def database_listens_on_another_port(here: Here) -> str:
    return modify(here, Port=5433)


def attached(here: Here) -> str:
    told = here["rds"].describe_db_clusters(DBClusterIdentifier=cluster(here))
    return str(told["DBClusters"][0]["DBClusterParameterGroup"])


def force_ssl(here: Here, group: str, value: str) -> None:
    parameter = {
        "ParameterName": "rds.force_ssl", "ParameterValue": value, "ApplyMethod": "immediate"
    }  # fmt: skip
    here["rds"].modify_db_cluster_parameter_group(
        DBClusterParameterGroupName=group, Parameters=[parameter]
    )


@change("aurora-tls")
def force_ssl_off(here: Here) -> str:
    force_ssl(here, attached(here), "0")
    return cluster(here)


@change("aurora-tls")
def parameter_group_of_aws_attached(here: Here) -> str:
    return modify(here, DBClusterParameterGroupName="default.aurora-postgresql15")


@change("aurora-tls")
def another_parameter_group_attached(here: Here) -> str:
    name = "by-hand"
    here["rds"].create_db_cluster_parameter_group(
        DBClusterParameterGroupName=name,
        DBParameterGroupFamily="aurora-postgresql15",
        Description="by hand",
    )
    force_ssl(here, name, "0")
    return modify(here, DBClusterParameterGroupName=name)


def instances(here: Here) -> list[str]:
    return sorted(here.stack.ids("aws:rds/clusterInstance:ClusterInstance"))


def modify_instance(here: Here, **settings: Any) -> str:
    name = instances(here)[0]
    here["rds"].modify_db_instance(DBInstanceIdentifier=name, ApplyImmediately=True, **settings)
    return name


@change("aurora-not-public")
def instance_made_public(here: Here) -> str:
    return modify_instance(here, PubliclyAccessible=True)


@change("aurora-performance-insights-key")
def insights_under_another_key(here: Here) -> str:
    modify_instance(
        here, EnablePerformanceInsights=True, PerformanceInsightsKMSKeyId=here.key("logs")
    )
    return cluster(here)


@change("store-sources")
def cluster_that_copies_ours(here: Here) -> str:
    told = here["rds"].describe_db_clusters(DBClusterIdentifier=cluster(here))["DBClusters"][0]
    here["rds"].create_db_cluster(
        DBClusterIdentifier="shadow",
        Engine="aurora-postgresql",
        MasterUsername="someone",  # AWS needs neither: the emulator does
        MasterUserPassword="Not-A-Real-Password-0",
        ReplicationSourceIdentifier=told["DBClusterArn"],
    )
    return cluster(here)


@change("aurora-serverless-bounds")
def instance_of_another_class(here: Here) -> str:
    modify_instance(here, DBInstanceClass="db.r6g.large")
    return cluster(here)


@change("aurora-two-zones", "REQ-TAG-1", "REQ-OPS-1")
def reader_deleted(here: Here) -> str:
    told = here["rds"].describe_db_clusters(DBClusterIdentifier=cluster(here))["DBClusters"][0]
    (reader,) = [
        m["DBInstanceIdentifier"] for m in told["DBClusterMembers"] if not m["IsClusterWriter"]
    ]
    here["rds"].delete_db_instance(DBInstanceIdentifier=reader, SkipFinalSnapshot=True)
    return cluster(here)


@change("aurora-two-zones", "REQ-OPS-1")
def third_instance_made_by_hand(here: Here) -> str:
    here["rds"].create_db_instance(
        DBInstanceIdentifier=f"by-hand-{here.suffix}",
        DBClusterIdentifier=cluster(here),
        Engine="aurora-postgresql",
        DBInstanceClass="db.serverless",
    )
    return cluster(here)


def second_cluster(here: Here, name: str) -> str:
    here["rds"].create_db_cluster(
        DBClusterIdentifier=name,
        Engine="aurora-postgresql",
        MasterUsername="someone",
        MasterUserPassword="Not-A-Real-Password-0",
        DBSubnetGroupName=f"aurora-subnets-{here.suffix}",
    )
    return name


@change("REQ-OPS-1")
def second_cluster_made_by_hand(here: Here) -> str:
    return second_cluster(here, f"second-{here.suffix}")


@change("REQ-OPS-1")
def cluster_of_another_name_in_our_subnets(here: Here) -> str:
    return second_cluster(here, "shadow")


@change("REQ-OPS-1")
def subnet_group_of_another_name(here: Here) -> str:
    here["rds"].create_db_subnet_group(
        DBSubnetGroupName="shadow",
        DBSubnetGroupDescription="by hand",
        SubnetIds=here.stack.output("public_subnet_ids"),
    )
    return "shadow"


@change("store-private-subnets")
def public_subnet_added_to_the_subnet_group(here: Here) -> str:
    both = [*here.stack.output("private_subnet_ids"), *here.stack.output("public_subnet_ids")]
    here["rds"].modify_db_subnet_group(
        DBSubnetGroupName=f"aurora-subnets-{here.suffix}", SubnetIds=both
    )
    return cluster(here)


@change("REQ-RDS-2", "REQ-RDS-3", "REQ-TAG-1")
def snapshot_shared_with_everybody(here: Here) -> str:
    name = "by-hand"
    here["rds"].create_db_cluster_snapshot(
        DBClusterIdentifier=cluster(here), DBClusterSnapshotIdentifier=name
    )
    here["rds"].modify_db_cluster_snapshot_attribute(
        DBClusterSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=["all"]
    )
    return name


@change("resource-tags")
def tag_of_the_cluster_removed(here: Here) -> str:
    told = here["rds"].describe_db_clusters(DBClusterIdentifier=cluster(here))["DBClusters"][0]
    arn = str(told["DBClusterArn"])
    here["rds"].remove_tags_from_resource(ResourceName=arn, TagKeys=["ManagedBy"])
    return arn
