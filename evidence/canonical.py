"""One byte form for a JSON value, so that its digest means something."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

_LEAVES = frozenset({str, int, float, bool, type(None)})
_WORDS = {True: "true", False: "false", None: "null"}
_text: Callable[[str], str] = json.encoder.encode_basestring


def plain(value: Any) -> Any:
    """Dataclasses, tuples, enums and mappings as what JSON has."""
    kind: Any = type(value)
    if kind in _LEAVES:
        return value
    if kind is dict:
        return {str(k): plain(v) for k, v in value.items()}
    if kind is list or kind is tuple:
        return [plain(v) for v in value]
    members = _members(kind)
    if members is not None:
        return {name: plain(getattr(value, name)) for name in members}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(v) for v in value), key=str)
    return value


@cache
def _members(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass; None for any other type."""
    return tuple(f.name for f in fields(kind)) if is_dataclass(kind) else None


def dumps(value: Any) -> str:
    """Sorted keys, no spaces, no NaN."""
    return json.dumps(
        plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def stored(value: Any) -> str:
    """The form in which evidence lies on disk: sorted keys, a member a line, for people to read."""
    return lines(plain(value))


def lines(document: Any) -> str:
    """The same of what is plain already."""
    return _lines(document, "\n") + "\n"


def _lines(value: Any, margin: str) -> str:
    """As json.dumps with indent=1 and sort_keys, which takes four times as long."""
    kind, inner = type(value), margin + " "
    if kind is str:
        return _text(value)
    if kind is dict and value:
        rows = [f"{_text(k)}: {_lines(v, inner)}" for k, v in sorted(value.items())]
        return "{" + inner + f",{inner}".join(rows) + margin + "}"
    if kind is list and value:
        return "[" + inner + f",{inner}".join([_lines(v, inner) for v in value]) + margin + "]"
    if kind is int:
        return int.__repr__(value)
    if kind is bool or value is None:
        return _WORDS[value]
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """sha256 over the canonical form."""
    return "sha256:" + hashlib.sha256(dumps(value).encode()).hexdigest()


def digest_bytes(content: bytes) -> str:
    """sha256 over bytes as they are."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def utc(moment: datetime | None = None) -> str:
    """An instant as RFC 3339 in UTC, to the millisecond; now when none is given."""
    moment = (moment or datetime.now(UTC)).astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
