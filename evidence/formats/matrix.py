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
ECHO = " (echo)"
SHORTEST_NAME = 12  # columns; a name cut shorter than this tells nothing


@dataclass(frozen=True)
class Row:
    """One control or requirement; None where a stage has no evidence."""

    id: str
    title: str
    verdicts: tuple[Verdict | None, ...]
    subjects: int
    notes: tuple[str, ...]
    gaps: tuple[str, ...] = ()  # by stage, why its cell is empty; "" where it is not
    echo: bool = False  # the last cell holds only what the emulator was told


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
                tuple(c.gap if c and c.verdict is Verdict.NOT_EVALUATED else "" for c in cells),
                _echoes(stages[-1] if stages else None, control_id, cells),
            )
        )
    return found


_OPEN = (Verdict.FAILED, Verdict.ERROR, Verdict.NOT_EVALUATED, Verdict.WAIVED)


def _echoes(
    evidence: Evidence | None, control_id: str, cells: Sequence[ControlResult | None]
) -> bool:
    if cells[-1] is None or cells[-1].verdict not in (Verdict.PASSED, Verdict.FAILED):
        return False
    found = [r for r in (evidence.records if evidence else ()) if r.control == control_id]
    return bool(found) and all(r.echo for r in found)


def empty_cells(found: Sequence[Row]) -> list[str]:
    """The empty cells counted by code, each with the controls that have it."""
    by_code: dict[str, list[str]] = {}
    for row in found:
        for gap in row.gaps:
            if gap:
                by_code.setdefault(gap, []).append(row.id)
    return [f"{code}: {len(ids)} ({', '.join(ids)})" for code, ids in by_code.items()]


def echoes(found: Sequence[Row]) -> str:
    """How many cells hold only what the emulator was told; empty when none does."""
    count = sum(r.echo for r in found)
    return f"{words.ECHO}: {count} cells" if count else ""


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
    cell = words.WIDTH
    heads = headings(assurance)
    names = min(max([len("control"), *(len(r.id) for r in found)]), columns - 3 * (cell + 1))
    lines: list[str] = []
    if names >= SHORTEST_NAME:
        top = " ".join([pad("control", names), *(pad(h, cell) for h in heads)]).rstrip()
        lines.append(f"{BOLD}{top}{END}" if colour else top)
        for row in found:
            cells = [_cell(row, i, cell, colour) for i in range(len(row.verdicts))]
            lines.append(" ".join([pad(line(row.id), names), *cells]).rstrip())
    else:
        for row in found:
            lines.append(fit(line(row.id), columns))
            for i, head in enumerate(heads):
                lines.append(f"  {pad(head, 9)} {_cell(row, i, cell, colour)}".rstrip())
    told = [f"empty cells, {c}" for c in empty_cells(found)] + [echoes(found)]
    return "\n".join([*lines, *(fit(line(t), columns) for t in told if t)]) + "\n"


def _cell(row: Row, stage: int, columns: int, colour: bool) -> str:
    verdict = row.verdicts[stage]
    if verdict is None:
        return pad(NO_PROOF, columns)
    text = pad(_text(row, stage, words.VERDICTS[verdict]), columns)
    return f"{COLOURS[verdict]}{text}{END}" if colour else text


def _text(row: Row, stage: int, verdict: str) -> str:
    """A cell's words: its verdict, or the code of its gap; marked where it is an echo."""
    if row.gaps[stage]:
        return row.gaps[stage]
    last = stage == len(row.verdicts) - 1
    return f"{verdict}{ECHO}" if row.echo and last else verdict


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
    found = rows(stages)
    out += ["## Controls", ""]
    out += table(
        ("control", "what it demands", *heads, "subjects", "notes"),
        [
            (
                code(r.id),
                safe(r.title),
                *(_marked(r, i) for i in range(len(r.verdicts))),
                str(r.subjects),
                safe("; ".join(r.notes)),
            )
            for r in found
        ],
    )
    told = [f"Empty cells, {safe(c)}" for c in empty_cells(found)] + [safe(echoes(found))]
    if any(told):
        out += [f"- {t}" for t in told if t] + [""]
    out += _joined(stages[-1] if stages else None, heads)
    out += ["## Requirements", ""]
    out += table(("requirement", "title", *heads, "overall", "open"), _requirements(stages))
    return "\n".join(out).rstrip() + "\n"


def _marked(row: Row, stage: int) -> str:
    verdict = row.verdicts[stage]
    return NO_PROOF if verdict is None else _text(row, stage, MARKS[verdict])


def _joined(evidence: Evidence | None, heads: Sequence[str]) -> list[str]:
    """The three proofs of each control on each resource, as the last live run joined them."""
    if evidence is None or not evidence.proofs:
        return []
    rows_ = [
        (
            code(p.control),
            code(p.subject.name),
            f"{_mark(p.planned)}{f' by {p.planned_by}' if p.planned_by else ''}",
            _mark(p.deployed),
            p.gap or f"{_mark(p.live)}{ECHO if p.echo else ''}",
            safe(", ".join(p.compared)),
        )
        for p in evidence.proofs
    ]
    heads = ("control", "resource", *heads, "compared between state and cloud")
    return ["## Control by resource", "", *table(heads, rows_)]


def _mark(verdict: Verdict | None) -> str:
    return NO_PROOF if verdict is None else MARKS[verdict]


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
