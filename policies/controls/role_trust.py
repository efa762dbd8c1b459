"""Roles are taken by services and by our own principals only."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    Control,
    Finding,
    Item,
    Resource,
    Settings,
    Severity,
    accepts,
    refuses,
)

from ._policy import public_findings, statements
from ._policy_scenarios import ROOT, allow, closed, document
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


def role(**statement: object) -> Item:
    return Item(ROLE, "r", {KEY: document(statement)})


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
    scenarios=(
        *closed(ROLE, KEY, {}),
        accepts(
            "a service", role(**allow({"Service": "rds.amazonaws.com"}, Action="sts:AssumeRole"))
        ),
        accepts("a role of ours", role(**allow({"AWS": ROOT}, Action=["sts:AssumeRole"]))),
        accepts(
            "a denial of all but an action, beside",
            Item(
                ROLE,
                "r",
                {
                    KEY: document(
                        allow({"AWS": ROOT}),
                        {"Effect": "Deny", "Principal": "*", "NotAction": "sts:TagSession"},
                    )
                },
            ),
        ),
        refuses(
            "no action", role(Effect="Allow", Principal={"AWS": ROOT}), says="does not name what"
        ),
        refuses("no trust", Item(ROLE, "r"), says="is absent"),
        refuses("an empty trust", Item(ROLE, "r", {KEY: ""}), says="is absent"),
        refuses(
            "all but an action",
            role(Effect="Allow", Principal={"AWS": ROOT}, NotAction="sts:TagSession"),
            says="does not name what",
        ),
    ),
)
