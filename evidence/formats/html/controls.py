"""What the report says of each control: its demand, who was asked what and when, and the proof."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.diff import Change, Diff
from evidence.model import (
    Assurance,
    ControlResult,
    Evidence,
    Record,
    Stage,
    Subject,
    Verdict,
    Waiver,
    worst,
)

from .answers import Answer, answer

MOST_SUBJECTS = 25  # of a control; what is wrong comes first, the rest is counted
MOST_ANSWERS = 8
SEVERITIES = ("critical", "high", "medium", "low")


@dataclass(frozen=True)
class Cell:
    """A control's verdict in one stage; no verdict: no evidence of that stage."""

    stage: Stage
    verdict: Verdict | None
    at: str = ""
    why: str = ""  # one of GAPS: no answer of the cloud can show it


@dataclass(frozen=True)
class SubjectRow:
    """One resource under one control, with what the three stages say."""

    name: str
    type: str
    source: str
    verdicts: tuple[Verdict | None, ...]
    by: str
    echo: bool
    gap: str
    message: str


@dataclass(frozen=True)
class Control:
    """A control of the catalogue as the report shows it."""

    id: str
    anchor: str
    result: ControlResult
    rationale: str
    kind: str
    types: tuple[str, ...]
    verdict: Verdict
    cells: tuple[Cell, ...]
    clauses: tuple[tuple[str, str, str], ...]  # framework, clause, anchor
    subjects: tuple[SubjectRow, ...]
    more_subjects: int
    answers: tuple[Answer, ...]
    more_answers: int
    scenarios: Mapping[str, Sequence[str]]
    waivers: tuple[Waiver, ...]
    deviations: tuple[Mapping[str, Any], ...]
    changes: tuple[Change, ...]
    reasons: tuple[str, ...]


def anchor(prefix: str, name: str) -> str:
    """An id for a link: letters, digits and hyphens, whatever the name holds."""
    return f"{prefix}-{re.sub(r'[^A-Za-z0-9]+', '-', name).strip('-') or 'x'}"


def controls(
    stages: Sequence[Evidence | None], diffs: Sequence[Diff], reference: Mapping[str, Any]
) -> tuple[Control, ...]:
    """A row for each control that any stage knows, in the order of the newest catalogue."""
    newest = sorted((e for e in stages if e), key=lambda e: e.run.finished_at, reverse=True)
    results: dict[str, ControlResult] = {}
    for evidence in newest:
        for control in evidence.controls:
            results.setdefault(control.id, control)
    by_control = [_grouped(e.records) if e else {} for e in stages]
    sources = {r.urn: r.source for e in reversed(newest) for r in e.resources if r.source}
    about = {c["id"]: c for c in reference.get("controls", ())}
    return tuple(
        _control(result, stages, by_control, sources, about.get(name, {}), reference, diffs)
        for name, result in results.items()
    )


