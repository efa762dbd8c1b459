"""A run as a comment on a pull request, and as a step summary: the verdict, the fix, and no more
than the place takes. What is left out is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evidence.model import Assurance, ControlResult, Evidence, Outcome, Record, Verdict

from . import selection, words
from .escape import code, fit
from .escape import markdown as safe
from .markdown import MARKS
from .registry import View

# GitHub refuses a comment of more than 65,536 characters and drops a step summary of more than
# 1 MiB. Both are counted in bytes here, which is never less, and a margin is left for the caller.
COMMENT = 65_000
SUMMARY = 1_000_000
LONGEST = 400  # columns of one cell; the whole text is in the evidence


def comment(view: View) -> str:
    """The newest run for a pull request."""
    return render(view.run, view.link, COMMENT)


def summary(view: View) -> str:
    """The newest run for a step summary."""
    return render(view.run, view.link, SUMMARY)


def marker(evidence: Evidence) -> str:
    """The first line of a comment: what a workflow looks for to replace its own last comment."""
    stack = re.sub(r"[^A-Za-z0-9_.]", "_", evidence.run.stack)[:100]
    return f"<!-- compliance: {stack} {evidence.run.stage.value} -->"


def render(evidence: Evidence, link: str, limit: int) -> str:
    """Markdown of at most `limit` bytes of UTF-8: verdict first, then what to do, worst first."""
    head = _head(evidence)
    tail = _tail(evidence, link)
    room = limit - _size(head) - _size(tail)
    controls = _controls(evidence, room // 4)
    wrong = _wrong(evidence, room - _size(controls))
    return "\n".join([*head, *wrong, *controls, *tail]).rstrip() + "\n"


def _head(evidence: Evidence) -> list[str]:
    run = evidence.run
    out = [marker(evidence), f"## {safe(fit(run.stack, 100))}: {words.outcome(evidence)}", ""]
    if run.assurance is Assurance.EMULATED:
        out += [f"> **EMULATED.** {words.NO_EVIDENCE}", ""]
    facts = [words.counts(evidence), f"profile {safe(fit(run.profile or 'unknown', 100))}"]
    if run.changes:
        changes = ", ".join(
            f"{n} to {safe(fit(op, 30))}" for op, n in sorted(run.changes.items()) if n
        )
        facts.append(changes or "no change")
    out += [". ".join(f[:1].upper() + f[1:] if i else f for i, f in enumerate(facts)) + ".", ""]
    if run.outcome is not Outcome.PASSED:
        out += [
            "The gate stays shut until this is mended, or a dated waiver excuses it.",
            "",
        ]
    return out


@dataclass(frozen=True)
class _Table:
    title: str
    heads: tuple[str, ...]
    rows: Iterable[tuple[str, ...]]  # made when needed: most of 90,000 are never shown
    total: int
    what: str  # of what more there are, e.g. "findings"
    folded: bool = False


def _wrong(evidence: Evidence, room: int) -> list[str]:
    tables = []
    controls, records = selection.open_controls(evidence), selection.open_records(evidence)
    if total := len(controls) + len(records):
        heads: tuple[str, ...] = (
            *("", "control", "resource", "what is wrong", "write instead", "where"),
        )
        rows = _findings(evidence, controls, records)
        tables.append(_Table("What is open", heads, rows, total, "findings"))
    shown = {c.id for c in controls} | {r.control for _, r in records}
    if problems := [p.text for p in evidence.problems if p.text.partition(" ")[0] not in shown]:
        heads = ("what keeps the gate shut",)
        rows = ((safe(fit(text, LONGEST)),) for text in problems)
        tables.append(_Table("About the run", heads, rows, len(problems), "problems"))
    if evidence.losses:
        rows = (
            (safe(fit(loss.op, 30)), code(fit(loss.urn, LONGEST)), safe(fit(loss.what, LONGEST)))
            for loss in sorted(evidence.losses, key=lambda o: o.urn)
        )
        heads, total = ("", "resource", "what is lost for good"), len(evidence.losses)
        tables.append(_Table("What this plan takes away", heads, rows, total, "losses"))
    drawn: list[str] = []
    for table in reversed(tables):  # what is open stands first and takes all that is left over
        first = table is tables[0]
        drawn = _drawn(table, room - _size(drawn) if first else room // 4) + drawn
    return drawn


def _findings(
    evidence: Evidence,
    controls: Iterable[ControlResult],
    records: Iterable[tuple[ControlResult | None, Record]],
) -> Iterator[tuple[str, ...]]:
    known = selection.sources(evidence)
    for control in controls:
        yield (
            _mark(control.verdict, control.level),
            f"{code(control.id)} ({safe(control.severity)})",
            "the stack",
            safe(fit("; ".join(control.reasons[:3]) or "nobody evaluated it", LONGEST)),
            code(fit(control.remediation, LONGEST)),
            "",
        )
    for found, record in records:
        path, number = known.get(record.subject.urn, ("", 0))
        waiver = f" (waived by {record.waiver})" if record.waiver else ""
        remedy = record.remediation or (found.remediation if found else "")
        yield (
            _mark(record.verdict, selection.level(found, record)),
            f"{code(record.control)} ({safe(found.severity if found else 'unknown')})",
            code(fit(selection.short(record), 120)),
            safe(fit((record.message or record.reason) + waiver, LONGEST)),
            code(fit(remedy, LONGEST)),
            code(fit(f"{path}:{number}", 120)) if path else "",
        )


def _mark(verdict: Verdict, level: str) -> str:
    return f"advisory: {words.VERDICTS[verdict]}" if level == "advisory" else MARKS[verdict]


def _controls(evidence: Evidence, room: int) -> list[str]:
    rows = [
        (
            code(c.id),
            MARKS[c.verdict],
            c.level,
            str(c.subjects),
            safe(fit(", ".join(c.requirements), LONGEST)),
        )
        for c in evidence.controls
    ]
    heads = ("control", "verdict", "level", "subjects", "requirements")
    title = f"All {len(rows)} controls"
    return _drawn(_Table(title, heads, rows, len(rows), "controls", folded=True), room)


def _tail(evidence: Evidence, link: str) -> list[str]:
    run = evidence.run
    rows = [
        ("run", run.id),
        ("finished", run.finished_at),
        ("commit", f"{run.commit.id}{' with local changes' if run.commit.dirty else ''}"),
        ("account and region", f"{run.account or 'not asked'} {run.region}"),
        ("plan", run.digests.get("plan", "")),
        ("policy pack", run.digests.get("pack", "")),
    ]
    shown = [(safe(k), code(fit(v, LONGEST))) for k, v in rows if v]
    body = _lines(("what", "value"), shown)
    where = f"Whole report: {_link(link)}. " if link else ""
    ci = run.ci.get("url", "")
    where += f"CI run: {_link(ci)}. " if ci else ""
    return [
        *_fold("This run", body),
        f"{where}Evidence file: {code(fit(run.id, 100))}, read with `python -m gate report`.",
    ]


def _link(url: str) -> str:
    """A link where the address is plain, else its text: nothing else may become one."""
    if re.fullmatch(r"https?://[A-Za-z0-9./_~:%?=&#+-]{1,2000}", url):
        return f"<{url}>"
    return code(fit(url, LONGEST))


def _drawn(table: _Table, room: int) -> list[str]:
    """As many rows as there is room for, and the number of those left out."""
    if not table.total:
        return []
    frame = _frame(table, [], table.total)
    left = room - _size(frame)
    kept: list[str] = []
    for row in table.rows:
        text = _row(row)
        left -= len(text.encode()) + 1
        if left < 0:
            break
        kept.append(text)
    return _frame(table, kept, table.total - len(kept))


def _frame(table: _Table, rows: list[str], more: int) -> list[str]:
    body = [*_lines(table.heads, ()), *rows]
    body += ["", f"... and {more} more {table.what}; the whole report has them."] if more else []
    if table.folded:
        return _fold(table.title, body)
    return [f"### {table.title}", "", *body, ""]


def _fold(title: str, body: list[str]) -> list[str]:
    return [f"<details><summary>{title}</summary>", "", *body, "", "</details>", ""]


def _lines(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_row(heads), _row(["---"] * len(heads)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _size(lines: Sequence[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)
