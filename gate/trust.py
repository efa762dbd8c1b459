"""Whom production believes: policies/trust.json, an owned file.

`attesters` are the keys whose attestations count, `approvers` the people who may approve a plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import keys, people, strict
from .errors import GateError

NAME = "policies/trust.json"


@dataclass(frozen=True)
class Trusted:
    """A key, and whose it is: a person's e-mail address, or what a key of CI is called."""

    name: str
    key: str
    github: str = ""  # login of an approver, for approvals of a GitHub environment


@dataclass(frozen=True)
class Trust:
    """The whole file."""

    attesters: tuple[Trusted, ...] = ()
    approvers: tuple[Trusted, ...] = ()


def load(root: Path) -> Trust:
    """Read and check the file; none trusts nobody. Raises GateError."""
    path = root / NAME
    try:
        document = strict.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Trust()
    except (OSError, ValueError) as e:
        raise GateError(f"{NAME} cannot be read ({e}); restore it from git") from None
    if not isinstance(document, dict) or set(document) - {"attesters", "approvers"}:
        raise GateError(f"{NAME} must hold attesters and approvers alone; restore it from git")
    found = Trust(
        tuple(_entries(document.get("attesters", []), "name")),
        tuple(_entries(document.get("approvers", []), "email")),
    )
    both = {t.key for t in found.attesters} & {t.key for t in found.approvers}
    if both:
        raise GateError(f"{NAME}: one key attests and approves; give each its own")
    return found


def _entries(entries: Any, called: str) -> Iterable[Trusted]:
    seen: set[str] = set()
    for entry in entries if isinstance(entries, list) else [None]:
        if not isinstance(entry, dict) or not {called, "key"} <= set(entry) <= {
            called,
            "key",
            "github",
        }:
            raise GateError(f"{NAME}: an entry needs {called} and key, and no more")
        name, key, github = (str(entry.get(k, "")).strip() for k in (called, "key", "github"))
        if not name or (called == "email" and not people.ADDRESS.fullmatch(name)):
            raise GateError(f"{NAME}: {called} {name!r} names nobody")
        try:
            key = keys.text_of(keys.public(key))
        except GateError:
            raise GateError(f"{NAME}: the key of {name} is no public Ed25519 key") from None
        if key in seen:
            raise GateError(f"{NAME}: the key of {name} stands twice")
        seen.add(key)
        yield Trusted(name, key, github)
