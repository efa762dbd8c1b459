"""The stack's settings: the only reader of its configuration, valid before any resource exists."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
from components.cidr import is_private, size_mistake, subnet_mistakes
from components.names import longest_suffix
from limits import (
    CACHE_NODE_TYPES,
    CACHE_TABLE_DATE,
    CACHE_VERSIONS,
    DATA_CLASSES,
    LOG_DAYS,
    REFUSED_USERS,
    REGIONS,
    SHARD_METRICS,
    ZONES_OF_REGION,
)
from pulumi.runtime import config as stack_config
from reader import Reader


class SettingsError(pulumi.RunError):
    """Every mistake in the configuration, one a line; ends the program without a traceback."""


@dataclass(frozen=True)
class NetworkSettings:
    """Address ranges, and the zones they are spread over; `zones` is empty for AWS's choice."""

    vpc_cidr: str
    public_cidrs: tuple[str, ...]
    private_cidrs: tuple[str, ...]
    zone_count: int
    zones: tuple[str, ...]
    private_endpoints: bool


@dataclass(frozen=True)
class StreamSettings:
    """The stream; retention in hours."""

    shard_count: int
    retention_hours: int
    shard_metrics: tuple[str, ...]


@dataclass(frozen=True)
class SecretSettings:
    """Generated password and the secrets' life; recovery in days."""

    password_length: int
    recovery_days: int
    readers: tuple[str, ...]


@dataclass(frozen=True)
class DatabaseSettings:
    """The cluster; capacities in Aurora capacity units, retention in days."""

    engine_versions: tuple[str, ...]
    name: str
    username: str
    port: int
    min_capacity: float
    max_capacity: float
    instance_count: int
    backup_retention_days: int
    deletion_protection: bool


@dataclass(frozen=True)
class CacheSettings:
    """The replication group; retention in days."""

    engine_version: str
    node_type: str
    node_count: int
    port: int
    snapshot_retention_days: int


@dataclass(frozen=True)
class Settings:
    """All of a stack's settings, valid."""

    project: str
    suffix: str
    region: str
    extra_tags: Mapping[str, str]
    network: NetworkSettings
    key_deletion_days: int
    key_rotation_days: int
    stream: StreamSettings
    secrets: SecretSettings
    database: DatabaseSettings
    cache: CacheSettings
    log_days: int
    audit_log_days: int
    final_snapshots: bool
    protect: bool


def load() -> Settings:
    """The settings of the running stack.

    Raises:
        SettingsError: with a line for each mistake.
    """
    values = {**stack_config.get_config_env(), **stack_config.CONFIG.get()}
    return parse(pulumi.get_project(), pulumi.get_stack(), values)


def parse(project: str, stack: str, values: Mapping[str, str]) -> Settings:
    """The settings that a stack's configuration says.

    Args:
        project: Pulumi project, which is also the namespace of the keys.
        stack: Pulumi stack; its name is the suffix where none is configured.
        values: full key (`namespace:key`) to its text; lists are JSON.

    Raises:
        SettingsError: with a line for each mistake.
    """
    own = {
        key.partition(":")[2]: text for key, text in values.items() if key.startswith(f"{project}:")
    }
    reader = Reader(project, own)
    settings = Settings(
        project=project,
        suffix=_suffix(reader, own, stack),
        region=values.get("aws:region", ""),
        extra_tags=_extra_tags(reader),
        network=_network(reader, values.get("aws:region", "")),
        key_deletion_days=reader.integer("kmsDeletionWindowDays", 7, 30, "days"),
        key_rotation_days=reader.integer("kmsRotationDays", 90, 2560, "days"),
        stream=_stream(reader),
        secrets=_secrets(reader),
        database=_database(reader),
        cache=_cache(reader),
        log_days=reader.choice("logRetentionDays", LOG_DAYS, "days"),
        audit_log_days=reader.choice("auditLogRetentionDays", LOG_DAYS, "days"),
        final_snapshots=reader.boolean("finalSnapshots"),
        protect=reader.boolean("protectResources"),
    )
    reader.refuse_unknown()
    mistakes = [*_provider_mistakes(stack, values), *reader.mistakes]
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return settings


