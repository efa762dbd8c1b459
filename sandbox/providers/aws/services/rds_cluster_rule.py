"""RDS: what a cluster is: defaults, what replaces it, what is refused."""

from __future__ import annotations

from sandbox.providers.aws.services.rds_shared import (
    backup_window,
    identifier,
    maintenance_window,
    same_version,
)
from sandbox.providers.aws.services.shared import same_key
from sandbox.providers.framework import TypeRule
from sandbox.providers.validators import any_of, arn, at_most, between, conflicts, matches, one_of

RULE = TypeRule(
    auto_name=None,
    defaults={"engineMode": "provisioned", "deleteAutomatedBackups": True},
    zeros={
        "skipFinalSnapshot": False,
        "copyTagsToSnapshot": False,
        "enableHttpEndpoint": False,
    },
    replaces={
        "availabilityZones",
        "clusterIdentifier",
        "clusterIdentifierPrefix",
        "databaseName",
        "dbSubnetGroupName",
        "dbSystemId",
        "engine",
        "engineMode",
        "kmsKeyId",
        "masterUsername",
        "replicationSourceIdentifier",
        "restoreToPointInTime",
        "snapshotIdentifier",
        "sourceRegion",
        "storageEncrypted",
    },
    computed={"serverlessv2ScalingConfiguration.secondsUntilAutoPause"},
    sets={
        "availabilityZones",
        "clusterMembers",
        "enabledCloudwatchLogsExports",
        "iamRoles",
        "vpcSecurityGroupIds",
    },
    secrets={"masterPassword", "masterPasswordWo"},
    write_only={"masterPasswordWo"},
    same={"engineVersion": same_version, "kmsKeyId": same_key},
    validators=(
        *identifier("clusterIdentifier"),
        at_most("backupRetentionPeriod", 35),
        backup_window("preferredBackupWindow"),
        maintenance_window("preferredMaintenanceWindow"),
        between("serverlessv2ScalingConfiguration.maxCapacity", 1, 256),
        between("serverlessv2ScalingConfiguration.minCapacity", 0, 256),
        arn("kmsKeyId"),
        one_of("engine", "aurora-mysql", "aurora-postgresql", "mysql", "postgres"),
        one_of("engineMode", "global", "multimaster", "parallelquery", "provisioned", "serverless"),
        one_of(
            "enabledCloudwatchLogsExports",
            *(
                "audit",
                "error",
                "general",
                "iam-db-auth-error",
                "instance",
                "postgresql",
                "slowquery",
                "upgrade",
            ),
        ),
        conflicts("masterPassword", "manageMasterUserPassword", "masterPasswordWo"),
        conflicts("clusterIdentifier", "clusterIdentifierPrefix"),
        matches(
            "finalSnapshotIdentifier",
            r"[0-9A-Za-z-]+",
            'only alphanumeric characters and hyphens allowed in "{name}"',
        ),
        any_of("engine", "globalClusterIdentifier", text="Missing required property 'engine'"),
    ),
)
