"""Topics and queues are encrypted with a customer key."""

from __future__ import annotations

from collections.abc import Iterator

from core import MANDATORY, Control, Finding, Item, Resource, Settings, Severity, refuses

from ._keys import key_findings, spellings
from ._types import QUEUE, TOPIC

KEY = "kmsMasterKeyId"


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    yield from key_findings(resource.props, KEY)


CONTROL = Control(
    id="message-customer-key",
    title="Topics and queues are encrypted with a customer key",
    statement="Each SNS topic and SQS queue must be encrypted with a customer-managed KMS key.",
    rationale="Messages carry readings and alarms out of the stores; without a key of ours they "
    "leave the protection that the stores give them.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(TOPIC, QUEUE),
    properties=(KEY,),
    remediation="kms_master_key_id=messages_key.arn",
    levels=MANDATORY,
    waivable=False,
    check=check,
    scenarios=lambda: (
        *spellings(TOPIC, KEY, {}, "sns"),
        *spellings(QUEUE, KEY, {}, "sqs"),
        refuses(
            "a queue under SQS's own encryption",
            Item(QUEUE, "q", {"sqsManagedSseEnabled": True}),
            says="is absent",
        ),
    ),
)
