"""The Aurora cluster and its instances."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.live import Check

from .conftest import Prove
from .exact import Exact
from .network import effective_table, ways_out
from .stack import Cloud, Deployed
from .test_keys import key_id
from .test_network import of_vpc


def name(stack: Deployed) -> str:
    return f"aurora-cluster-{stack.suffix}"


def cluster(check: Check, stack: Deployed, cloud: Cloud) -> dict[str, Any]:
    """The cluster as RDS describes it."""
    (told,) = check.ask(cloud["rds"], "describe_db_clusters", DBClusterIdentifier=name(stack))[
        "DBClusters"
    ]
    found: dict[str, Any] = told
    return found


def instances(check: Check, stack: Deployed, cloud: Cloud) -> list[dict[str, Any]]:
    """The cluster's instances, as RDS lists them and as the cluster counts them."""
    found = check.ask_all(
        cloud["rds"],
        "describe_db_instances",
        Filters=[{"Name": "db-cluster-id", "Values": [name(stack)]}],
    )["DBInstances"]
    members = cluster(check, stack, cloud)["DBClusterMembers"]
    check.examined(describe_db_instances=len(found), DBClusterMembers=len(members))
    check.expect("instances by both calls", len(members), len(found))
    return found


@pytest.mark.control("aurora-serverless-bounds")
@pytest.mark.control("aurora-master-user")
@pytest.mark.requirement("REQ-RDS-1")
def test_engine_and_capacity(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove) -> None:
    with prove("aurora-serverless-bounds", type="rds:cluster", name=name(stack)) as check:
        told = cluster(check, stack, cloud)
        check.expect("Engine", exact.engine, told["Engine"])
        version = told["EngineVersion"]
        # the first is the requirement's, the second the recorded deviation DEV-008
        versions = exact.engine_versions
        check.expect("EngineVersion", f"one of {versions}", version, version in versions)
        bounds = told["ServerlessV2ScalingConfiguration"]
        check.keep(bounds)
        check.expect("MinCapacity", exact.min_capacity, bounds["MinCapacity"])
        check.expect("MaxCapacity", exact.max_capacity, bounds["MaxCapacity"])
        classes = sorted({i["DBInstanceClass"] for i in instances(check, stack, cloud)})
        check.expect("DBInstanceClass", ["db.serverless"], classes)
    with prove("aurora-master-user", type="rds:cluster", name=name(stack)) as check:
        user = cluster(check, stack, cloud)["MasterUsername"]
        common = {"admin", "administrator", "postgres", "root", "master", "rdsadmin"}
        check.expect("MasterUsername", "none that is guessed", user, user not in common)


@pytest.mark.requirement("REQ-RDS-1")
def test_endpoints(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove) -> None:
    with prove(type="rds:cluster", name=name(stack)) as check:
        told = cluster(check, stack, cloud)
        check.expect("Status", "available", told["Status"])
        check.expect("Endpoint", stack.output("aurora_cluster_endpoint"), told["Endpoint"])
        check.expect(
            "ReaderEndpoint", stack.output("aurora_reader_endpoint"), told["ReaderEndpoint"]
        )
        check.expect("Port", exact.database_port, told["Port"])
        different = told["Endpoint"] != told["ReaderEndpoint"]
        check.expect("two endpoints", True, different)


@pytest.mark.control("aurora-backups")
@pytest.mark.control("aurora-tags-to-snapshots")
@pytest.mark.requirement("REQ-RDS-2")
def test_backups(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove) -> None:
    with prove("aurora-backups", type="rds:cluster", name=name(stack)) as check:
        told = cluster(check, stack, cloud)
        check.keep({k: told.get(k) for k in ("BackupRetentionPeriod", "PreferredBackupWindow")})
        check.expect("BackupRetentionPeriod", exact.backup_days, told["BackupRetentionPeriod"])
    with prove("aurora-tags-to-snapshots", type="rds:cluster", name=name(stack)) as check:
        told = cluster(check, stack, cloud)
        check.expect("CopyTagsToSnapshot", True, told["CopyTagsToSnapshot"])


