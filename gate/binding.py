"""A verdict is bound to what it was reached from; `up` compares before it starts the engine.

The engine alone would not do: it takes the config from the plan without a word, accepts an edited
plan, and refuses a difference only when its step comes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import digests
from .errors import GateError
from .header import assurance_of
from .paths import Paths

LIFETIME = 3600  # seconds
CLOCK_SLACK = 120  # seconds that a verdict may lie in the future


@dataclass(frozen=True)
class Ticket:
    """What the last passed preview left for `up`."""

    verdict: str
    run_id: str
    stack: str
    assurance: str
    finished_at: str
    digests: Mapping[str, str]
    evidence: str


def read(paths: Paths) -> Ticket:
    """The ticket of the last preview; raises GateError."""
    remedy = f"run: python -m gate preview --stack {paths.stack}"
    try:
        entry: dict[str, Any] = json.loads(paths.ticket.read_text(encoding="utf-8"))
        return Ticket(
            entry["verdict"],
            entry["run_id"],
            entry["stack"],
            entry["assurance"],
            entry["finished_at"],
            entry["digests"],
            entry["evidence"],
        )
    except FileNotFoundError:
        raise GateError(f"no preview of this stack has passed; {remedy}") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise GateError(f"the verdict of the last preview is damaged; {remedy}") from None


def differences(ticket: Ticket, paths: Paths, state: str, now: float | None = None) -> list[str]:
    """Why the verdict no longer speaks for this checkout and stack; empty when it does."""
    wrong: list[str] = []
    if ticket.stack != paths.stack:
        wrong.append(f"the verdict is of the stack {ticket.stack}")
    if ticket.assurance != assurance_of(paths.stack):
        wrong.append("a verdict of the sandbox says nothing about a real stack")
    evidence = paths.reports / ticket.evidence
    if digests.of_file(evidence) != ticket.verdict:
        wrong.append("the evidence of the verdict is gone or was changed")
    current = digests.of_inputs(paths.root, paths.stack, paths.plan)
    current |= {
        "state": state,
        "events": digests.of_file(paths.events),
        "trace": digests.of_file(paths.trace),
    }
    wrong += [
        f"the {what.replace('_', ' ')} is not the one that was judged"
        for what in sorted(current | dict(ticket.digests))
        if current.get(what) != ticket.digests.get(what)
    ]
    age = (now if now is not None else time.time()) - _seconds(ticket.finished_at)
    if age > LIFETIME:
        wrong.append(f"the verdict is {age / 60:.0f} minutes old, it holds for {LIFETIME // 60}")
    if age < -CLOCK_SLACK:
        wrong.append("the verdict lies in the future: a clock is wrong")
    return wrong


def _seconds(moment: str) -> float:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return 0.0
