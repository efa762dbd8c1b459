"""What a reader with one minute has to look at: each thing with how many, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evidence.history import Period
from evidence.judge import Judge
from evidence.model import Verdict, Waiver, WaiverState

from .controls import Control

BAD, OPEN, KNOWN = "failed", "not_evaluated", "waived"


@dataclass(frozen=True)
class Item:
    """`key` names its text, `colour` the verdict whose colour it has."""

    key: str
    count: int
    link: str
    colour: str
    controls: tuple[Control, ...] = ()


def attention(
    known: Sequence[Control],
    waivers: Sequence[Waiver],
    deviations: Sequence[Any],
    period: Period | None,
    warnings: Sequence[str],
    judge: Judge | None = None,
) -> tuple[Item, ...]:
    """Worst first; what there is none of is left out."""
    failed = _of(known, Verdict.FAILED, Verdict.ERROR)
    undecided = _of(known, Verdict.NOT_EVALUATED)
    updates = period.updates if period else ()
    drifts = period.drifts if period else ()
    found = (
        Item("files", len(warnings), "summary", BAD),
        Item("failed", len(failed), "controls", BAD, failed),
        Item("undecided", len(undecided), "controls", OPEN, undecided),
        Item("updates", sum(bool(u.why) for u in updates), "updates", BAD),
        Item("expired", _state(waivers, WaiverState.EXPIRED), "exceptions", BAD),
        Item("drifts", sum(not d.repaired for d in drifts), "drifts", BAD),
        Item("judge", judge.wrong if judge else 0, "judge", BAD),
        Item("weeks", period.expected - period.held if period else 0, "operation", OPEN),
        Item("waived", _state(waivers, WaiverState.ACTIVE), "exceptions", KNOWN),
        Item("deviations", len(deviations), "exceptions", KNOWN),
    )
    return tuple(item for item in found if item.count)


def _of(known: Sequence[Control], *verdicts: Verdict) -> tuple[Control, ...]:
    return tuple(c for c in known if c.verdict in verdicts)


def _state(waivers: Sequence[Waiver], state: WaiverState) -> int:
    return sum(w.state is state for w in waivers)
