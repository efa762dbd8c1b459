"""Whom a resource policy lets in, read from its JSON as AWS returns it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Statement = Mapping[str, Any]
#: Condition keys, in small letters as AWS compares them, that can hold everybody to one account.
TIES = (
    "kms:calleraccount",
    "aws:principalaccount",
    "aws:sourceaccount",
    "aws:sourceowner",
    "aws:principalarn",
)
SERVICES = (".amazonaws.com", ".amazonaws.com.cn")


def listed(value: Any) -> list[str]:
    """A text, or a list of texts, as a list; nothing as none."""
    if value is None:
        return []
    return [str(value)] if isinstance(value, str) else [str(v) for v in value]


def statements(
    policy: str | Mapping[str, Any] | None, effect: str = "Allow"
) -> Iterator[Statement]:
    """The statements of a policy (JSON or already read) with this effect."""
    read = json.loads(policy) if isinstance(policy, str) else policy or {}
    found = read.get("Statement", [])
    for statement in [found] if isinstance(found, Mapping) else found:
        if statement["Effect"] == effect:
            yield statement


def principals(statement: Statement) -> list[str]:
    """Everybody a statement names; NotPrincipal is everybody else, so everybody."""
    if "NotPrincipal" in statement:
        return ["*"]
    named = statement.get("Principal", [])
    if isinstance(named, Mapping):
        return [one for value in named.values() for one in listed(value)]
    return listed(named)


def bound(statement: Statement, account: str) -> bool:
    """True when a condition holds everybody (`*`) to this account."""
    conditions = json.dumps(statement.get("Condition", {})).lower()
    return any(key in conditions for key in TIES) and account in conditions


def open_to_all(policy: str | Mapping[str, Any] | None, account: str) -> list[str]:
    """The statements that let everybody in."""
    return [
        str(s.get("Sid", "?"))
        for s in statements(policy)
        if "*" in principals(s) and not bound(s, account)
    ]


def is_foreign(principal: str, account: str) -> bool:
    """True for a principal of another account; services and this account's own are not."""
    if principal in ("*", account) or principal.endswith(SERVICES):
        return False
    parts = principal.split(":")
    return len(parts) < 5 or parts[4] != account


def is_own(principal: str, account: str) -> bool:
    """True for a user or a role of this account; not for the roles that AWS's services make."""
    user_or_role = principal.startswith(f"arn:aws:iam::{account}:")
    return user_or_role and ":role/aws-service-role/" not in principal


def foreign(policy: str | Mapping[str, Any] | None, account: str) -> list[str]:
    """The principals of other accounts that a policy lets in."""
    return [
        principal
        for s in statements(policy)
        for principal in principals(s)
        if is_foreign(principal, account)
    ]
