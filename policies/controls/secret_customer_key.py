"""Secrets are encrypted with a customer key, in every region they are kept in."""

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
    Value,
    accepts,
    refuses,
    undecided,
)

from ._keys import KEY_ARN, key_findings, spellings
from ._types import SECRET


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    yield from key_findings(resource.props, "kmsKeyId")
    for replica in resource.props.blocks("replicas"):
        yield from key_findings(replica, "kmsKeyId")


def replicas(value: Value) -> Item:
    return Item(SECRET, "secret", {"kmsKeyId": UNKNOWN, "replicas": value})


CONTROL = Control(
    id="secret-customer-key",
    title="Secrets are encrypted with a customer key",
    statement="Each secret, and each replica of it, must be encrypted with a customer-managed "
    "KMS key.",
    rationale="Whoever may decrypt with the key may read the secret: the AWS-managed key lets "
    "every principal with GetSecretValue do so, a customer key's policy does not.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=(SECRET,),
    properties=("kmsKeyId", "replicas"),
    remediation="kms_key_id=secrets_key.arn",
    levels=MANDATORY,
    waivable=False,
    check=check,
    scenarios=lambda: (
        *spellings(SECRET, "kmsKeyId", {}, "secretsmanager"),
        accepts("no replica", replicas([])),
        accepts("a replica under a key", replicas([{"region": "x", "kmsKeyId": KEY_ARN}])),
        refuses(
            "a replica under AWS's key",
            replicas([{"region": "x"}]),
            says="replicas[0].kmsKeyId is absent",
        ),
        refuses(
            "a second replica under AWS's key, by alias",
            replicas([{"kmsKeyId": KEY_ARN}, {"kmsKeyId": "alias/aws/secretsmanager"}]),
            says="replicas[1].kmsKeyId is alias/aws",
        ),
        refuses("replicas of a wrong kind", replicas("us-east-1"), says="must be a list"),
        undecided("replicas from an output", replicas(UNKNOWN)),
    ),
)