def _provider_mistakes(stack: str, values: Mapping[str, str]) -> list[str]:
    mistakes = []
    region = values.get("aws:region")
    if region not in REGIONS:
        mistakes.append(f"aws:region is {json.dumps(region)}: write {' or '.join(REGIONS)}")
    # The sandbox's stacks can reach no account. Any other must name its own, or the
    # credentials at hand would decide which account is changed.
    accounts = values.get("aws:allowedAccountIds", "[]")
    ids = re.fullmatch(r'\[\s*"\d{12}"(\s*,\s*"\d{12}")*\s*\]', accounts)
    if not ids and (stack.split("-", maxsplit=1)[0] != "sandbox" or accounts != "[]"):
        mistakes.append(
            f"aws:allowedAccountIds is {accounts}: write the 12-digit id of the account of stack "
            f"{stack}, with: pulumi config set --stack {stack} --path 'aws:allowedAccountIds[0]' ID"
        )
    return mistakes


def _suffix(reader: Reader, own: Mapping[str, str], stack: str) -> str:
    reader.text("environmentSuffix", "")
    suffix = own.get("environmentSuffix") or stack
    most, tightest = longest_suffix()
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", suffix):
        reader.refuse(
            "environmentSuffix",
            "write lower-case letters, digits and single hyphens between them",
            suffix,
        )
    elif len(suffix) > most:
        reader.refuse(
            "environmentSuffix",
            f"write at most {most} characters, it has {len(suffix)}: AWS allows the "
            f"{tightest.what} {tightest.stem}-{{suffix}} only {tightest.limit}",
            suffix,
        )
    return suffix


def _extra_tags(reader: Reader) -> Mapping[str, str]:
    owner = reader.text("owner", "write a team, in letters, digits and . _ @ -", r"[\w.@ -]{0,256}")
    data_class = reader.text(
        "dataClass",
        f"write one of {', '.join(DATA_CLASSES)}, or nothing",
        lambda value: value in {"", *DATA_CLASSES},
    )
    return {tag: value for tag, value in (("Owner", owner), ("DataClass", data_class)) if value}


def _network(reader: Reader, region: str) -> NetworkSettings:
    zone_count = reader.integer("availabilityZoneCount", 2, ZONES_OF_REGION, "zones")
    zones = reader.texts(
        "availabilityZones", f"write zones of the region, such as {region}a", rf"{region}[a-z]"
    )
    if zones and len(zones) != zone_count:
        reader.refuse(
            "availabilityZones", f"write {zone_count} zones (availabilityZoneCount), or none"
        )
    vpc_cidr = reader.text("vpcCidr", "write a network such as 10.0.0.0/16", _is_network)
    public = _subnets(reader, "publicSubnetCidrs", zone_count)
    private = _subnets(reader, "privateSubnetCidrs", zone_count)
    _check_layout(reader, vpc_cidr, {"publicSubnetCidrs": public, "privateSubnetCidrs": private})
    return NetworkSettings(
        vpc_cidr=vpc_cidr,
        public_cidrs=public,
        private_cidrs=private,
        zone_count=zone_count,
        zones=zones,
        private_endpoints=reader.boolean("privateEndpoints"),
    )


def _subnets(reader: Reader, key: str, zone_count: int) -> tuple[str, ...]:
    cidrs = reader.texts(key, "write networks such as 10.0.1.0/24", _is_network)
    if len(cidrs) != zone_count:
        reader.refuse(key, f"write {zone_count} networks, one a zone (availabilityZoneCount)")
    return cidrs


def _check_layout(reader: Reader, vpc_cidr: str, tiers: Mapping[str, tuple[str, ...]]) -> None:
    """The VPC's own size and space, then every subnet against it and against those before it."""
    if not _is_network(vpc_cidr):
        return
    vpc = IPv4Network(vpc_cidr)
    if not is_private(vpc):
        reader.refuse(
            "vpcCidr", "write a network inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"
        )
    if mistake := size_mistake(vpc):
        reader.refuse("vpcCidr", mistake)
    earlier: list[IPv4Network] = []
    for key, cidrs in tiers.items():
        for block in (IPv4Network(cidr) for cidr in cidrs if _is_network(cidr)):
            for mistake in subnet_mistakes(vpc, block, earlier):
                reader.refuse(key, mistake, str(block))
            earlier.append(block)