@pytest.mark.requirement("REQ-RDS-2")
@pytest.mark.requirement("REQ-RDS-3")
def test_snapshots_are_encrypted_and_not_shared(
    stack: Deployed, cloud: Cloud, prove: Prove
) -> None:
    with prove(type="rds:cluster-snapshot", name=name(stack)) as check:
        found = check.ask_all(
            cloud["rds"], "describe_db_cluster_snapshots", DBClusterIdentifier=name(stack)
        )["DBClusterSnapshots"]
        check.examined(snapshots=len(found))
        plain = [s["DBClusterSnapshotIdentifier"] for s in found if not s.get("StorageEncrypted")]
        check.expect("snapshots in clear", [], plain)
        shared: dict[str, list[str]] = {}
        for snapshot in found:
            if snapshot.get("SnapshotType") != "manual":  # AWS shares no other
                continue
            id_ = snapshot["DBClusterSnapshotIdentifier"]
            told = check.ask(
                cloud["rds"],
                "describe_db_cluster_snapshot_attributes",
                DBClusterSnapshotIdentifier=id_,
            )["DBClusterSnapshotAttributesResult"]
            for attribute in told.get("DBClusterSnapshotAttributes", ()):
                if accounts := attribute.get("AttributeValues"):
                    shared.setdefault(id_, []).extend(accounts)
        check.expect("accounts that snapshots are shared with", {}, shared)


