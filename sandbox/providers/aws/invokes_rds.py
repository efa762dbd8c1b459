"""What RDS offers: engine versions and instance classes that can be created now."""

from __future__ import annotations

import re
from typing import Any

from sandbox.providers.framework import Clients, Inputs, Outputs, ProviderError

FLAGS = {
    "readReplicaCapable": "ReadReplicaCapable",
    "supportsClusters": "SupportsClusters",
    "supportsEnhancedMonitoring": "SupportsEnhancedMonitoring",
    "supportsGlobalDatabases": "SupportsGlobalDatabases",
    "supportsIamDatabaseAuthentication": "SupportsIAMDatabaseAuthentication",
    "supportsIops": "SupportsIops",
    "supportsKerberosAuthentication": "SupportsKerberosAuthentication",
    "supportsMultiAz": "MultiAZCapable",
    "supportsPerformanceInsights": "SupportsPerformanceInsights",
    "supportsStorageAutoscaling": "SupportsStorageAutoscaling",
    "supportsStorageEncryption": "SupportsStorageEncryption",
    "vpc": "Vpc",
}


def engine_version(aws: Clients, inputs: Inputs) -> Outputs:
    """aws.rds.getEngineVersion: the first preferred version, the latest, or the default."""
    asked: dict[str, Any] = {"Engine": inputs["engine"]}
    asked["Filters"] = [
        {"Name": item["name"], "Values": item["values"]} for item in inputs.get("filters") or []
    ]
    if inputs.get("version"):
        asked["EngineVersion"] = inputs["version"]
    if inputs.get("parameterGroupFamily"):
        asked["DBParameterGroupFamily"] = inputs["parameterGroupFamily"]
    criteria = (
        "version",
        "preferredVersions",
        "preferredUpgradeTargets",
        "preferredMajorTargets",
        "latest",
        "filters",
    )
    if inputs.get("defaultOnly") or not any(inputs.get(name) for name in criteria):
        asked["DefaultOnly"] = True
    pages = aws.rds.get_paginator("describe_db_engine_versions").paginate(**asked)
    found = [item for page in pages for item in page["DBEngineVersions"]]
    if not inputs.get("includeAll"):
        found = [item for item in found if item.get("Status", "available") == "available"]
    found = _preferring(found, inputs)
    if not found:
        wanted = ", ".join(
            inputs.get("preferredVersions") or [inputs.get("version") or "any version"]
        )
        raise ProviderError(
            f"no RDS engine versions match the criteria: {inputs['engine']} {wanted}"
        )
    if len(found) > 1:
        if not inputs.get("latest"):
            names = [item["EngineVersion"] for item in found]
            raise ProviderError(
                f"multiple RDS engine versions ({', '.join(names)}) match the criteria; "
                "set latest=True"
            )
        found = [max(found, key=lambda item: _number(item["EngineVersion"]))]
    return _described(found[0], inputs, aws.region)


def orderable_db_instance(aws: Clients, inputs: Inputs) -> Outputs:
    """aws.rds.getOrderableDbInstance: the first preferred class that can be ordered."""
    asked: dict[str, Any] = {"Engine": inputs["engine"]}
    if inputs.get("engineVersion"):
        asked["EngineVersion"] = inputs["engineVersion"]
    if inputs.get("instanceClass"):
        asked["DBInstanceClass"] = inputs["instanceClass"]
    if inputs.get("licenseModel"):
        asked["LicenseModel"] = inputs["licenseModel"]
    if "vpc" in inputs:
        asked["Vpc"] = inputs["vpc"]
    pages = aws.rds.get_paginator("describe_orderable_db_instance_options").paginate(**asked)
    found = [item for page in pages for item in page["OrderableDBInstanceOptions"]]
    for name, key in FLAGS.items():
        if name in inputs:
            found = [item for item in found if item.get(key, False) == inputs[name]]
    if inputs.get("storageType"):
        found = [item for item in found if item.get("StorageType") == inputs["storageType"]]
    if modes := inputs.get("supportedEngineModes"):
        found = [item for item in found if set(modes) & set(item.get("SupportedEngineModes") or [])]
    found = _first(found, inputs.get("preferredEngineVersions"), "EngineVersion")
    found = _first(found, inputs.get("preferredInstanceClasses"), "DBInstanceClass")
    if not found:
        raise ProviderError(
            "no RDS DB Instance Classes match the criteria: "
            f"{inputs['engine']} {inputs.get('instanceClass', '')}"
        )
    if inputs.get("engineLatestVersion"):
        found = [max(found, key=lambda item: _number(item["EngineVersion"]))]
    if (
        len(
            {
                (item["DBInstanceClass"], item["EngineVersion"], item.get("StorageType"))
                for item in found
            }
        )
        > 1
    ):
        raise ProviderError(
            "multiple RDS DB Instance Classes match the criteria; try a different search"
        )
    return _option(found[0], inputs, aws.region)


