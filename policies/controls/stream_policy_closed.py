"""Nobody but named principals may read or write a stream."""

from __future__ import annotations

from collections.abc import Iterator

from core import MANDATORY, UNKNOWN, Control, Finding, Resource, Settings, Severity

from ._policy import public_findings, statements
from ._policy_scenarios import closed
from ._types import STREAM_POLICY


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    yield from public_findings(resource.props, "policy", statements(resource.props, "policy"))


CONTROL = Control(
    id="stream-policy-closed",
    title="Stream policies let in named principals only",
    statement="No resource policy of a Kinesis stream or consumer may let everybody in.",
    rationale="A resource policy opens the stream past the account's own permissions.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=(STREAM_POLICY,),
    properties=("policy",),
    remediation='no aws.kinesis.ResourcePolicy, or "Principal": {"AWS": role_arn}',
    levels=MANDATORY,
    waivable=False,
    check=check,
    scenarios=lambda: tuple(closed(STREAM_POLICY, "policy", {"resourceArn": UNKNOWN})),
)
