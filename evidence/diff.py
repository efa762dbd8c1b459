"""What changed between two runs of a stack. A pure function of their evidence.

Worse comes first: a reader stops reading when it gets better.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .model import ControlResult, Evidence, Outcome, Record, Verdict, WaiverState
from .urns import short_name

BAD = (Verdict.FAILED, Verdict.ERROR, Verdict.NOT_EVALUATED)
STRENGTH = {"off": 0, "advisory": 1, "mandatory": 2}


class Kind(StrEnum):
    """What kind of change, worst first."""

    FAILURE = "new failure"
    EXPIRED = "waiver expired"
    UNDECIDED = "no longer decided"
    VANISHED = "control vanished"
    LOWERED = "level lowered"
    WAIVED = "newly waived"
    THRESHOLD = "threshold changed"
    POPULATION = "population changed"
    RAISED = "level raised"
    APPEARED = "control added"
    FIXED = "fixed"


OUTCOMES = {
    Kind.FAILURE: Outcome.VIOLATIONS,
    Kind.EXPIRED: Outcome.VIOLATIONS,
    Kind.UNDECIDED: Outcome.NOT_PROVEN,
    Kind.VANISHED: Outcome.NOT_PROVEN,
    Kind.LOWERED: Outcome.NOT_PROVEN,
}


@dataclass(frozen=True)
class Change:
    """One change; `subject` is a name, empty where the whole control is meant."""

    kind: Kind
    control: str
    subject: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Diff:
    """All changes, worst first."""

    old: Evidence
    new: Evidence
    changes: tuple[Change, ...]

    @property
    def outcome(self) -> Outcome:
        """Violations: something fails that did not. Not proven: less is known or demanded."""
        found = {OUTCOMES.get(c.kind, Outcome.PASSED) for c in self.changes}
        worst_first = (Outcome.VIOLATIONS, Outcome.NOT_PROVEN)
        return next((o for o in worst_first if o in found), Outcome.PASSED)

    def of(self, control: str) -> tuple[Change, ...]:
        """The changes of one control."""
        return tuple(c for c in self.changes if c.control == control)


def compare(old: Evidence, new: Evidence) -> Diff:
    """The changes from `old` to `new`, each once."""
    before = {c.id: c for c in old.controls}
    after = {c.id: c for c in new.controls}
    found = [
        Change(Kind.VANISHED, control_id, before=before[control_id].verdict.value)
        for control_id in sorted(before.keys() - after.keys())
    ]
    old_records, new_records = _records(old), _records(new)
    for control_id, control in after.items():
        if control_id not in before:
            found.append(Change(Kind.APPEARED, control_id, after=control.verdict.value))
            continue
        found += _control(before[control_id], control)
        pair = (old_records.get(control_id, {}), new_records.get(control_id, {}))
        found += _subjects(control_id, before[control_id], control, pair)
    found += _waivers(old, new)
    order = list(Kind)
    unique = sorted(dict.fromkeys(found), key=lambda c: (order.index(c.kind), c.control, c.subject))
    return Diff(old, new, tuple(unique))


def _control(before: ControlResult, after: ControlResult) -> Iterator[Change]:
    old, new = STRENGTH.get(before.level, 2), STRENGTH.get(after.level, 2)
    if old != new:
        kind = Kind.LOWERED if new < old else Kind.RAISED
        yield Change(kind, after.id, before=before.level, after=after.level)
    if before.statement != after.statement:
        yield Change(Kind.THRESHOLD, after.id, "", before.statement, after.statement)
    gone = set(before.population.expected) - set(after.population.expected)
    come = set(after.population.expected) - set(before.population.expected)
    for urn in sorted(gone):
        yield Change(Kind.POPULATION, after.id, short_name(urn), before="in it", after="gone")
    for urn in sorted(come):
        yield Change(Kind.POPULATION, after.id, short_name(urn), before="not there", after="in it")


def _subjects(
    control: str,
    before: ControlResult,
    after: ControlResult,
    records: tuple[Mapping[str, Record], Mapping[str, Record]],
) -> Iterator[Change]:
    old, new = records
    told = False
    for subject, record in new.items():
        was = old[subject].verdict if subject in old else None
        if change := _verdict(control, short_name(subject), was, record.verdict):
            told = True
            yield change
        if subject in old and (pair := _expected(old[subject], record)):
            yield Change(Kind.THRESHOLD, control, short_name(subject), *pair)
    if not told and (change := _verdict(control, "", before.verdict, after.verdict)):
        yield change


def _verdict(control: str, subject: str, was: Verdict | None, now: Verdict) -> Change | None:
    """The change that two verdicts make; a subject that was not there may fail or be undecided."""
    if was is now:
        return None
    words = (was.value if was else "not there", now.value)
    if now is Verdict.FAILED or now is Verdict.ERROR:
        kind = Kind.EXPIRED if was is Verdict.WAIVED else Kind.FAILURE
        return Change(kind, control, subject, *words)
    if now is Verdict.NOT_EVALUATED:
        return Change(Kind.UNDECIDED, control, subject, *words)
    if now is Verdict.WAIVED:
        return Change(Kind.WAIVED, control, subject, *words)
    if was in BAD or was is Verdict.WAIVED:
        return Change(Kind.FIXED, control, subject, *words)
    return None


def _waivers(old: Evidence, new: Evidence) -> Iterator[Change]:
    before = {w.id: w.state for w in old.waivers}
    for waiver in new.waivers:
        if waiver.state is WaiverState.EXPIRED and before.get(waiver.id) is not WaiverState.EXPIRED:
            words = (f"{waiver.id} to {waiver.expires_on}", "expired")
            yield Change(Kind.EXPIRED, waiver.control, "", *words)


def _records(evidence: Evidence) -> dict[str, dict[str, Record]]:
    """The worst record of each subject, by control."""
    found: dict[str, dict[str, Record]] = {}
    for record in evidence.records:
        own = found.setdefault(record.control, {})
        key = record.subject.urn or record.subject.arn or record.subject.name
        if key not in own or _rank(record.verdict) < _rank(own[key].verdict):
            own[key] = record
    return found


def _rank(verdict: Verdict) -> int:
    order = (*BAD, Verdict.WAIVED)
    return order.index(verdict) if verdict in order else len(order)


def _expected(old: Record, new: Record) -> tuple[str, str] | None:
    """The expected values that differ; the statement is compared with the control."""
    if old.source != new.source:
        return None
    names = [n for n in new.expected if n != "statement" and n in old.expected]
    changed = [n for n in names if old.expected[n] != new.expected[n]]
    if not changed:
        return None
    return _values(old.expected, changed), _values(new.expected, changed)


def _values(expected: Mapping[str, Any], names: Iterable[str]) -> str:
    return ", ".join(f"{n} = {expected[n]}" for n in names)