def _preferring(found: list[dict[str, Any]], inputs: Inputs) -> list[dict[str, Any]]:
    """Narrow versions down by the ordered lists of the inputs."""
    found = _first(
        found, inputs.get("preferredVersions"), "EngineVersion", latest=bool(inputs.get("latest"))
    )
    for name, major in (("preferredUpgradeTargets", None), ("preferredMajorTargets", True)):
        for wanted in inputs.get(name) or []:
            matching = [item for item in found if _upgrades(item, wanted, major)]
            if matching:
                found = matching
                break
        else:
            found = [] if inputs.get(name) else found
    for name, major in (("hasMajorTarget", True), ("hasMinorTarget", False)):
        if inputs.get(name):
            found = [
                item
                for item in found
                if any(t.get("IsMajorVersionUpgrade") == major for t in _targets(item))
            ]
    return found


def _first(
    found: list[dict[str, Any]], preferred: list[str] | None, key: str, *, latest: bool = False
) -> list[dict[str, Any]]:
    """The items of the first preferred value that has any; of all preferred values if `latest`."""
    if not preferred:
        return found
    if latest:
        return [item for item in found if item[key] in preferred]
    for wanted in preferred:
        if matching := [item for item in found if item[key] == wanted]:
            return matching
    return []


def _targets(item: dict[str, Any]) -> list[dict[str, Any]]:
    return item.get("ValidUpgradeTarget") or []


def _upgrades(item: dict[str, Any], wanted: str, major: bool | None) -> bool:
    return any(
        target["EngineVersion"] == wanted
        and (major is None or target.get("IsMajorVersionUpgrade") == major)
        for target in _targets(item)
    )


def _number(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def _described(item: dict[str, Any], inputs: Inputs, region: str) -> Outputs:
    targets = _targets(item)
    version = item["EngineVersion"]
    return {
        **inputs,
        "id": version,
        "region": region,
        "version": version,
        "versionActual": version,
        "versionDescription": item.get("DBEngineVersionDescription")
        or f"{item['Engine']} {version}",
        "engine": item["Engine"],
        "engineDescription": item.get("DBEngineDescription") or "",
        "parameterGroupFamily": item.get("DBParameterGroupFamily") or "",
        "defaultCharacterSet": "",
        "status": item.get("Status") or "available",
        "exportableLogTypes": item.get("ExportableLogTypes") or [],
        "supportedCharacterSets": [],
        "supportedFeatureNames": item.get("SupportedFeatureNames") or [],
        "supportedModes": item.get("SupportedEngineModes") or ["provisioned"],
        "supportedTimezones": [],
        "supportsCertificateRotationWithoutRestart": bool(
            item.get("SupportsCertificateRotationWithoutRestart")
        ),
        "supportsGlobalDatabases": bool(item.get("SupportsGlobalDatabases")),
        "supportsIntegrations": bool(item.get("SupportsIntegrations")),
        "supportsLimitlessDatabase": False,
        "supportsLocalWriteForwarding": bool(item.get("SupportsLocalWriteForwarding")),
        "supportsLogExportsToCloudwatch": bool(item.get("SupportsLogExportsToCloudwatchLogs")),
        "supportsParallelQuery": bool(item.get("SupportsParallelQuery")),
        "supportsReadReplica": bool(item.get("SupportsReadReplica")),
        "validMajorTargets": [
            t["EngineVersion"] for t in targets if t.get("IsMajorVersionUpgrade")
        ],
        "validMinorTargets": [
            t["EngineVersion"] for t in targets if not t.get("IsMajorVersionUpgrade")
        ],
        "validUpgradeTargets": [t["EngineVersion"] for t in targets],
    }


def _option(item: dict[str, Any], inputs: Inputs, region: str) -> Outputs:
    flags = {name: bool(item.get(key)) for name, key in FLAGS.items()}
    return {
        **inputs,
        **flags,
        "id": item["DBInstanceClass"],
        "region": region,
        "instanceClass": item["DBInstanceClass"],
        "engine": item["Engine"],
        "engineVersion": item["EngineVersion"],
        "licenseModel": item.get("LicenseModel") or "",
        "storageType": item.get("StorageType") or "",
        "availabilityZoneGroup": item.get("AvailabilityZoneGroup") or "",
        "availabilityZones": [zone["Name"] for zone in item.get("AvailabilityZones") or []],
        "multiAzCapable": bool(item.get("MultiAZCapable")),
        "outpostCapable": bool(item.get("OutpostCapable")),
        "supportedEngineModes": item.get("SupportedEngineModes") or [],
        "supportedNetworkTypes": item.get("SupportedNetworkTypes") or [],
        **dict.fromkeys(
            ("maxIopsPerDbInstance", "maxStorageSize", "minIopsPerDbInstance", "minStorageSize"), 0
        ),
        **dict.fromkeys(("maxIopsPerGib", "minIopsPerGib"), 0.0),
    }
