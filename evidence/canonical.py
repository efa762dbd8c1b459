"""One byte form for a JSON value, so that its digest means something."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def plain(value: Any) -> Any:
    """Dataclasses, tuples, enums and mappings as what JSON has."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(v) for v in value), key=str)
    return value


def dumps(value: Any) -> str:
    """Sorted keys, no spaces, no NaN."""
    return json.dumps(
        plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def stored(value: Any) -> str:
    """The form in which evidence lies on disk: sorted keys, a member a line, for people to read."""
    text = json.dumps(plain(value), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return text + "\n"


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
