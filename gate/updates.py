"""What the stack's backend says was done to the stack: each update has to have its verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from . import engine, timings
from .errors import GateError
from .paths import Paths

MOST = 500  # of the newest; a report over a longer period names the first that it has


@timings.timed("asking for the updates")
def told(paths: Paths, env: Mapping[str, str]) -> list[dict[str, Any]]:
    """The updates, oldest first: version, kind, start, end and outcome; none when nobody can say.

    Previews change nothing and are left out.
    """
    args = ["stack", "history", "--json", "--stack", paths.stack, "--page-size", str(MOST)]
    try:
        entries = json.loads(engine.output([*args, "--page", "1"], env=env, root=paths.root))
        found = [_entry(e, n) for n, e in enumerate(reversed(entries), 1)]
    except (GateError, ValueError, KeyError, TypeError, AttributeError):
        return []
    return [e for e in found if e["kind"] != "preview"]


def _entry(entry: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {
        "version": int(entry.get("version") or number),
        "kind": str(entry["kind"]),
        "start": str(entry["startTime"]),
        "end": str(entry.get("endTime") or entry["startTime"]),
        "outcome": str(entry["result"]),  # a member called "result" would be taken for a password
    }
