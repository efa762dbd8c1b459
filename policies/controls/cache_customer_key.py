"""Caches are encrypted at rest with a customer key."""

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
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._keys import key_findings, spellings
from ._stores import CACHE_CLUSTER, MEMORYDB_CLUSTER, REPLICATION_GROUP, SERVERLESS_CACHE

ON = {"atRestEncryptionEnabled": True}
KEY = {
    REPLICATION_GROUP: "kmsKeyId",
    SERVERLESS_CACHE: "kmsKeyId",
    MEMORYDB_CLUSTER: "kmsKeyArn",
}


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if resource.type == CACHE_CLUSTER:
        if props.declared("replicationGroupId"):
            raise NotASubject("a member has the encryption of its replication group")
        yield Finding(
            "a cache cluster of its own cannot be encrypted at rest",
            fix="aws.elasticache.ReplicationGroup(..., at_rest_encryption_enabled=True, "
            "kms_key_id=cache_key.arn)",
        )
        return
    # serverless caches and MemoryDB are always encrypted; only the key is a choice
    encrypted = resource.type != REPLICATION_GROUP
    if not props.flag("atRestEncryptionEnabled", absent=encrypted):
        yield Finding(
            f"atRestEncryptionEnabled is {props.show('atRestEncryptionEnabled')}, "
            "but the cache must be encrypted at rest",
            property="atRestEncryptionEnabled",
        )
    yield from key_findings(props, KEY[resource.type])


CONTROL = Control(
    id="cache-customer-key",
    title="Caches are encrypted with a customer key",
    statement="Each Redis replication group, serverless cache and MemoryDB cluster must be "
    "encrypted at rest with a customer-managed KMS key; a cache that cannot be is refused.",
    rationale="Snapshots and swap hold what the cache holds; AWS leaves them in clear, or under "
    "a key without a policy of ours, when nothing is said.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=(REPLICATION_GROUP, SERVERLESS_CACHE, CACHE_CLUSTER, MEMORYDB_CLUSTER),
    properties=("atRestEncryptionEnabled", "kmsKeyId", "kmsKeyArn"),
    remediation="at_rest_encryption_enabled=True, kms_key_id=cache_key.arn",
    remedies={
        SERVERLESS_CACHE: "kms_key_id=cache_key.arn",
        MEMORYDB_CLUSTER: "kms_key_arn=cache_key.arn",
    },
    levels=MANDATORY,
    waivable=False,
    check=check,
    scenarios=lambda: (
        *spellings(REPLICATION_GROUP, "kmsKeyId", ON, "elasticache"),
        *spellings(SERVERLESS_CACHE, "kmsKeyId", {}, "elasticache"),
        *spellings(MEMORYDB_CLUSTER, "kmsKeyArn", {}, "memorydb"),
        accepts(
            "true as a text",
            Item(REPLICATION_GROUP, "r", {"atRestEncryptionEnabled": "true", "kmsKeyId": UNKNOWN}),
        ),
        refuses("left out", Item(REPLICATION_GROUP, "r", {"kmsKeyId": UNKNOWN}), says="is absent"),
        refuses(
            "off, with a key",
            Item(REPLICATION_GROUP, "r", {"atRestEncryptionEnabled": False, "kmsKeyId": UNKNOWN}),
            says="is false",
        ),
        refuses(
            "a wrong type",
            Item(REPLICATION_GROUP, "r", {"atRestEncryptionEnabled": 1.0, "kmsKeyId": UNKNOWN}),
            says="true or false",
        ),
        refuses("a cluster of its own", Item(CACHE_CLUSTER, "c"), says="cannot be encrypted"),
        ignores("a member of a group", Item(CACHE_CLUSTER, "c", {"replicationGroupId": "r-test"})),
        undecided(
            "encryption from an output",
            Item(REPLICATION_GROUP, "r", {"atRestEncryptionEnabled": UNKNOWN, "kmsKeyId": UNKNOWN}),
        ),
    ),
)
