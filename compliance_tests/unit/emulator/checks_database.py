"""What RDS must do as AWS does."""

from __future__ import annotations

from typing import Any

from compliance_tests.unit.emulator.account import NO_KEY, REGION, Account, refused
from compliance_tests.unit.emulator.checks import closes

VALUE, COMBINATION = "InvalidParameterValue", "InvalidParameterCombination"
FAMILY = "aurora-postgresql15"


def cluster_refused(account: Account, code: str, **more: Any) -> str:
    return refused(code, account.cluster, **more)


@closes("RDSBackend.create_db_cluster")
def a_cluster_is_checked(account: Account) -> None:
    low_high = {"MinCapacity": 3.0, "MaxCapacity": 1.0}
    odd = {"MinCapacity": 0.7, "MaxCapacity": 2.0}
    for days in (0, 36, 99):
        cluster_refused(account, VALUE, BackupRetentionPeriod=days)
    assert "15.4" in cluster_refused(account, COMBINATION, EngineVersion="15.4")
    cluster_refused(account, COMBINATION, EngineVersion="99.9")
    cluster_refused(account, VALUE, MasterUsername="admin")
    cluster_refused(account, VALUE, MasterUserPassword="slash/at@quote")
    cluster_refused(
        account,
        VALUE,
        PreferredBackupWindow="05:00-06:00",
        PreferredMaintenanceWindow="sun:05:30-sun:06:30",
    )
    cluster_refused(account, VALUE, ServerlessV2ScalingConfiguration=low_high)
    cluster_refused(account, VALUE, ServerlessV2ScalingConfiguration=odd)
    cluster_refused(account, VALUE, VpcSecurityGroupIds=["sg-00000000000000000"])
    cluster_refused(account, "DBSubnetGroupNotFoundFault", DBSubnetGroupName="none")
    cluster_refused(account, "DBParameterGroupNotFound", DBClusterParameterGroupName="none")
    cluster_refused(account, "KMSKeyNotAccessibleFault", StorageEncrypted=True, KmsKeyId=NO_KEY)
    cluster_refused(
        account, "KMSKeyNotAccessibleFault", StorageEncrypted=True, KmsKeyId=account.dying_key()
    )
    cluster_refused(account, COMBINATION, KmsKeyId=account.key())
    cluster_refused(account, COMBINATION, EnableCloudwatchLogsExports=["audit"])
    account.cluster(BackupRetentionPeriod=35)
    cluster_refused(account, "DBClusterAlreadyExistsFault")


@closes("RDSBackend.create_db_cluster")
def a_cluster_fills_in_what_aws_does(account: Account) -> None:
    account.cluster(EngineVersion="16", StorageEncrypted=True)
    cluster = account.described_cluster()
    assert cluster["EngineVersion"] == "16.13"
    assert cluster["DBClusterParameterGroup"] == "default.aurora-postgresql16"
    assert f":kms:{REGION}:" in cluster["KmsKeyId"]
    assert cluster["Endpoint"].endswith(f".{REGION}.rds.amazonaws.com")


@closes("RDSBackend.create_db_cluster")
def a_cluster_and_its_parameters_are_of_one_family(account: Account) -> None:
    group(account, "p", "aurora-postgresql16")
    cluster_refused(account, COMBINATION, DBClusterParameterGroupName="p")


@closes("RDSBackend.create_db_cluster", "RDSBackend.modify_db_cluster")
def exported_logs_have_a_group_without_retention(account: Account) -> None:
    account.logs.create_log_group(logGroupName="/aws/rds/cluster/aurora/postgresql")
    account.logs.put_retention_policy(
        logGroupName="/aws/rds/cluster/aurora/postgresql", retentionInDays=7
    )
    account.cluster(EnableCloudwatchLogsExports=["postgresql"])
    account.cluster("other", EnableCloudwatchLogsExports=["postgresql"])
    account.rds.modify_db_cluster(
        DBClusterIdentifier="other",
        CloudwatchLogsExportConfiguration={"EnableLogTypes": ["instance"]},
    )
    found = {
        g["logGroupName"]: g.get("retentionInDays")
        for g in account.logs.describe_log_groups()["logGroups"]
    }
    assert found == {
        "/aws/rds/cluster/aurora/postgresql": 7,
        "/aws/rds/cluster/other/instance": None,
        "/aws/rds/cluster/other/postgresql": None,
    }


