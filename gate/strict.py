"""JSON that people are held to: a key that stands twice is an error, not the second one's."""

from __future__ import annotations

import json
from typing import Any


def loads(text: str) -> Any:
    """As json.loads; raises ValueError for a key that stands twice, and for too deep a nesting."""
    try:
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice[:40]!r} stands twice")
    return found
