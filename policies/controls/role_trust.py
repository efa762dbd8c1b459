"""Roles are taken by services and by our own principals only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core import (
    MANDATORY,
    Control,
    Finding,
    Resource,
    Scenario,
    Settings,
    Severity,
)

from ._policy import Statement, public_findings, statements
from ._types import ROLE

KEY = "assumeRolePolicy"


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    found = statements(resource.props, KEY)
    if not found:
        yield Finding(f"{KEY} is absent, so nobody can tell who takes the role", property=KEY)
    yield from public_findings(resource.props, KEY, found)
    for statement in found:
        if statement.allow and (statement.not_action or not statement.actions):
            yield Finding(f"{statement.path} does not name what it allows (Action)", property=KEY)
        if statement.allow and _any_subject(statement):
            yield Finding(
                f"{statement.path} trusts everybody who signs in there, under no condition on the "
                "subject",
                property=KEY,
                fix='"Condition": {"StringLike": {"<provider>:sub": "repo:<owner>/<name>:*"}}',
            )


def _any_subject(statement: Statement) -> bool:
    """True for an OpenID provider that serves strangers too, whose subject is not narrowed."""
    if not any(k == "Federated" and ":oidc-provider/" in name for k, name in statement.principals):
        return False
    subjects = statement.only_ending(":sub")
    return not subjects or any(_open(s) for s in subjects)


def _open(subject: str) -> bool:
    """True for "*" and "repo:*", whose fixed part names a kind and no owner."""
    fixed = re.split(r"[*?]", subject, maxsplit=1)[0]
    return not fixed or (fixed != subject and ":" not in fixed.rstrip(":"))


def scenarios() -> tuple[Scenario, ...]:
    from . import _trust_scenarios as example

    return example.SCENARIOS


CONTROL = Control(
    id="role-trust",
    title="Roles are taken by named services and principals",
    statement="Each IAM role must name the services and principals that may take it.",
    rationale="Whoever may take a role has all that it may do.",
    severity=Severity.CRITICAL,
    owner="platform engineering",
    subjects=(ROLE,),
    properties=(KEY,),
    remediation='"Principal": {"Service": "vpc-flow-logs.amazonaws.com"}',
    levels=MANDATORY,
    check=check,
    scenarios=scenarios,
)
