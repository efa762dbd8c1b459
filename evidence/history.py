"""Operation over a period, from a history of runs. What no run saw is a gap, never a pass."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .errors import EvidenceError
from .model import Evidence, Outcome, Stage, Verdict, worst

CADENCE = timedelta(days=7)  # one verification in each week is expected, where nothing is set
SETTING = "GATE_CADENCE_HOURS"
SLACK = timedelta(seconds=2)  # the backend keeps whole seconds
BAD = (Verdict.FAILED, Verdict.ERROR)
TWICE = "its run made one update, and here are more"
WEEKS_SHOWN = 53


@dataclass(frozen=True)
class Drift:
    """A control that passed and then did not: from the run that saw it to the one that passed."""

    control: str
    stage: Stage
    seen: str
    repaired: str = ""  # empty: it is still open
    hours: float = 0.0
    waived: str = ""  # time of the run in which a waiver excused it, if one did


@dataclass(frozen=True)
class Row:
    """A control over the weeks; None where no run of that week could show it."""

    control: str
    cells: tuple[Verdict | None, ...]


@dataclass(frozen=True)
class Period:
    """What a history shows."""

    first: str
    last: str
    runs: Mapping[Stage, int]
    outcomes: Mapping[str, int]
    expected: int  # stretches (weeks, where nothing else is set) that should hold a verification
    held: int  # those that do
    longest_gap_days: float
    gap_from: str
    gap_to: str
    weeks: tuple[str, ...]  # e.g. 2026-W47
    ran: tuple[bool, ...]  # of each week: was there any run in it?
    rows: tuple[Row, ...]
    drifts: tuple[Drift, ...]
    updates: tuple[Update, ...] = ()
    every_days: float = 7.0  # how long such a stretch is


@dataclass(frozen=True)
class Update:
    """An update of the stack by the backend's own history, and the verdict that let it through."""

    version: int
    kind: str
    start: str
    end: str
    outcome: str  # of the engine; empty where older evidence has it blanked
    run: str = ""  # the run of the gate that made it; empty: an exception
    approver: str = ""
    why: str = ""  # why it is an exception


