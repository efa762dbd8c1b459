"""Nobody but named principals may write to log groups through a resource policy."""

from __future__ import annotations

from collections.abc import Iterator

from core import MANDATORY, Control, Finding, Resource, Settings, Severity

from ._policy import public_findings, statements
from ._policy_scenarios import closed
from ._types import LOG_POLICY

KEY = "policyDocument"


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    yield from public_findings(resource.props, KEY, statements(resource.props, KEY))


CONTROL = Control(
    id="log-policy-closed",
    title="Log resource policies let in named principals only",
    statement="No CloudWatch Logs resource policy may let everybody in.",
    rationale="Whoever may write to a log can bury what it should show.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=(LOG_POLICY,),
    properties=(KEY,),
    remediation='"Principal": {"Service": "es.amazonaws.com"}',
    levels=MANDATORY,
    waivable=False,
    check=check,
    scenarios=lambda: tuple(closed(LOG_POLICY, KEY, {"policyName": "logs-test"})),
)
