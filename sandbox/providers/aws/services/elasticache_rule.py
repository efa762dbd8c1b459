"""ElastiCache: what a replication group is: defaults, what replaces it, what is refused."""

from __future__ import annotations

import re
from typing import Any

from sandbox.providers.aws.services.shared import same_key
from sandbox.providers.framework import AutoName, Inputs, Outputs, TypeRule
from sandbox.providers.validators import at_most, conflicts, matches, one_of, rule

LIMIT_DAYS = 35


def flag(value: Any) -> bool:
    """A flag that AWS, or the SDK, may have as text."""
    return str(value).lower() == "true"


def _availability(inputs: Inputs) -> str | None:
    if inputs.get("multiAzEnabled") and not inputs.get("automaticFailoverEnabled"):
        return "automatic_failover_enabled must be true if multi_az_enabled is true"
    return None


def _failover(inputs: Inputs) -> str | None:
    nodes = inputs.get("numCacheClusters")
    if inputs.get("automaticFailoverEnabled") and nodes is not None and nodes < 2:
        return '"num_cache_clusters": must be at least 2 if automatic_failover_enabled is true'
    return None


def _strategy(inputs: Inputs) -> str | None:
    if inputs.get("authTokenUpdateStrategy") in ("SET", "ROTATE") and not (
        inputs.get("authToken") or inputs.get("authTokenWo")
    ):
        return '"auth_token_update_strategy": "auth_token" must be specified'
    return None


def _before_transit_in_place(olds: Outputs, _news: Inputs) -> bool:
    """From 7.0.5 on, encryption in transit is switched without making the group anew."""
    parts = [int(part) for part in re.findall(r"\d+", str(olds.get("engineVersionActual") or "0"))]
    return tuple(parts) < (7, 0, 5)


def _downgrade(olds: Outputs, news: Inputs) -> bool:
    if (news.get("engine") or olds.get("engine")) != olds.get("engine"):
        return False
    old, new = (re.findall(r"\d+", str(one.get("engineVersion") or "0")) for one in (olds, news))
    return [int(part) for part in new] < [int(part) for part in old]


RULE = TypeRule(
    auto_name=AutoName("replicationGroupId", max_length=40, lower=True),
    zeros={"automaticFailoverEnabled": False, "multiAzEnabled": False},
    replaces={
        "atRestEncryptionEnabled",
        "dataTieringEnabled",
        "globalReplicationGroupId",
        "kmsKeyId",
        "networkType",
        "port",
        "replicationGroupId",
        "securityGroupNames",
        "snapshotArns",
        "snapshotName",
        "subnetGroupName",
    },
    replaces_if={
        "transitEncryptionEnabled": _before_transit_in_place,
        "engineVersion": _downgrade,
    },
    sets={
        "logDeliveryConfigurations",
        "memberClusters",
        "securityGroupIds",
        "securityGroupNames",
        "snapshotArns",
        "userGroupIds",
    },
    secrets={"authToken", "authTokenWo"},
    write_only={"authTokenWo"},
    same={
        "kmsKeyId": same_key,
        "engineVersion": lambda old, new: (
            old == new or (new.endswith(".x") and old.startswith(new[:-1]))
        ),
        "autoMinorVersionUpgrade": lambda old, new: flag(old) == flag(new),
        "maintenanceWindow": lambda old, new: str(old).lower() == str(new).lower(),
        "replicationGroupId": lambda old, new: str(old).lower() == str(new).lower(),
    },
    validators=(
        matches(
            "authToken",
            r'[^@"/\x00-\x20\x7f-\U0010ffff]{16,128}',
            '"{name}" must contain from 16 to 128 alphanumeric characters or symbols '
            '(excluding @, ", and /)',
        ),
        one_of("engine", "redis", "valkey"),
        matches(
            "engineVersion",
            r"[1-5](\.\d+){2}|6\.x|([6-9]|\d{2,})\.\d+",
            "expected {name} to match <major>.<minor>.<patch> for Redis before v6. "
            'For Redis v6 or higher, use <major>.<minor>. Got "{value}"',
        ),
        at_most("snapshotRetentionLimit", LIMIT_DAYS),
        matches(
            "replicationGroupId",
            r"(?!.*--)[A-Za-z][0-9A-Za-z-]{0,39}(?<!-)",
            '"{name}" must have 1 to 40 letters, digits and hyphens, begin with a letter, and '
            'have no two hyphens in a row and none at the end, got "{value}"',
        ),
        one_of("transitEncryptionMode", "preferred", "required"),
        conflicts("authToken", "userGroupIds"),
        conflicts("numCacheClusters", "numNodeGroups"),
        conflicts("numCacheClusters", "replicasPerNodeGroup"),
    ),
    plan_validators=(
        rule(_availability, "multiAzEnabled", "automaticFailoverEnabled"),
        rule(_failover, "automaticFailoverEnabled", "numCacheClusters"),
        rule(_strategy, "authToken", "authTokenWo", "authTokenUpdateStrategy"),
    ),
)