def moment(text: str) -> datetime:
    """An RFC 3339 time; raises ValueError."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def cadence(env: Mapping[str, str] = os.environ) -> timedelta:
    """How often a verification is expected: $GATE_CADENCE_HOURS, else once a week.

    Raises EvidenceError when it is no number of hours above 0.
    """
    text = env.get(SETTING, "")
    try:
        found = timedelta(hours=float(text)) if text else CADENCE
    except (ValueError, OverflowError):
        found = timedelta(0)
    if found <= timedelta(0):
        raise EvidenceError(
            f"{SETTING} is {text!r}; write a number of hours above 0, for example 24"
        )
    return found


def period(runs: Iterable[Evidence], every: timedelta = CADENCE) -> Period | None:
    """What these runs show together; None when there is none. A verification is expected in each
    stretch of `every`, counted from the Monday of the first week.
    """
    ordered = sorted(runs, key=lambda e: (e.run.finished_at, e.run.id))
    if not ordered:
        return None
    times = [moment(e.run.finished_at) for e in ordered]
    live = [moment(e.run.finished_at) for e in ordered if e.run.stage is Stage.LIVE]
    weeks = _weeks(times[0].date(), times[-1].date())
    gap = _longest(live or times)
    begin = datetime.combine(times[0].date(), datetime.min.time(), UTC)
    begin -= timedelta(days=begin.weekday())
    held = {(t - begin) // every for t in live}
    any_run = {_week(t.date()) for t in times}
    outcomes: dict[str, int] = {}
    for evidence in ordered:
        outcomes[evidence.run.outcome.value] = outcomes.get(evidence.run.outcome.value, 0) + 1
    return Period(
        first=ordered[0].run.finished_at,
        last=ordered[-1].run.finished_at,
        runs={s: sum(e.run.stage is s for e in ordered) for s in Stage},
        outcomes=outcomes,
        expected=(times[-1] - begin) // every - (times[0] - begin) // every + 1,
        held=len(held),
        every_days=every / timedelta(days=1),
        longest_gap_days=gap[0],
        gap_from=gap[1],
        gap_to=gap[2],
        weeks=tuple(weeks[-WEEKS_SHOWN:]),
        ran=tuple(w in any_run for w in weeks[-WEEKS_SHOWN:]),
        rows=_rows(ordered, weeks[-WEEKS_SHOWN:]),
        drifts=tuple(_drifts(ordered)),
        updates=updates(ordered),
    )


def _longest(times: Sequence[datetime]) -> tuple[float, str, str]:
    pairs = list(itertools.pairwise(times))
    if not pairs:
        return 0.0, "", ""
    start, end = max(pairs, key=lambda p: (p[1] - p[0], p[0]))
    return (end - start) / timedelta(days=1), start.date().isoformat(), end.date().isoformat()


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _weeks(first: date, last: date) -> list[str]:
    day = first - timedelta(days=first.weekday())
    found = []
    while day <= last:
        found.append(_week(day))
        day += timedelta(days=7)
    return found


def _rows(ordered: Sequence[Evidence], weeks: Sequence[str]) -> tuple[Row, ...]:
    """The live verdicts of a week count; where it has none, those of its other runs."""
    seen: dict[tuple[str, str, bool], list[Verdict]] = {}
    for evidence in ordered:
        week = _week(moment(evidence.run.finished_at).date())
        live = evidence.run.stage is Stage.LIVE
        for control in (c for c in evidence.controls if not c.gap or c.verdict is Verdict.OFF):
            seen.setdefault((control.id, week, live), []).append(control.verdict)
    names = dict.fromkeys(c.id for e in reversed(ordered) for c in e.controls)
    rows = []
    for name in names:
        found = [seen.get((name, w, True)) or seen.get((name, w, False)) for w in weeks]
        rows.append(Row(name, tuple(worst(v) if v else None for v in found)))
    return tuple(rows)


def _drifts(ordered: Sequence[Evidence]) -> Iterable[Drift]:
    """A failure after a pass in the same stage, until the next pass. A failing preview counts: the
    gate stopped it, and it was open for as long as nobody mended it.
    """
    for stage in (Stage.LIVE, Stage.DEPLOYED, Stage.PLANNED):
        passed: set[str] = set()
        open_: dict[str, str] = {}
        waived: dict[str, str] = {}
        for evidence in (e for e in ordered if e.run.stage is stage):
            at = evidence.run.finished_at
            for control in evidence.controls:
                if control.verdict in BAD and control.id in passed:
                    open_.setdefault(control.id, at)
                elif control.verdict is Verdict.WAIVED and control.id in open_:
                    waived.setdefault(control.id, at)
                elif control.verdict is Verdict.PASSED:
                    passed.add(control.id)
                    if seen := open_.pop(control.id, ""):
                        hours = (moment(at) - moment(seen)) / timedelta(hours=1)
                        yield Drift(control.id, stage, seen, at, hours, waived.pop(control.id, ""))
        for control_id, seen in open_.items():
            yield Drift(control_id, stage, seen, waived=waived.get(control_id, ""))


def updates(ordered: Sequence[Evidence]) -> tuple[Update, ...]:
    """Every update that the backend knows of, matched to the run of the gate that made it."""
    told = [e.reference.get("updates") for e in ordered if e.reference.get("updates")]
    if not told:
        return ()
    passed = _passed_previews(ordered)
    matched = [_match(entry, ordered, passed) for entry in told[-1] or ()]
    made = Counter(u.run for u in matched if u.run)
    return tuple(replace(u, why=TWICE) if made[u.run] > 1 else u for u in matched)


def _passed_previews(ordered: Sequence[Evidence]) -> set[str]:
    """Digests of the previews that passed, by the links of the runs after them."""
    passed = {e.run.id for e in ordered if e.run.outcome is Outcome.PASSED}
    planned = {e.run.id for e in ordered if e.run.stage is Stage.PLANNED}
    links = [e.run.previous for e in ordered if e.run.previous]
    return {link.digest for link in links if link.run_id in passed & planned}


def _match(entry: Mapping[str, Any], ordered: Sequence[Evidence], passed: set[str]) -> Update:
    start, end = str(entry["start"]), str(entry["end"])
    made = [
        e
        for e in ordered
        if e.run.stage is Stage.DEPLOYED
        and e.run.command != "audit"
        and moment(e.run.started_at) - SLACK <= moment(start)
        and moment(end) <= moment(e.run.finished_at) + SLACK
    ]
    kind, outcome = str(entry["kind"]), str(entry.get("outcome", ""))
    found = Update(int(entry["version"]), kind, start, end, outcome)
    if not made:
        return replace(found, why="no run of the gate made it")
    run = made[-1].run
    approver = run.approval.by if run.approval else run.approver
    why = "" if approver else "nobody approved it"
    if run.approval and run.approval.verdict not in passed:
        why = "its verdict was no pass"
    return replace(found, run=run.id, approver=approver, why=why)
