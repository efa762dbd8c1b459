"""Kinesis streams are encrypted with a customer key."""

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
    refuses,
    undecided,
)

from ._keys import key_findings, spellings
from ._types import STREAM

KMS = {"encryptionType": "KMS"}


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    props = resource.props
    # the provider takes "kms" as well, and then leaves the stream in clear
    if props.text("encryptionType", absent="") != "KMS":
        yield Finding(
            f"encryptionType is {props.show('encryptionType')}, but it must be KMS",
            property="encryptionType",
        )
    yield from key_findings(props, "kmsKeyId")


CONTROL = Control(
    id="stream-customer-key",
    title="Kinesis streams are encrypted with a customer key",
    statement="Each Kinesis stream must be encrypted at rest with a customer-managed KMS key.",
    rationale="Only a customer key has a policy, a rotation and a log of use that are ours; "
    "the AWS-managed key is open to every principal of the account that may use Kinesis.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=(STREAM,),
    properties=("encryptionType", "kmsKeyId"),
    remediation='encryption_type="KMS", kms_key_id=kinesis_key.arn',
    levels=MANDATORY,
    waivable=False,
    check=check,
    scenarios=lambda: (
        *spellings(STREAM, "kmsKeyId", KMS, "kinesis"),
        refuses("no encryption", Item(STREAM, "s", {"kmsKeyId": UNKNOWN}), says="is absent"),
        refuses(
            "encryption NONE with a key",
            Item(STREAM, "s", {"encryptionType": "NONE", "kmsKeyId": UNKNOWN}),
            says="is NONE",
        ),
        refuses(
            "KMS in small letters, which the provider ignores",
            Item(STREAM, "s", {"encryptionType": "kms", "kmsKeyId": UNKNOWN}),
            says="is kms",
        ),
        refuses(
            "encryption as a truth",
            Item(STREAM, "s", {"encryptionType": True, "kmsKeyId": UNKNOWN}),
            says="must be a text",
        ),
        undecided(
            "encryption from an output",
            Item(STREAM, "s", {"encryptionType": UNKNOWN, "kmsKeyId": UNKNOWN}),
        ),
    ),
)
