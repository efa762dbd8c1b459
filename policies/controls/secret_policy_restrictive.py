"""In production a secret's policy denies everybody but its readers."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    UNKNOWN,
    Control,
    Finding,
    Level,
    Resource,
    Scenario,
    Settings,
    Severity,
    Stack,
)

from ._attached import attached
from ._policy import Statement, statements
from ._types import SECRET, SECRET_POLICY

READ = "secretsmanager:getsecretvalue"
_UNLESS = ("arnnotequals", "arnnotlike", "stringnotequals", "stringnotlike")


def stack_check(secret: Resource, stack: Stack, _settings: Settings) -> Iterator[Finding]:
    left_out = secret.props.raw("policy") is UNKNOWN and not stack.sources(secret, "policy")
    found = [] if left_out else statements(secret.props, "policy")
    for other in attached(stack, SECRET_POLICY, "secretArn", SECRET).get(secret.urn, ()):
        found += statements(other.props, "policy")
    if not any(_restricts(s) for s in found):
        yield Finding(
            "no policy of the secret denies GetSecretValue to all but its readers", "policy"
        )


def _restricts(statement: Statement) -> bool:
    """True for a Deny of reading, to everybody, unless the caller is one of those named."""
    if statement.allow or statement.not_resource or not statement.grants(READ):
        return False
    named = [name for _, name in statement.principals]
    if statement.not_principal:
        return bool(named) and "*" not in named and not statement.condition
    if named != ["*"] or len(statement.condition) != 1:  # a second condition narrows the denial
        return False
    operator, key, readers = statement.condition[0]
    unless = operator.removesuffix("ifexists") in _UNLESS
    return (
        unless and key == "aws:principalarn" and bool(readers) and not any(_any(r) for r in readers)
    )


def _any(reader: str) -> bool:
    return reader.strip("*?") == "" or "::*:" in reader or reader.endswith((":*", "/*"))


def scenarios() -> tuple[Scenario, ...]:
    from . import _restrictive_scenarios as example

    return example.SCENARIOS


CONTROL = Control(
    id="secret-policy-restrictive",
    title="Secrets are denied to all but their readers",
    statement="In production each secret must have a policy that denies GetSecretValue to every "
    "principal but the named ones.",
    rationale="A denial holds against every permission that is given elsewhere by mistake.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(SECRET,),
    properties=("policy",),
    remediation='{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", '
    '"Resource": "*", "Condition": {"ArnNotEquals": {"aws:PrincipalArn": [role_arn]}}}',
    levels={"baseline": Level.OFF, "production": Level.MANDATORY},
    stack_check=stack_check,
    scenarios=scenarios,
)