def _is_network(text: str) -> bool:
    try:
        return str(IPv4Network(text)) == text
    except ValueError:
        return False


def _stream(reader: Reader) -> StreamSettings:
    known = f"write names out of {', '.join(SHARD_METRICS)}"
    return StreamSettings(
        shard_count=reader.integer("streamShardCount", 1, 500, "shards"),
        retention_hours=reader.integer("streamRetentionHours", 24, 8760, "hours"),
        shard_metrics=reader.texts("streamShardMetrics", known, "|".join(SHARD_METRICS)),
    )


def _secrets(reader: Reader) -> SecretSettings:
    window = "write 0, or a whole number of days from 7 to 30"
    role = "write ARNs of roles or users, such as arn:aws:iam::111122223333:role/deploy"
    days = reader.text("secretRecoveryDays", window, r"0|[7-9]|[12]\d|30")
    return SecretSettings(
        password_length=reader.integer("passwordLength", 8, 128, "characters"),
        recovery_days=int(days) if days.isdecimal() else 0,
        readers=reader.texts(
            "secretReaders", role, r"arn:aws:iam::\d{12}:(role|user)/[\w+=,.@/-]+"
        ),
    )


def _database(reader: Reader) -> DatabaseSettings:
    versions = reader.texts(
        "databaseEngineVersions", "write versions such as 15.10", r"\d{2}\.\d{1,2}"
    )
    if len({version.split(".")[0] for version in versions}) > 1:
        reader.refuse("databaseEngineVersions", "write versions of one major only")
    if not versions:
        reader.refuse("databaseEngineVersions", "write at least one version")
    lowest = reader.capacity("databaseMinCapacity", 0.5, 256)
    highest = reader.capacity("databaseMaxCapacity", 1, 256)
    if lowest > highest:
        reader.refuse("databaseMinCapacity", f"write at most databaseMaxCapacity ({highest:g})")
    return DatabaseSettings(
        engine_versions=versions,
        name=reader.text(
            "databaseName",
            "write a lower-case letter, then up to 62 letters, digits or underscores",
            r"[a-z][a-z0-9_]{0,62}",
        ),
        username=reader.text(
            "databaseUsername",
            "write a lower-case letter, then up to 62 letters, digits or underscores, "
            f"and none of {', '.join(REFUSED_USERS)}",
            rf"(?!({'|'.join(REFUSED_USERS)})$)[a-z][a-z0-9_]{{0,62}}",
        ),
        port=reader.integer("databasePort", 1150, 65535, "port"),
        min_capacity=lowest,
        max_capacity=highest,
        instance_count=reader.integer("databaseInstanceCount", 1, 16, "instances"),
        backup_retention_days=reader.integer("databaseBackupRetentionDays", 1, 35, "days"),
        deletion_protection=reader.boolean("databaseDeletionProtection"),
    )


def _cache(reader: Reader) -> CacheSettings:
    dated = (
        f"(known to be creatable on {CACHE_TABLE_DATE}; newer ones are added in infra/limits.py)"
    )
    return CacheSettings(
        engine_version=reader.text(
            "cacheEngineVersion",
            f"write one of {', '.join(CACHE_VERSIONS)} {dated}",
            lambda value: value in CACHE_VERSIONS,
        ),
        node_type=reader.text(
            "cacheNodeType", f"write a node type such as cache.t3.micro {dated}", CACHE_NODE_TYPES
        ),
        node_count=reader.integer("cacheNodeCount", 2, 6, "nodes"),
        port=reader.integer("cachePort", 1024, 65535, "port"),
        snapshot_retention_days=reader.integer("cacheSnapshotRetentionDays", 1, 35, "days"),
    )