@closes("RDSBackend.modify_db_cluster")
def a_changed_cluster_keeps_the_change(account: Account) -> None:
    account.cluster(EnableCloudwatchLogsExports=["postgresql"])
    account.rds.modify_db_cluster(
        DBClusterIdentifier="aurora",
        EnableIAMDatabaseAuthentication=True,
        CloudwatchLogsExportConfiguration={
            "EnableLogTypes": ["instance"],
            "DisableLogTypes": ["postgresql"],
        },
    )
    cluster = account.described_cluster()
    assert cluster["IAMDatabaseAuthenticationEnabled"] is True
    assert cluster["EnabledCloudwatchLogsExports"] == ["instance"]


@closes("RDSBackend.modify_db_cluster")
def a_refused_change_leaves_the_cluster(account: Account) -> None:
    account.cluster()
    modify = account.rds.modify_db_cluster
    refused(VALUE, modify, DBClusterIdentifier="aurora", BackupRetentionPeriod=0)
    refused(VALUE, modify, DBClusterIdentifier="aurora", MasterUserPassword="short")
    refused(COMBINATION, modify, DBClusterIdentifier="aurora", EngineVersion="16.8")
    refused(COMBINATION, modify, DBClusterIdentifier="aurora", EngineVersion="15.4")
    refused("DBClusterNotFoundFault", modify, DBClusterIdentifier="none", Port=5433)
    assert account.described_cluster()["BackupRetentionPeriod"] == 1


@closes("RDSBackend.delete_db_cluster", "RDSResponse.delete_db_cluster")
def a_deleted_cluster_leaves_what_was_asked_for(account: Account) -> None:
    account.cluster()
    refused(COMBINATION, account.rds.delete_db_cluster, DBClusterIdentifier="aurora")
    account.rds.delete_db_cluster(DBClusterIdentifier="aurora", FinalDBSnapshotIdentifier="last")
    snapshots = account.rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert [snapshot["DBClusterSnapshotIdentifier"] for snapshot in snapshots] == ["last"]


@closes("DBCluster.performance_insights_enabled")
def a_cluster_says_whether_it_has_insights(account: Account) -> None:
    account.cluster(EnablePerformanceInsights=True)
    assert account.described_cluster()["PerformanceInsightsEnabled"] is True


def group(account: Account, name: str = "p", family: str = FAMILY) -> str:
    account.rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=name, DBParameterGroupFamily=family, Description="d"
    )
    return name


