"""What the report says of each control: its demand, who was asked what and when, and the proof."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.diff import Change, Diff
from evidence.formats import words
from evidence.model import (
    Assurance,
    ControlResult,
    Evidence,
    Record,
    Stage,
    Verdict,
    Waiver,
    worst,
)

from .repeat import command

MOST_SUBJECTS = 25  # of a control; what is wrong comes first, the rest is counted
MOST_ANSWERS = 8
MOST_TEXT = 400  # characters of one value
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
class Answer:
    """One thing that was looked at: by whom, when, what should be seen and what was."""

    stage: Stage
    verdict: Verdict
    subject: str
    checker: str
    at: str
    values: tuple[tuple[str, str, str], ...]  # property, expected, observed
    calls: tuple[tuple[str, str, str], ...]  # API, time, request id
    commands: tuple[str, ...]
    unrepeated: tuple[str, ...]  # calls that are not repeated: they write, or answer a secret
    message: str
    digest: str
    echo: bool


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
    subjects = _subjects(result.id, stages, records, sources)
    answers = sorted(records, key=lambda r: (_rank(r.verdict), -_stage(r.stage), r.subject.name))
    shown = answers[:MOST_ANSWERS] if len(answers) > MOST_ANSWERS else answers
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
        subjects=tuple(subjects[:MOST_SUBJECTS]),
        more_subjects=max(len(subjects) - MOST_SUBJECTS, 0),
        answers=tuple(_answer(r, regions.get(r.stage, ""), tools.get(r.stage, {})) for r in shown),
        more_answers=len(answers) - len(shown),
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
    return Cell(stage, found.verdict, evidence.run.finished_at, found.gap)


def _rank(verdict: Verdict) -> int:
    order = (Verdict.FAILED, Verdict.ERROR, Verdict.NOT_EVALUATED, Verdict.WAIVED)
    return order.index(verdict) if verdict in order else len(order)


def _stage(stage: Stage) -> int:
    return list(Stage).index(stage)


def _subjects(
    control: str,
    stages: Sequence[Evidence | None],
    records: Iterable[Record],
    sources: Mapping[str, str],
) -> list[SubjectRow]:
    """From the joined proofs of the live run where there are any, else from the records."""
    joined = [p for e in stages if e for p in e.proofs if p.control == control]
    messages = {r.subject.urn: r.message or r.reason for r in records if r.subject.urn}
    rows: dict[str, SubjectRow] = {}
    for proof in joined:
        key = proof.subject.urn or proof.subject.arn or proof.subject.name
        rows[key] = SubjectRow(
            proof.subject.name or proof.subject.arn,
            short(proof.subject.type),
            sources.get(proof.subject.urn, ""),
            (proof.planned, proof.deployed, proof.live),
            proof.planned_by,
            proof.echo,
            proof.gap,
            messages.get(proof.subject.urn, ""),
        )
    if not rows:
        rows = _from_records(records, sources)
    return sorted(
        rows.values(),
        key=lambda r: (min(_rank(v) for v in r.verdicts if v) if any(r.verdicts) else 9, r.name),
    )


def _from_records(records: Iterable[Record], sources: Mapping[str, str]) -> dict[str, SubjectRow]:
    found: dict[str, list[Record]] = {}
    for record in records:
        key = record.subject.urn or record.subject.arn or record.subject.name
        found.setdefault(key, []).append(record)
    rows = {}
    for key, own in found.items():
        verdicts = tuple(
            worst(r.verdict for r in own if r.stage is s)
            if any(r.stage is s for r in own)
            else None
            for s in Stage
        )
        bad = next((r for r in own if _rank(r.verdict) < 4), own[0])
        subject = own[0].subject
        rows[key] = SubjectRow(
            subject.name or subject.arn or subject.urn,
            short(subject.type),
            sources.get(subject.urn, ""),
            verdicts,
            next((r.decided_by for r in own if r.decided_by), ""),
            any(r.echo for r in own),
            "",
            bad.message or bad.reason,
        )
    return rows


def _answer(record: Record, region: str, tools: Mapping[str, str]) -> Answer:
    calls = tuple((f"{c.service}:{c.operation}", c.time, c.request_id) for c in record.api)
    commands = {f"{c.service}:{c.operation}": command(c, region) for c in record.api}
    digests = [c.response_digest for c in record.api if c.response_digest]
    checker = record.test or tools.get("pack", "") or record.source
    return Answer(
        stage=record.stage,
        verdict=record.verdict,
        subject=record.subject.name or record.subject.arn or record.subject.urn,
        checker=checker,
        at=record.collected_at,
        values=tuple(_values(record)),
        calls=calls,
        commands=tuple(dict.fromkeys(command(c, region) for c in record.api if command(c, region))),
        unrepeated=tuple(name for name, text in commands.items() if not text),
        message=record.message or record.reason,
        digest=digests[-1] if digests else "",
        echo=record.echo,
    )


def _values(record: Record) -> Iterable[tuple[str, str, str]]:
    names = [n for n in record.expected if n != "statement"]
    names += [n for n in record.observed if n not in names]
    for name in names[:12]:
        yield name, shown(record.expected.get(name)), shown(record.observed.get(name))


def shown(value: Any) -> str:
    """A value as text, not endlessly long."""
    if value is None:
        return ""
    text = words.plain(value) if hasattr(words, "plain") else _flat(value)
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"


def _flat(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return ", ".join(f"{k}: {_flat(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_flat(v) for v in value) or "[]"
    return str(value)


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
