"""Databases are encrypted at rest with a customer key."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Item,
    Resource,
    Settings,
    Severity,
    accepts,
    refuses,
    undecided,
)

from ._keys import KEY_ARN, key_findings, spellings
from ._stores import RDS_CLUSTER, RDS_INSTANCE

ON = {"storageEncrypted": True}


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    props = resource.props
    # a replica in the region takes both from its source, which database-sources looks at
    replica = resource.type == RDS_INSTANCE and props.declared("replicateSourceDb")
    if not props.flag("storageEncrypted", absent=replica):
        yield Finding(
            f"storageEncrypted is {props.show('storageEncrypted')}, but storage must be encrypted",
            property="storageEncrypted",
        )
    if not replica or props.declared("kmsKeyId"):
        yield from key_findings(props, "kmsKeyId")


def database(kind: str, **props: bool | str | None) -> Item:
    return Item(kind, "db", {"storageEncrypted": True, "kmsKeyId": UNKNOWN, **props})


REPLICA: dict[str, str] = {"replicateSourceDb": "db-test"}

CONTROL = Control(
    id="database-customer-key",
    title="Databases are encrypted with a customer key",
    statement="Each Aurora cluster and RDS instance must have its storage encrypted with a "
    "customer-managed KMS key.",
    rationale="Encryption cannot be switched on later, backups and snapshots inherit it, and "
    "AWS leaves it off when nothing is said.",
    severity=Severity.CRITICAL,
    owner="platform engineering",
    subjects=(RDS_CLUSTER, RDS_INSTANCE),
    properties=("storageEncrypted", "kmsKeyId"),
    remediation="storage_encrypted=True, kms_key_id=rds_key.arn",
    levels=MANDATORY,
    waivable=False,
    check=check,
    scenarios=lambda: (
        *spellings(RDS_CLUSTER, "kmsKeyId", ON, "rds"),
        accepts("an encrypted instance", database(RDS_INSTANCE)),
        accepts("true as a text", database(RDS_CLUSTER, storageEncrypted="true")),
        accepts("a replica, like its source", Item(RDS_INSTANCE, "replica", REPLICA)),
        refuses("off, with a key", database(RDS_CLUSTER, storageEncrypted=False), says="is false"),
        refuses("left out", database(RDS_CLUSTER, storageEncrypted=None), says="is absent"),
        refuses(
            "a cluster that says it is a replica", Item(RDS_CLUSTER, "db", REPLICA), says="absent"
        ),
        refuses("off as a text", database(RDS_CLUSTER, storageEncrypted="false"), says="is false"),
        refuses(
            "a wrong type", database(RDS_CLUSTER, storageEncrypted="yes"), says="true or false"
        ),
        refuses(
            "an instance in clear", Item(RDS_INSTANCE, "db"), says="storageEncrypted is absent"
        ),
        refuses(
            "an instance under the AWS-managed key", Item(RDS_INSTANCE, "db", ON), says="kmsKeyId"
        ),
        refuses(
            "a restored cluster in clear",
            Item(RDS_CLUSTER, "db", {"snapshotIdentifier": "before", "kmsKeyId": KEY_ARN}),
            says="storageEncrypted is absent",
        ),
        refuses(
            "a replica in clear",
            Item(RDS_INSTANCE, "replica", {**REPLICA, "storageEncrypted": False}),
            says="is false",
        ),
        refuses(
            "a replica under an AWS-managed key",
            Item(RDS_INSTANCE, "replica", {**REPLICA, "kmsKeyId": "alias/aws/rds"}),
            says="an AWS-managed key",
        ),
        undecided(
            "encryption from an output",
            Item(RDS_CLUSTER, "db", {"storageEncrypted": UNKNOWN, "kmsKeyId": UNKNOWN}),
        ),
    ),
)
