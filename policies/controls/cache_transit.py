"""Caches take encrypted connections only."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Item,
    NotASubject,
    Resource,
    Settings,
    Severity,
    Value,
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._stores import CACHE_CLUSTER, MEMORYDB_CLUSTER, REPLICATION_GROUP

ENABLED, MODE = "transitEncryptionEnabled", "transitEncryptionMode"


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if resource.type == CACHE_CLUSTER and props.declared("replicationGroupId"):
        raise NotASubject("a member has the connections of its replication group")
    # MemoryDB encrypts when nothing is said, ElastiCache does not
    memorydb = resource.type == MEMORYDB_CLUSTER
    key = "tlsEnabled" if memorydb else ENABLED
    if not props.flag(key, absent=memorydb):
        yield Finding(
            f"{key} is {props.show(key)}, but connections must be encrypted",
            property=key,
            fix="tls_enabled=True" if memorydb else "",
        )
    # Left out, AWS makes a group whose connections are encrypted with "required"; "preferred" is
    # the migration mode that still takes clear text.
    if props.text(MODE, absent="required") != "required":
        yield Finding(
            f"{MODE} is {props.show(MODE)}, which takes connections in clear; it must be required",
            property=MODE,
        )


def group(**props: Value) -> Item:
    return Item(REPLICATION_GROUP, "redis", props)


ON: dict[str, Value] = {ENABLED: True}

CONTROL = Control(
    id="cache-transit",
    title="Redis requires encrypted connections",
    statement="Each cache must have encryption in transit on, and required, not preferred.",
    rationale="Telemetry and the AUTH token cross the network; with the mode preferred, a client "
    "that forgets TLS sends both in clear.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=(REPLICATION_GROUP, CACHE_CLUSTER, MEMORYDB_CLUSTER),
    properties=(ENABLED, MODE, "tlsEnabled"),
    remediation='transit_encryption_enabled=True, transit_encryption_mode="required"',
    remedies={
        CACHE_CLUSTER: "aws.elasticache.ReplicationGroup(..., transit_encryption_enabled=True, "
        'transit_encryption_mode="required")',
        MEMORYDB_CLUSTER: "tls_enabled=True",
    },
    levels=MANDATORY,
    check=check,
    scenarios=lambda: (
        accepts("on and required", group(**ON, transitEncryptionMode="required")),
        accepts("on, the mode left to AWS: required", group(**ON)),
        accepts("on as a text", group(transitEncryptionEnabled="true")),
        accepts("MemoryDB, encrypted by itself", Item(MEMORYDB_CLUSTER, "m")),
        accepts("memcached with encryption", Item(CACHE_CLUSTER, "c", ON)),
        refuses("left out", group(), says="is absent"),
        refuses("off", group(transitEncryptionEnabled=False), says="is false"),
        refuses("off but required", group(transitEncryptionMode="required"), says="is absent"),
        refuses("a wrong type", group(transitEncryptionEnabled="yes"), says="true or false"),
        refuses("preferred", group(**ON, transitEncryptionMode="preferred"), says="is preferred"),
        refuses("an empty mode", group(**ON, transitEncryptionMode=""), says="must be required"),
        refuses("another casing", group(**ON, transitEncryptionMode="Preferred"), says="Preferred"),
        refuses("a mode of a wrong kind", group(**ON, transitEncryptionMode=True), says="a text"),
        refuses("a cluster in clear", Item(CACHE_CLUSTER, "c"), says="is absent"),
        refuses("with its own id, in clear", group(replicationGroupId="r-test"), says="is absent"),
        refuses(
            "MemoryDB in clear", Item(MEMORYDB_CLUSTER, "m", {"tlsEnabled": False}), says="is false"
        ),
        undecided("encryption from an output", group(transitEncryptionEnabled=UNKNOWN)),
        undecided("a mode from an output", group(**ON, transitEncryptionMode=UNKNOWN)),
        ignores("a member of a group", Item(CACHE_CLUSTER, "c", {"replicationGroupId": "r-test"})),
    ),
)
