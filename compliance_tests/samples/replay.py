"""Runs replayed: the same evidence at another time, with a failure, a waiver or a doubt put in."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from evidence import canonical
from evidence.formats import markdown
from evidence.model import (
    Evidence,
    Outcome,
    Problem,
    Record,
    Stage,
    Verdict,
    Waiver,
    WaiverState,
)
from evidence.store import Stored, store

NAMES = uuid.UUID("6f1b7b52-64f4-5d2e-9d5e-2f3b0f7f9f10")
BEGAN = datetime(2026, 6, 1, 9, tzinfo=UTC)
Change = Callable[[Evidence], Evidence]
WAIVER = "WVR-2026-001"


def same(evidence: Evidence) -> Evidence:
    """As it was."""
    return evidence


def verdict(control: str, to: Verdict, message: str) -> Change:
    """Give the first subject of a control this verdict."""

    def change(evidence: Evidence) -> Evidence:
        first = next((r for r in evidence.records if r.control == control), None)
        if first is None:
            return evidence
        bad = replace(first, verdict=to, message=message, remediation=_remedy(evidence, control))
        records = tuple(bad if r is first else r for r in evidence.records)
        reasons = (f"{first.subject.name}: {message}",)
        controls = tuple(
            replace(c, verdict=to, reasons=reasons) if c.id == control else c
            for c in evidence.controls
        )
        requirements = tuple(
            replace(r, verdict=to, reasons=(f"{control}: {to.value}",))
            if control in r.controls
            else r
            for r in evidence.requirements
        )
        return replace(
            evidence,
            controls=controls,
            records=records,
            requirements=requirements,
            **_end(to, control, reasons, evidence),
        )

    return change


def _remedy(evidence: Evidence, control: str) -> str:
    return next(c.remediation for c in evidence.controls if c.id == control)


def _end(to: Verdict, control: str, reasons: tuple[str, ...], evidence: Evidence) -> dict[str, Any]:
    if to is Verdict.WAIVED:
        return {}
    outcome = Outcome.VIOLATIONS if to is Verdict.FAILED else Outcome.NOT_PROVEN
    word = "failed" if to is Verdict.FAILED else "is not evaluated"
    problem = Problem(outcome, f"{control} {word}: {reasons[0]}")
    worse = outcome if evidence.run.outcome is not Outcome.VIOLATIONS else evidence.run.outcome
    return {
        "run": replace(evidence.run, outcome=worse),
        "problems": (*evidence.problems, problem),
    }


def waived(control: str, expires: str, state: WaiverState = WaiverState.ACTIVE) -> Change:
    """Excuse the first subject of a control, or let the excuse be over."""

    def change(evidence: Evidence) -> Evidence:
        message = "it is 7, but 30 or more are demanded"
        to = Verdict.WAIVED if state is WaiverState.ACTIVE else Verdict.FAILED
        changed = verdict(control, to, message)(evidence)
        first: Record | None = next((r for r in changed.records if r.control == control), None)
        waiver = Waiver(
            id=WAIVER,
            control=control,
            resources=(first.subject.urn or first.subject.name,) if first else (),
            state=state,
            reason="The snapshots of the old cluster are being copied; until then space is short.",
            compensating_control="A nightly copy to another account, checked each morning.",
            ticket="SEC-123",
            requested_by="a@x.test",
            approved_by="b@x.test",
            approved_on="2026-08-03",
            expires_on=expires,
            why="" if state is WaiverState.ACTIVE else f"it expired on {expires}",
        )
        records = tuple(
            replace(r, waiver=waiver.id) if r is first and to is Verdict.WAIVED else r
            for r in changed.records
        )
        return replace(changed, records=records, waivers=(waiver,))

    return change


def at(evidence: Evidence, moment: datetime, name: str) -> Evidence:
    """The same run at another time, under an id of its own."""
    finished = canonical.utc(moment)
    run = replace(
        evidence.run,
        id=str(uuid.uuid5(NAMES, name)),
        started_at=canonical.utc(moment - timedelta(seconds=20)),
        finished_at=finished,
        previous=None,
    )
    records = tuple(
        replace(r, collected_at=finished, api=tuple(replace(c, time=finished) for c in r.api))
        for r in evidence.records
    )
    # what names another run by its id and time would name none of this history
    notes = tuple(n for n in evidence.notes if not n.startswith("planned: the preview "))
    return replace(evidence, run=run, records=records, notes=notes)


def _approved(evidence: Evidence, planned: Stored | None) -> Evidence:
    """The approval of the last plan of this history, as `up` links it."""
    approval = evidence.run.approval
    if approval is None or planned is None:
        return evidence
    at_ = evidence.run.started_at
    own = replace(approval, verdict=planned.digest, at=at_)
    return replace(evidence, run=replace(evidence.run, approval=own))


@dataclass(frozen=True)
class Step:
    """One run of a history: when, which stage, and what is wrong in it."""

    day: float
    stage: Stage
    change: Change = same


def history(
    base: Iterable[Evidence], folder: Path, steps: Iterable[Step], begin: datetime = BEGAN
) -> list[Stored]:
    """Store these runs one after the other, as the gate does; raises EvidenceError."""
    by_stage = {e.run.stage: e for e in base}
    kept: list[Stored] = []
    updates: list[dict[str, Any]] = []
    for number, step in enumerate(steps, 1):
        moment = begin + timedelta(days=step.day)
        made = step.change(at(by_stage[step.stage], moment, f"{folder.name} {number}"))
        if step.stage is Stage.DEPLOYED:
            updates.append(_update(len(updates) + 1, moment))
            plans = [s for s in kept if s.evidence.run.stage is Stage.PLANNED]
            made = _approved(made, plans[-1] if plans else None)
        if step.stage is Stage.LIVE:
            told = [*updates, _update(len(updates) + 1, moment - timedelta(hours=30))]
            found = told if number > 12 else updates
            made = replace(made, reference={**made.reference, "updates": found})
        kept.append(store(made, folder, markdown.render))
    return kept


def _update(version: int, moment: datetime) -> dict[str, Any]:
    return {
        "version": version,
        "kind": "update",
        "start": canonical.utc(moment - timedelta(seconds=15)),
        "end": canonical.utc(moment - timedelta(seconds=5)),
        "outcome": "succeeded",
    }
