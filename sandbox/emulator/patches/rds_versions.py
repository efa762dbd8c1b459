"""RDS: the versions of Aurora PostgreSQL that AWS creates, and the classes it offers for them.

The list is AWS's of late 2026 (all regions retire versions together). SANDBOX_AURORA_15_4=1 brings
15.4 back, which AWS no longer creates: a program that prefers it can be shown both ways.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from moto.core.responses import ActionResult, PaginatedResult
from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.responses import RDSResponse

from sandbox.emulator.patches.patch import adds

ENGINE = "aurora-postgresql"
LOG_TYPES = ("iam-db-auth-error", "instance", "postgresql")
CREATABLE = (
    *("15.10", "15.12", "15.13", "15.14", "15.15", "15.17"),
    *("16.4", "16.6", "16.8", "16.9", "16.10", "16.11", "16.13"),
    *("17.4", "17.5", "17.6", "17.7", "17.9"),
)
RETIRED = ("15.2", "15.3", "15.4", "15.5", "15.6", "15.7", "15.8")
DEFAULT = "16.8"
SIZES = ("large", "xlarge", "2xlarge")
CLASSES = (
    *("db.serverless", "db.t4g.medium", "db.t4g.large"),
    *(f"db.{family}.{size}" for family in ("r6g", "r7g", "r8g") for size in SIZES),
)


def order(version: str) -> tuple[int, ...]:
    """Versions sort by their numbers: 15.10 is newer than 15.4."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def creatable() -> tuple[str, ...]:
    """The versions that a new cluster may have, oldest first."""
    added = ("15.4",) if os.environ.get("SANDBOX_AURORA_15_4") == "1" else ()
    return tuple(sorted((*CREATABLE, *added), key=order))


def family(version: str) -> str:
    """The family of parameter groups of a version."""
    return f"{ENGINE}{version.split('.', maxsplit=1)[0]}"


def choose(version: str | None) -> str:
    """The full version for what a cluster asks for: a full one, a major one, or none."""
    if version is None:
        return DEFAULT
    if version in creatable():
        return version
    if "." not in version:
        of_major = [known for known in creatable() if known.split(".", 1)[0] == version]
        if of_major:
            return of_major[-1]
    raise InvalidParameterCombination(f"Cannot find version {version} for {ENGINE}")


def _version(version: str, status: str) -> dict[str, Any]:
    major = version.split(".", 1)[0]
    return {
        "Engine": ENGINE,
        "EngineVersion": version,
        "MajorEngineVersion": major,
        "DBParameterGroupFamily": family(version),
        "DBEngineDescription": "Aurora (PostgreSQL Compatible)",
        "DBEngineVersionDescription": f"Aurora PostgreSQL (Compatible with PostgreSQL {version})",
        "Status": status,
        "ValidUpgradeTarget": [
            {
                "Engine": ENGINE,
                "EngineVersion": target,
                "Description": f"Aurora PostgreSQL (Compatible with PostgreSQL {target})",
                "AutoUpgrade": False,
                "IsMajorVersionUpgrade": target.split(".", 1)[0] != major,
            }
            for target in creatable()
            if order(target) > order(version)
        ],
        "ExportableLogTypes": list(LOG_TYPES),
        "SupportsLogExportsToCloudwatchLogs": True,
        "SupportsReadReplica": False,
        "SupportedEngineModes": ["provisioned"],
        "SupportedFeatureNames": ["Comprehend", "Lambda", "S3Import", "s3Export", "SageMaker"],
        "SupportsParallelQuery": False,
        "SupportsGlobalDatabases": True,
        "SupportsBabelfish": True,
        "SupportsLimitlessDatabase": False,
        "SupportsLocalWriteForwarding": order(version) >= (16, 4),
        "SupportsCertificateRotationWithoutRestart": True,
        "SupportedCACertificateIdentifiers": [
            "rds-ca-rsa2048-g1",
            "rds-ca-rsa4096-g1",
            "rds-ca-ecc384-g1",
        ],
        "ServerlessV2FeaturesSupport": {
            "MinCapacity": 0.0 if order(version) >= (15, 7) else 0.5,
            "MaxCapacity": 256.0,
        },
    }


def _filters(response: Any) -> dict[str, list[str]]:
    return {one["Name"]: list(one["Values"]) for one in response.params.get("Filters", [])}


@adds(RDSResponse, "describe_db_engine_versions", "DescribeDBEngineVersions is not there")
def describe_db_engine_versions(self: Any) -> ActionResult:
    params, filters = self.params, _filters(self)
    asked, found = params.get("EngineVersion"), []
    shown = [(version, "available") for version in creatable()]
    if params.get("IncludeAll"):
        shown += [(version, "deprecated") for version in RETIRED if version not in creatable()]
    for version, status in sorted(shown, key=lambda one: order(one[0])):
        row = _version(version, status)
        matches = (
            params.get("Engine") in (None, ENGINE)
            and (not asked or version == asked or version.startswith(f"{asked}."))
            and params.get("DBParameterGroupFamily") in (None, row["DBParameterGroupFamily"])
            and status in filters.get("status", [status])
            and ENGINE in filters.get("engine", [ENGINE])
            and version in filters.get("engine-version", [version])
            and "provisioned" in filters.get("engine-mode", ["provisioned"])
            and row["DBParameterGroupFamily"]
            in filters.get("db-parameter-group-family", [row["DBParameterGroupFamily"]])
        )
        if matches:
            found.append(row)
    if params.get("DefaultOnly"):
        found = [row for row in found if row["EngineVersion"] == DEFAULT] or found[-1:]
    return PaginatedResult({"DBEngineVersions": found})


def _options(
    engine_version: str | None, wanted_class: str | None, zones: list[str]
) -> Iterator[dict[str, Any]]:
    for version in creatable():
        for name in CLASSES:
            if engine_version in (None, version) and wanted_class in (None, name):
                yield {
                    "Engine": ENGINE,
                    "EngineVersion": version,
                    "DBInstanceClass": name,
                    "LicenseModel": "postgresql-license",
                    "AvailabilityZones": [{"Name": zone} for zone in zones],
                    "MultiAZCapable": False,
                    "ReadReplicaCapable": False,
                    "Vpc": True,
                    "SupportsStorageEncryption": True,
                    "StorageType": "aurora",
                    "SupportsIops": False,
                    "SupportsEnhancedMonitoring": True,
                    "SupportsIAMDatabaseAuthentication": True,
                    "SupportsPerformanceInsights": True,
                    "AvailableProcessorFeatures": [],
                    "SupportedEngineModes": ["provisioned"],
                    "SupportsStorageAutoscaling": False,
                    "SupportsKerberosAuthentication": True,
                    "OutpostCapable": False,
                    "SupportedActivityStreamModes": ["async", "sync"],
                    "SupportsGlobalDatabases": True,
                    "SupportsClusters": True,
                    "SupportedNetworkTypes": ["IPV4", "DUAL"],
                }


@adds(
    RDSResponse,
    "describe_orderable_db_instance_options",
    "db.serverless and current versions are never offered",
)
def describe_orderable_db_instance_options(self: Any) -> ActionResult:
    params = self.params
    wrong = params.get("Engine") != ENGINE or params.get("LicenseModel") not in (
        None,
        "postgresql-license",
    )
    zones = [f"{self.region}{letter}" for letter in "abc"]
    found = (
        []
        if wrong
        else list(_options(params.get("EngineVersion"), params.get("DBInstanceClass"), zones))
    )
    return PaginatedResult({"OrderableDBInstanceOptions": found})
