"""What patches of several services need: looking into another service's backend."""

from __future__ import annotations

import json
import sys
from typing import Any


def backend(service: str, account: str, region: str) -> Any:
    """Another service's backend; loads moto's models of it."""
    from moto.backends import get_backend

    return get_backend(service)[account][region]  # type: ignore[call-overload]


def backend_in_use(service: str, account: str, region: str) -> Any:
    """Another service's backend, or None while nobody has used it: nothing is in it then."""
    return backend(service, account, region) if f"moto.{service}.models" in sys.modules else None


def find_key(account: str, region: str, reference: str) -> Any:
    """The KMS key that an id, an ARN, an alias or an alias's ARN names; None when there is none.

    AWS's own aliases (alias/aws/rds) always name one.
    """
    kms = backend("kms", account, region)
    if reference.startswith("arn:"):
        fields = reference.split(":", 5)
        if len(fields) < 6 or fields[3] != region or fields[4] != account:
            return None
    key_id = kms.get_key_id(kms.get_alias_name(reference))
    if key_id.startswith("alias/"):
        key_id = kms.get_key_id_from_alias(key_id)
    return kms.keys.get(key_id)


def usable_key(account: str, region: str, reference: str) -> Any:
    """The key if it exists and is enabled, else None."""
    key = find_key(account, region, reference)
    return key if key is not None and key.key_state == "Enabled" else None


def as_list(value: Any) -> list[Any]:
    """A policy's element that may be one value or a list of them."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def statements(policy: str) -> list[dict[str, Any]]:
    """The statements of a JSON policy; raises ValueError when it is no policy."""
    document = json.loads(policy)
    found = as_list(document.get("Statement")) if isinstance(document, dict) else []
    if not found or not all(isinstance(statement, dict) for statement in found):
        raise ValueError("no statement")
    for statement in found:
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise ValueError("a statement without effect")
        if not ("Action" in statement or "NotAction" in statement):
            raise ValueError("a statement without action")
    return found


def principals(statement: dict[str, Any], kind: str) -> list[str]:
    """The principals of one kind (AWS, Service) that a statement names; `*` stands for all."""
    principal = statement.get("Principal")
    if principal == "*":
        return ["*"]
    return (
        [str(name) for name in as_list(principal.get(kind))] if isinstance(principal, dict) else []
    )
