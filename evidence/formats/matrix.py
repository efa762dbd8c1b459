"""The proofs of each control side by side: planned, deployed, and the cloud's own answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evidence.model import Assurance, ControlResult, Evidence, Stage, Verdict, worst

from . import words
from .escape import code, fit, line, pad
from .escape import markdown as safe
from .markdown import MARKS, table
from .terminal import BOLD, COLOURS, END

NO_PROOF = "no proof yet"
SHORTEST_NAME = 12  # columns; a name cut shorter than this tells nothing


@dataclass(frozen=True)
class Row:
    """One control or requirement; None where a stage has no evidence."""

    id: str
    title: str
    verdicts: tuple[Verdict | None, ...]
    subjects: int
    notes: tuple[str, ...]


def rows(stages: Sequence[Evidence | None]) -> list[Row]:
    """A row for each control that any stage knows, in the order of the newest catalogue."""
    known: dict[str, str] = {}
    for evidence in stages:
        known |= {c.id: c.title for c in (evidence.controls if evidence else ())}
    found = []
    for control_id, title in known.items():
        cells = [_control(e, control_id) for e in stages]
        notes = [r for c in cells if c is not None and c.verdict in _OPEN for r in c.reasons[:1]]
        found.append(
            Row(
                control_id,
                title,
                tuple(c.verdict if c else None for c in cells),
                max((c.subjects for c in cells if c), default=0),
                tuple(dict.fromkeys(notes)),
            )
        )
    return found


_OPEN = (Verdict.FAILED, Verdict.ERROR, Verdict.NOT_EVALUATED, Verdict.WAIVED)


def _control(evidence: Evidence | None, control_id: str) -> ControlResult | None:
    controls = evidence.controls if evidence else ()
    return next((c for c in controls if c.id == control_id), None)


def headings(assurance: Assurance) -> tuple[str, ...]:
    """Of the three columns; what the sandbox answered is never called live."""
    return tuple(words.column(s, assurance) for s in Stage)


def terminal(
    stages: Sequence[Evidence | None], assurance: Assurance, columns: int, colour: bool
) -> str:
    """The matrix as text no wider than `columns`: a line each, or on a narrow terminal a block."""
    found = rows(stages)
    cell = max(len(words.VERDICTS[v]) for v in words.VERDICTS)
    heads = headings(assurance)
    names = min(max([len("control"), *(len(r.id) for r in found)]), columns - 3 * (cell + 1))
    lines: list[str] = []
    if names >= SHORTEST_NAME:
        top = " ".join([pad("control", names), *(pad(h, cell) for h in heads)]).rstrip()
        lines.append(f"{BOLD}{top}{END}" if colour else top)
        for row in found:
            cells = [_cell(v, cell, colour) for v in row.verdicts]
            lines.append(" ".join([pad(line(row.id), names), *cells]).rstrip())
        return "\n".join(lines) + "\n"
    for row in found:
        lines.append(fit(line(row.id), columns))
        for head, verdict in zip(heads, row.verdicts, strict=True):
            lines.append(f"  {pad(head, 9)} {_cell(verdict, cell, colour)}".rstrip())
    return "\n".join(lines) + "\n"


def _cell(verdict: Verdict | None, columns: int, colour: bool) -> str:
    if verdict is None:
        return pad(NO_PROOF, columns)
    text = pad(words.VERDICTS[verdict], columns)
    return f"{COLOURS[verdict]}{text}{END}" if colour else text


def markdown(
    stack: str,
    stages: Sequence[Evidence | None],
    assurance: Assurance,
    warnings: Sequence[str] = (),
) -> str:
    """The matrix, the requirements, and the runs it is drawn from, as Markdown."""
    heads = headings(assurance)
    out = [f"# Compliance of {safe(stack)}", ""]
    if assurance is Assurance.EMULATED:
        out += [f"> **{words.NO_EVIDENCE}**", ""]
    if warnings:
        out += ["## Evidence that is missing or was changed", ""]
        out += [f"- {safe(w)}" for w in warnings] + [""]
    out += ["## Runs", ""]
    out += table(
        ("proof", "verdict", "when", "commit", "run", "controls"),
        [_run_row(h, e) for h, e in zip(heads, stages, strict=True)],
    )
    out += ["## Controls", ""]
    out += table(
        ("control", "what it demands", *heads, "subjects", "notes"),
        [
            (
                code(r.id),
                safe(r.title),
                *(MARKS[v] if v else NO_PROOF for v in r.verdicts),
                str(r.subjects),
                safe("; ".join(r.notes)),
            )
            for r in rows(stages)
        ],
    )
    out += ["## Requirements", ""]
    out += table(("requirement", "title", *heads, "overall", "open"), _requirements(stages))
    return "\n".join(out).rstrip() + "\n"


def _run_row(heading: str, evidence: Evidence | None) -> tuple[str, ...]:
    if evidence is None:
        return (heading, NO_PROOF, "", "", "", "")
    run = evidence.run
    dirty = " with local changes" if run.commit.dirty else ""
    return (
        heading,
        words.outcome(evidence),
        run.finished_at,
        code(run.commit.id[:12] + dirty),
        code(run.id),
        words.counts(evidence),
    )


def _requirements(stages: Sequence[Evidence | None]) -> list[tuple[str, ...]]:
    titles: dict[str, str] = {}
    for evidence in stages:
        titles |= {r.id: r.title for r in (evidence.requirements if evidence else ())}
    found = []
    for requirement_id, title in titles.items():
        cells = []
        reasons: list[str] = []
        for evidence in stages:
            of_stage = evidence.requirements if evidence else ()
            one = next((r for r in of_stage if r.id == requirement_id), None)
            cells.append(one.verdict if one else None)
            reasons += one.reasons if one and one.verdict in _OPEN else ()
        overall = worst(v for v in cells if v is not None)
        found.append(
            (
                code(requirement_id),
                safe(title),
                *(MARKS[v] if v else NO_PROOF for v in cells),
                MARKS[overall],
                safe("; ".join(dict.fromkeys(reasons))[:400]),
            )
        )
    return found
