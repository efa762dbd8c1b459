"""Log groups are encrypted with a customer key."""

from __future__ import annotations

from collections.abc import Iterator

from core import MANDATORY, Control, Finding, Resource, Settings, Severity

from ._keys import key_findings, spellings
from ._types import LOG_GROUP


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    yield from key_findings(resource.props, "kmsKeyId")


CONTROL = Control(
    id="log-customer-key",
    title="Log groups are encrypted with a customer key",
    statement="Each CloudWatch log group must be encrypted with a customer-managed KMS key.",
    rationale="Database logs hold statements and addresses, flow logs hold who speaks to whom; "
    "without a key of ours anybody with read access to the logs reads them.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(LOG_GROUP,),
    properties=("kmsKeyId",),
    remediation="kms_key_id=logs_key.arn",
    levels=MANDATORY,
    waivable=False,
    check=check,
    scenarios=lambda: tuple(spellings(LOG_GROUP, "kmsKeyId", {}, "logs")),
)