def _grouped(records: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(record.control, []).append(record)
    return found


def _control(
    result: ControlResult,
    stages: Sequence[Evidence | None],
    by_control: Sequence[Mapping[str, list[Record]]],
    sources: Mapping[str, str],
    about: Mapping[str, Any],
    reference: Mapping[str, Any],
    diffs: Sequence[Diff],
) -> Control:
    cells = tuple(_cell(result.id, s, e) for s, e in zip(Stage, stages, strict=True))
    records = [r for found in by_control for r in found.get(result.id, ())]
    subjects, all_subjects = _subjects(result.id, stages, records, sources)
    shown = heapq.nsmallest(MOST_ANSWERS, records, key=_worst_first)
    regions = {e.run.stage: e.run.region for e in stages if e}
    tools = {e.run.stage: e.run.tools for e in stages if e}
    return Control(
        id=result.id,
        anchor=anchor("control", result.id),
        result=result,
        rationale=str(about.get("rationale", "")),
        kind=result.kind,
        types=tuple(about.get("subjects", ())),
        verdict=worst(c.verdict for c in cells if c.verdict and not c.why),
        cells=cells,
        clauses=tuple(_clauses(result, reference)),
        subjects=tuple(subjects),
        more_subjects=all_subjects - len(subjects),
        answers=tuple(answer(r, regions.get(r.stage, ""), tools.get(r.stage, {})) for r in shown),
        more_answers=len(records) - len(shown),
        scenarios=about.get("scenarios", {}),
        waivers=tuple(
            {w.id: w for e in stages if e for w in e.waivers if w.control == result.id}.values()
        ),
        deviations=tuple(_deviations(result, stages, reference)),
        changes=tuple(dict.fromkeys(c for d in diffs for c in d.of(result.id))),
        reasons=tuple(dict.fromkeys(r for e in stages if e for r in _reasons(e, result.id))),
    )


def _reasons(evidence: Evidence, control: str) -> Iterable[str]:
    for found in evidence.controls:
        if found.id == control:
            yield from found.reasons


def _cell(control: str, stage: Stage, evidence: Evidence | None) -> Cell:
    found = next((c for c in evidence.controls if c.id == control), None) if evidence else None
    if found is None or evidence is None:
        return Cell(stage, None)
    why = found.gap if hidden(found) else ""
    return Cell(stage, found.verdict, evidence.run.finished_at, why)


def hidden(result: ControlResult) -> bool:
    """No answer of the cloud can show it; what the profile leaves out is not even asked."""
    return bool(result.gap) and result.verdict is not Verdict.OFF


RANKS = {
    Verdict.FAILED: 0,
    Verdict.ERROR: 1,
    Verdict.NOT_EVALUATED: 2,
    Verdict.WAIVED: 3,
    Verdict.PASSED: 4,
    Verdict.NOT_APPLICABLE: 5,
    Verdict.OFF: 6,
}
STAGES = {stage: number for number, stage in enumerate(Stage)}


def _worst_first(record: Record) -> tuple[int, int, str, str]:
    return (
        min(RANKS[record.verdict], 4),
        -STAGES[record.stage],
        record.subject.name,
        record.test,
    )


def _subjects(
    control: str,
    stages: Sequence[Evidence | None],
    records: Sequence[Record],
    sources: Mapping[str, str],
) -> tuple[list[SubjectRow], int]:
    """The worst subjects, and how many there are: from the joined proofs of the live run where
    there are any, else from the records.
    """
    joined = {_key(p.subject): p for e in stages if e for p in e.proofs if p.control == control}
    if not joined:
        return _from_records(records, sources)
    messages = {r.subject.urn: r.message or r.reason for r in records if r.subject.urn}
    rows = [
        SubjectRow(
            proof.subject.name or proof.subject.arn,
            short(proof.subject.type),
            sources.get(proof.subject.urn, ""),
            (proof.planned, proof.deployed, proof.live),
            proof.planned_by,
            proof.echo,
            proof.gap,
            messages.get(proof.subject.urn, ""),
        )
        for proof in joined.values()
    ]
    ranked = sorted(rows, key=lambda r: (_rank(r.verdicts), r.name))
    return ranked[:MOST_SUBJECTS], len(rows)


def _rank(verdicts: Iterable[Verdict | None]) -> int:
    return min((RANKS[v] for v in verdicts if v), default=9)


def _key(subject: Subject) -> str:
    return subject.urn or subject.arn or subject.name


def _from_records(
    records: Iterable[Record], sources: Mapping[str, str]
) -> tuple[list[SubjectRow], int]:
    """Only the rows that are shown are made: a stack may have thousands of subjects."""
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(_key(record.subject), []).append(record)
    ranked = heapq.nsmallest(
        MOST_SUBJECTS,
        ((min(RANKS[r.verdict] for r in own), key) for key, own in found.items()),
    )
    return [_row(found[key], sources) for _, key in ranked], len(found)


def _row(own: Sequence[Record], sources: Mapping[str, str]) -> SubjectRow:
    of_stage = [[r.verdict for r in own if r.stage is s] for s in Stage]
    bad = min(own, key=lambda r: RANKS[r.verdict])
    subject = own[0].subject
    return SubjectRow(
        subject.name or subject.arn or subject.urn,
        short(subject.type),
        sources.get(subject.urn, ""),
        tuple(worst(v) if v else None for v in of_stage),
        next((r.decided_by for r in own if r.decided_by), ""),
        any(r.echo for r in own),
        "",
        bad.message or bad.reason,
    )


def short(kind: str) -> str:
    """`aws:rds/cluster:Cluster` as rds Cluster; others as they are."""
    package, _, rest = kind.partition(":")
    module, _, name = rest.rpartition(":")
    return f"{module.partition('/')[0]} {name}" if package == "aws" and name else kind


def _clauses(result: ControlResult, reference: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    for framework in reference.get("frameworks", ()):
        for clause in framework["clauses"]:
            direct = result.id in clause["controls"]
            if direct or set(clause["requirements"]) & set(result.requirements):
                name = clause["id"]
                yield framework["title"], name, anchor("clause", f"{framework['id']}-{name}")


def _deviations(
    result: ControlResult, stages: Sequence[Evidence | None], reference: Mapping[str, Any]
) -> Iterable[Mapping[str, Any]]:
    stack = next((e.run.stack for e in stages if e), "")
    for entry in reference.get("deviations", ()):
        if stack in entry["stacks"] and set(entry["requirements"]) & set(result.requirements):
            yield entry


def emulated(stages: Sequence[Evidence | None]) -> bool:
    """True when any of the evidence comes from the sandbox."""
    return any(e.run.assurance is Assurance.EMULATED for e in stages if e)
