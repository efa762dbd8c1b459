"""A run as Markdown: for a pull request, a step summary, an auditor's first look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from evidence.model import Assurance, Evidence, Record, Verdict

from . import words
from .escape import code, line
from .escape import markdown as safe

MARKS = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "**FAILED**",
    Verdict.ERROR: "**error**",
    Verdict.NOT_EVALUATED: "**not evaluated**",
    Verdict.WAIVED: "waived",
    Verdict.NOT_APPLICABLE: "not applicable",
    Verdict.OFF: "not in profile",
}


def render(evidence: Evidence) -> str:
    """The whole run: verdict, problems, controls, breaches, requirements, populations, header."""
    run = evidence.run
    out = [f"# {safe(run.stack)}: {words.outcome(evidence)}", ""]
    if run.assurance is Assurance.EMULATED:
        out += [f"> **{words.NO_EVIDENCE}**", ""]
    out += [
        f"{words.counts(evidence)}. Profile {safe(run.profile)}, {words.PROOFS[run.stage]}.",
        "",
    ]
    if awake := words.awake(evidence):
        out += [f"The checker was awake: {awake}, each with a compliant example accepted.", ""]
    if evidence.problems:
        out += ["## What keeps the gate shut", ""]
        out += [f"- {safe(p.text)}" for p in evidence.problems] + [""]
    out += ["## Controls", ""]
    out += table(
        ("control", "verdict", "level", "subjects", "severity", "requirements", "statement"),
        (
            (
                code(c.id),
                words.verdict(c) if c.gap else MARKS[c.verdict],
                c.level,
                str(c.subjects),
                c.severity,
                safe(", ".join(c.requirements)),
                safe(c.statement),
            )
            for c in evidence.controls
        ),
    )
    if evidence.notes:
        out += ["## Notes", ""] + [f"- {safe(n)}" for n in evidence.notes] + [""]
    out += _judge(evidence)
    out += _drift(evidence)
    out += _breaches(evidence.records)
    out += _live(evidence)
    if evidence.requirements:
        out += ["## Requirements", ""]
        out += table(
            ("requirement", "verdict", "title", "what is open"),
            (
                (code(r.id), MARKS[r.verdict], safe(r.title), safe("; ".join(r.reasons)))
                for r in evidence.requirements
            ),
        )
    out += _population(evidence)
    out += _header(evidence)
    return "\n".join(out).rstrip() + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table; cells are already safe."""
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return [*lines, ""]


def _judge(evidence: Evidence) -> list[str]:
    """The outside judge in a line, then what nobody has answered; the HTML report has the rest."""
    told = words.judge(evidence)
    if not told or evidence.judge is None:
        return []
    open_ = [f"- no answer to {code(f.check)}: {safe(f.title)}" for f in evidence.judge.unanswered]
    open_ += [f"- {safe(f)}" for f in evidence.judge.faults]
    return ["## Outside judge", "", safe(told), "", *open_, *([""] if open_ else [])]


def _drift(evidence: Evidence) -> list[str]:
    """Properties on which two proofs disagree, then how far the three were joined."""
    if not evidence.differences:
        return []
    rows = (
        (
            code(d.control),
            code(d.subject.name or d.subject.arn),
            code(d.property),
            *(safe(_value(v)) for v in (d.planned, d.deployed, d.live)),
        )
        for d in evidence.differences
    )
    heads = ("control", "resource", "property", "planned", "in the state", "live")
    return ["## Drift", "", *table(heads, rows)]


def _value(value: Any) -> str:
    if value is None:
        return "not known"
    return line(str(value))[:300]


def _breaches(records: Iterable[Record]) -> list[str]:
    harmless = (Verdict.PASSED, Verdict.NOT_APPLICABLE)
    found = [r for r in records if r.verdict not in harmless and r.source != "comparison"]
    if not found:
        return []
    rows = (
        (
            code(r.control),
            MARKS[r.verdict],
            code(r.subject.urn or r.subject.arn or r.subject.name),
            safe(r.message or r.reason),
            code(r.remediation),
        )
        for r in found
    )
    heads = ("control", "verdict", "resource", "what is wrong", "write instead")
    return ["## What is wrong, resource by resource", "", *table(heads, rows)]


def _live(evidence: Evidence) -> list[str]:
    found = [r for r in evidence.records if r.source == "live_test"]
    if not found:
        return []
    heading = words.column(evidence.run.stage, evidence.run.assurance)
    rows = (
        (
            code(r.control),
            MARKS[r.verdict],
            code(r.subject.arn or r.subject.name or r.subject.type),
            safe(", ".join(f"{a.service}:{a.operation}" for a in r.api)),
            safe("; ".join(f"{k} = {v}" for k, v in r.observed.items())[:300]),
            "echo" if r.echo else "",
        )
        for r in found
    )
    heads = ("control", heading, "resource", "asked", "seen", "note")
    return ["## What the cloud answered", "", *table(heads, rows)]


def _population(evidence: Evidence) -> list[str]:
    rows = [
        (
            code(c.id),
            str(len(c.population.expected)),
            str(len(c.population.evaluated)),
            str(len(c.population.missing)),
            safe("; ".join(c.reasons)),
        )
        for c in evidence.controls
    ]
    outside = [(code(s.type), code(s.urn)) for s in sorted(evidence.outside, key=lambda s: s.urn)]
    out = ["## Populations", "", "Counted from the engine's own list of resources.", ""]
    out += table(("control", "to evaluate", "evaluated", "missing", "notes"), rows)
    if outside:
        out += ["## Outside the stack", "", "Read by the program, shown to no policy.", ""]
        out += table(("type", "resource"), outside)
    return out


def _header(evidence: Evidence) -> list[str]:
    run = evidence.run
    rows = [
        ("run", run.id),
        ("command", run.command),
        ("assurance", run.assurance.value),
        ("started", run.started_at),
        ("finished", run.finished_at),
        ("project and stack", f"{run.project}/{run.stack}"),
        ("account and region", f"{run.account or 'not asked'} {run.region}"),
        ("suffix", run.suffix),
        ("commit", f"{run.commit.id}{' (with local changes)' if run.commit.dirty else ''}"),
        ("author", run.commit.author),
        ("approver", run.approver),
        ("engine", f"exit {run.engine_exit}, {run.engine_result}"),
        ("run before", f"{run.previous.run_id} {run.previous.digest}" if run.previous else "none"),
    ]
    rows += sorted((f"tool {k}", v) for k, v in run.tools.items())
    rows += sorted((f"digest of {k.replace('_', ' ')}", v) for k, v in run.digests.items())
    rows += sorted((f"ci {k}", v) for k, v in run.ci.items())
    shown = ((safe(k), code(v)) for k, v in rows if line(v))
    return ["## Run", "", *table(("what", "value"), shown)]