def parameter(name: str, value: str, method: str = "immediate") -> list[dict[str, str]]:
    return [{"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}]


PENDING = "pending-reboot"


@closes(
    "DBCluster.db_cluster_members",
    "RDSBackend.modify_db_cluster_parameter_group",
    "RDSBackend.reboot_db_instance",
)
def a_static_parameter_waits_for_a_restart(account: Account) -> None:
    account.cluster(DBClusterParameterGroupName=group(account))
    account.instance()

    def status() -> str:
        return str(
            account.described_cluster()["DBClusterMembers"][0]["DBClusterParameterGroupStatus"]
        )

    modify = account.rds.modify_db_cluster_parameter_group
    modify(DBClusterParameterGroupName="p", Parameters=parameter("rds.force_ssl", "1"))
    assert status() == "in-sync"
    modify(DBClusterParameterGroupName="p", Parameters=parameter("max_connections", "100", PENDING))
    assert status() == PENDING
    account.rds.reboot_db_instance(DBInstanceIdentifier="writer")
    assert status() == "in-sync"


@closes("RDSBackend.modify_db_cluster_parameter_group", "RDSBackend.modify_db_parameter_group")
def parameters_are_checked(account: Account) -> None:
    group(account)
    account.rds.create_db_parameter_group(
        DBParameterGroupName="i", DBParameterGroupFamily=FAMILY, Description="d"
    )
    for call, name in (
        (account.rds.modify_db_cluster_parameter_group, {"DBClusterParameterGroupName": "p"}),
        (account.rds.modify_db_parameter_group, {"DBParameterGroupName": "i"}),
    ):
        refused(VALUE, call, Parameters=parameter("rds.force_ssl", "7"), **name)
        refused(VALUE, call, Parameters=parameter("rds.forced_ssl", "1"), **name)
        refused(COMBINATION, call, Parameters=parameter("max_connections", "100"), **name)


@closes(
    "RDSResponse.describe_db_cluster_parameters", "RDSResponse.reset_db_cluster_parameter_group"
)
def a_cluster_group_lists_its_parameters_by_source(account: Account) -> None:
    group(account)
    change = parameter("rds.force_ssl", "1")
    account.rds.modify_db_cluster_parameter_group(
        DBClusterParameterGroupName="p", Parameters=change
    )

    def listed(name: str, **more: str) -> dict[str, str | None]:
        rows = account.rds.describe_db_cluster_parameters(DBClusterParameterGroupName=name, **more)[
            "Parameters"
        ]
        return {row["ParameterName"]: row.get("ParameterValue") for row in rows}

    assert listed("p", Source="user") == {"rds.force_ssl": "1"}
    assert listed("p")["ssl_min_protocol_version"] == "TLSv1.2"
    assert listed("default.aurora-postgresql16")["rds.force_ssl"] == "0"
    assert listed("default.aurora-postgresql17")["rds.force_ssl"] == "1"
    account.rds.reset_db_cluster_parameter_group(DBClusterParameterGroupName="p", Parameters=change)
    assert listed("p", Source="user") == {}


@closes("RDSResponse.describe_db_parameters", "RDSResponse.reset_db_parameter_group")
def an_instance_group_lists_its_parameters_by_source(account: Account) -> None:
    account.rds.create_db_parameter_group(
        DBParameterGroupName="i", DBParameterGroupFamily=FAMILY, Description="d"
    )
    account.rds.modify_db_parameter_group(
        DBParameterGroupName="i", Parameters=parameter("log_statement", "ddl")
    )

    def listed(**more: str) -> set[str]:
        rows = account.rds.describe_db_parameters(DBParameterGroupName="i", **more)["Parameters"]
        return {row["ParameterName"] for row in rows}

    assert listed(Source="user") == {"log_statement"}
    assert "rds.force_ssl" in listed()
    account.rds.reset_db_parameter_group(DBParameterGroupName="i", ResetAllParameters=True)
    assert listed(Source="user") == set()


@closes("RDSBackend.create_db_cluster_parameter_group")
def a_family_exists(account: Account) -> None:
    refused(VALUE, group, account=account, family="postgresql-aurora")


@closes("RDSBackend.delete_db_cluster_parameter_group", "RDSBackend.delete_db_parameter_group")
def a_parameter_group_in_use_stays(account: Account) -> None:
    account.cluster(DBClusterParameterGroupName=group(account))
    account.rds.create_db_parameter_group(
        DBParameterGroupName="i", DBParameterGroupFamily=FAMILY, Description="d"
    )
    account.instance(DBParameterGroupName="i")
    refused(
        "InvalidDBParameterGroupState",
        account.rds.delete_db_cluster_parameter_group,
        DBClusterParameterGroupName="p",
    )
    refused(
        "InvalidDBParameterGroupState",
        account.rds.delete_db_parameter_group,
        DBParameterGroupName="i",
    )


@closes("RDSBackend.describe_db_parameter_groups")
def a_parameter_group_that_is_not_there_is_an_error(account: Account) -> None:
    refused(
        "DBParameterGroupNotFound",
        account.rds.describe_db_parameter_groups,
        DBParameterGroupName="none",
    )


@closes(
    "RDSBackend.create_subnet_group",
    "RDSBackend.modify_db_subnet_group",
    "RDSBackend.delete_subnet_group",
)
def a_subnet_group_covers_two_zones(account: Account) -> None:
    subnets = account.network()[1]
    create, modify = account.rds.create_db_subnet_group, account.rds.modify_db_subnet_group
    one_zone = {"DBSubnetGroupDescription": "d", "SubnetIds": subnets[:1]}
    refused("DBSubnetGroupDoesNotCoverEnoughAZs", create, DBSubnetGroupName="one", **one_zone)
    name = account.db_subnets()
    refused(
        "DBSubnetGroupAlreadyExists",
        create,
        DBSubnetGroupName=name,
        DBSubnetGroupDescription="d",
        SubnetIds=subnets,
    )
    refused(
        "DBSubnetGroupDoesNotCoverEnoughAZs", modify, DBSubnetGroupName=name, SubnetIds=subnets[:1]
    )
    modify(DBSubnetGroupName=name, SubnetIds=subnets, DBSubnetGroupDescription="changed")
    (found,) = account.rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"]
    assert found["DBSubnetGroupDescription"] == "changed"
    account.cluster(DBSubnetGroupName=name)
    refused(
        "InvalidDBSubnetGroupStateFault", account.rds.delete_db_subnet_group, DBSubnetGroupName=name
    )


@closes(
    "RDSBackend.create_db_instance",
    "DBInstanceClustered.iam_database_authentication_enabled",
    "DBInstance.address",
)
def an_instance_takes_after_its_cluster(account: Account) -> None:
    key, security_group = account.key(), account.network()[2]
    account.cluster(
        DBSubnetGroupName=account.db_subnets(),
        EnableIAMDatabaseAuthentication=True,
        KmsKeyId=key,
        StorageEncrypted=True,
        VpcSecurityGroupIds=[security_group],
    )
    writer, reader = account.instance(), account.instance("reader")
    assert writer["DBSubnetGroup"]["DBSubnetGroupName"] == "subnets"
    assert writer["IAMDatabaseAuthenticationEnabled"] is True
    assert (writer["StorageEncrypted"], writer["KmsKeyId"]) == (True, key)
    assert writer["VpcSecurityGroups"][0]["VpcSecurityGroupId"] == security_group
    assert writer["PubliclyAccessible"] is False
    assert {writer["AvailabilityZone"], reader["AvailabilityZone"]} == {f"{REGION}a", f"{REGION}b"}
    assert writer["DbiResourceId"] != reader["DbiResourceId"]
    domain = account.described_cluster()["Endpoint"].split(".cluster-")[1]
    assert writer["Endpoint"]["Address"] == f"writer.{domain}"


@closes("RDSBackend.create_db_instance")
def a_serverless_instance_needs_bounds(account: Account) -> None:
    account.rds.create_db_cluster(
        DBClusterIdentifier="plain",
        Engine="aurora-postgresql",
        MasterUsername="someone",
        MasterUserPassword="password",
    )
    refused("InvalidDBClusterStateFault", account.instance, cluster="plain")


@closes(
    "RDSBackend.create_db_instance",
    "DBInstance.performance_insights_enabled",
    "RDSBackend.modify_db_instance",
)
def insights_are_kept(account: Account) -> None:
    account.cluster()
    key = account.key()
    first = account.instance("one", EnablePerformanceInsights=True, PerformanceInsightsKMSKeyId=key)
    assert (first["PerformanceInsightsEnabled"], first["PerformanceInsightsKMSKeyId"]) == (
        True,
        key,
    )
    assert first["PerformanceInsightsRetentionPeriod"] == 7
    refused(
        "KMSKeyNotAccessibleFault", account.instance, name="x", PerformanceInsightsKMSKeyId=NO_KEY
    )
    assert account.instance("two")["PerformanceInsightsEnabled"] is False
    modify = account.rds.modify_db_instance
    refused(
        "KMSKeyNotAccessibleFault",
        modify,
        DBInstanceIdentifier="two",
        PerformanceInsightsKMSKeyId=NO_KEY,
    )
    modify(DBInstanceIdentifier="two", EnablePerformanceInsights=True, ApplyImmediately=True)
    second = account.described_instance("two")
    assert second["PerformanceInsightsEnabled"] is True
    assert second["PerformanceInsightsRetentionPeriod"] == 7


@closes("RDSResponse.describe_db_engine_versions")
def versions_are_those_that_aws_creates(account: Account) -> None:
    def versions(**asked: Any) -> list[str]:
        rows = account.rds.describe_db_engine_versions(Engine="aurora-postgresql", **asked)[
            "DBEngineVersions"
        ]
        return [row["EngineVersion"] for row in rows]

    assert versions(EngineVersion="15") == ["15.10", "15.12", "15.13", "15.14", "15.15", "15.17"]
    assert versions(EngineVersion="15.4") == []
    assert versions(EngineVersion="15.4", IncludeAll=True) == ["15.4"]
    assert len(versions(DefaultOnly=True)) == 1
    (row,) = account.rds.describe_db_engine_versions(EngineVersion="15.10")["DBEngineVersions"]
    assert row["DBParameterGroupFamily"] == FAMILY
    assert "15.12" in {target["EngineVersion"] for target in row["ValidUpgradeTarget"]}
    assert "postgresql" in row["ExportableLogTypes"]


@closes("RDSResponse.describe_orderable_db_instance_options")
def classes_are_offered(account: Account) -> None:
    def offered(**asked: Any) -> list[dict[str, Any]]:
        answer = account.rds.describe_orderable_db_instance_options(
            Engine="aurora-postgresql", **asked
        )
        found: list[dict[str, Any]] = answer["OrderableDBInstanceOptions"]
        return found

    (option,) = offered(EngineVersion="15.10", DBInstanceClass="db.serverless")
    assert option["SupportsStorageEncryption"] is True
    assert [zone["Name"] for zone in option["AvailabilityZones"]] == [
        f"{REGION}{letter}" for letter in "abc"
    ]
    assert not offered(EngineVersion="15.4")