@pytest.mark.control("database-customer-key")
@pytest.mark.control("aurora-performance-insights-key")
@pytest.mark.requirement("REQ-RDS-3")
def test_encrypted_with_its_key(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    wanted = key_id(stack.output("rds_kms_key_id"))
    with prove("database-customer-key", type="rds:cluster", name=name(stack)) as check:
        told = cluster(check, stack, cloud)
        check.keep({k: told.get(k) for k in ("StorageEncrypted", "KmsKeyId")})
        check.expect("StorageEncrypted", True, told["StorageEncrypted"])
        check.expect("KmsKeyId", wanted, key_id(told.get("KmsKeyId", "none")))
    with prove("aurora-performance-insights-key", type="rds:db", name=name(stack)) as check:
        found = instances(check, stack, cloud)
        keys = {
            key_id(i.get("PerformanceInsightsKMSKeyId", "none"))
            for i in found
            if i.get("PerformanceInsightsEnabled")
        }
        check.expect(
            "PerformanceInsightsKMSKeyId", f"none but {wanted}", sorted(keys), keys <= {wanted}
        )


@pytest.mark.control("aurora-tls")
@pytest.mark.requirement("REQ-RDS-3")
def test_clients_must_use_tls(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    """The value that is in force: the attached group's own parameter, with no reboot pending."""
    with prove(type="rds:cluster", name=name(stack)) as check:
        told = cluster(check, stack, cloud)
        attached = told["DBClusterParameterGroup"]
        found = check.ask_all(
            cloud["rds"], "describe_db_cluster_parameters", DBClusterParameterGroupName=attached
        )["Parameters"]
        check.examined(parameters=len(found))
        (force,) = [p for p in found if p["ParameterName"] == "rds.force_ssl"]
        check.keep({"DBClusterParameterGroup": attached, **force})
        check.expect("rds.force_ssl", "1", force.get("ParameterValue"))
        states = {
            m["DBInstanceIdentifier"]: m.get("DBClusterParameterGroupStatus", "in-sync")
            for m in told["DBClusterMembers"]
        }
        waiting = {k: v for k, v in states.items() if v != "in-sync"}
        check.expect("instances waiting for a reboot", {}, waiting)


@pytest.mark.requirement("REQ-RDS-3")
def test_no_instance_undoes_tls(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    with prove(type="rds:db", name=name(stack)) as check:
        groups = {
            g["DBParameterGroupName"]
            for i in instances(check, stack, cloud)
            for g in i.get("DBParameterGroups", ())
        }
        undone = []
        for group in sorted(groups):
            if group.startswith("default."):  # AWS's own cannot be changed
                continue
            found = check.ask_all(
                cloud["rds"], "describe_db_parameters", DBParameterGroupName=group
            )["Parameters"]
            undone += [
                group
                for p in found
                if p["ParameterName"] == "rds.force_ssl" and p.get("ParameterValue") == "0"
            ]
        check.expect("groups that turn force_ssl off", [], undone)


@pytest.mark.control("aurora-not-public")
@pytest.mark.control("store-private-subnets")
@pytest.mark.control("store-subnets-two-zones")
@pytest.mark.requirement("REQ-NET-2")
@pytest.mark.requirement("REQ-RDS-4")
def test_private_placement(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove) -> None:
    with prove("aurora-not-public", type="rds:db", name=name(stack)) as check:
        found = instances(check, stack, cloud)
        public = [i["DBInstanceIdentifier"] for i in found if i["PubliclyAccessible"]]
        check.expect("public instances", [], public)
    for control in ("store-private-subnets", "store-subnets-two-zones"):
        with prove(control, type="rds:cluster", name=name(stack)) as check:
            told = cluster(check, stack, cloud)
            (group,) = check.ask_all(
                cloud["rds"], "describe_db_subnet_groups", DBSubnetGroupName=told["DBSubnetGroup"]
            )["DBSubnetGroups"]
            ids = sorted(s["SubnetIdentifier"] for s in group["Subnets"])
            check.expect("VpcId", stack.output("vpc_id"), group["VpcId"])
            placement(check, control, ids, stack, cloud)


def placement(check: Check, control: str, ids: list[str], stack: Deployed, cloud: Cloud) -> None:
    """What the subnets of a store really are: no way out of them, and two zones."""
    if control == "store-private-subnets":
        check.expect("subnets", sorted(stack.output("private_subnet_ids")), ids)
        tables = check.ask_all(
            cloud["ec2"], "describe_route_tables", Filters=of_vpc(stack.output("vpc_id"))
        )["RouteTables"]
        leaks = {i: ways_out(effective_table(i, tables)) for i in ids}
        check.expect("routes out of the VPC", {}, {k: v for k, v in leaks.items() if v})
        return
    found = check.ask_all(cloud["ec2"], "describe_subnets", SubnetIds=ids)["Subnets"]
    zones = sorted({s["AvailabilityZone"] for s in found})
    check.expect("zones", "two or more", zones, len(zones) >= 2)


@pytest.mark.control("aurora-two-zones")
@pytest.mark.requirement("REQ-RDS-4")
def test_writer_and_reader_in_two_zones(
    stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove
) -> None:
    with prove("aurora-two-zones", type="rds:cluster", name=name(stack)) as check:
        found = instances(check, stack, cloud)
        check.expect("instances", exact.instances, len(found))
        writers = [m["IsClusterWriter"] for m in cluster(check, stack, cloud)["DBClusterMembers"]]
        check.expect("writers", 1, writers.count(True))
        check.expect("zones", exact.zones, len({i["AvailabilityZone"] for i in found}))


@pytest.mark.control("aurora-iam-authentication")
@pytest.mark.requirement("REQ-RDS-4")
def test_iam_authentication(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    with prove("aurora-iam-authentication", type="rds:cluster", name=name(stack)) as check:
        told = cluster(check, stack, cloud)
        enabled = told["IAMDatabaseAuthenticationEnabled"]
        check.expect("IAMDatabaseAuthenticationEnabled", True, enabled)


@pytest.mark.control("aurora-deletion-protection")
@pytest.mark.requirement("REQ-RDS-5")
def test_deletion_protection(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove) -> None:
    """Off where the stack must be destroyable, on in production."""
    with prove("aurora-deletion-protection", type="rds:cluster", name=name(stack)) as check:
        told = cluster(check, stack, cloud)
        check.expect("DeletionProtection", exact.deletion_protection, told["DeletionProtection"])


@pytest.mark.control("store-sources")
@pytest.mark.requirement("REQ-RDS-3")
def test_nothing_replicates_into_or_out_of_the_cluster(
    stack: Deployed, cloud: Cloud, prove: Prove
) -> None:
    with prove("store-sources", type="rds:cluster", name=name(stack)) as check:
        told = cluster(check, stack, cloud)
        check.expect("source", "", told.get("ReplicationSourceIdentifier", ""))
        check.expect("replicas", [], told.get("ReadReplicaIdentifiers", []))
        everywhere = check.ask_all(cloud["rds"], "describe_global_clusters")["GlobalClusters"]
        ours = [
            g["GlobalClusterIdentifier"]
            for g in everywhere
            if any(m["DBClusterArn"] == told["DBClusterArn"] for m in g["GlobalClusterMembers"])
        ]
        check.expect("global clusters it is a member of", [], ours)
