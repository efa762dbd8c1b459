"""The changes between two runs, as text and as Markdown."""

from __future__ import annotations

from typing import Any

from evidence.diff import Change, Diff, Kind
from evidence.model import Assurance

from . import words
from .escape import code, fit, line
from .escape import markdown as safe
from .terminal import BOLD, END, GREEN, RED, YELLOW

COLOURS = {
    Kind.FAILURE: RED,
    Kind.EXPIRED: RED,
    Kind.UNDECIDED: YELLOW,
    Kind.VANISHED: YELLOW,
    Kind.LOWERED: YELLOW,
    Kind.WAIVED: YELLOW,
    Kind.FIXED: GREEN,
}
NOTHING = "nothing changed"


def terminal(diff: Diff, columns: int = 80, colour: bool = False) -> str:
    """A line for each change, worst first, no wider than `columns`."""
    head = f"{diff.new.run.stack}, {words.PROOFS[diff.new.run.stage]}"
    if diff.new.run.assurance is Assurance.EMULATED:
        head += ", EMULATED: no evidence about AWS"
    lines = [_paint(BOLD, fit(line(head), columns), colour)]
    lines.append(fit(line(f"{diff.old.run.finished_at} -> {diff.new.run.finished_at}"), columns))
    for change in diff.changes:
        kind = f"{change.kind.value}:".ljust(20)
        text = fit(line(f"{kind}{_text(change)}"), columns)
        lines.append(_paint(COLOURS.get(change.kind, ""), text, colour))
    if not diff.changes:
        lines.append(NOTHING)
    return "\n".join(lines) + "\n"


def _text(change: Change) -> str:
    where = f"{change.control} {change.subject}".strip()
    return f"{where} ({change.before or 'none'} -> {change.after or 'gone'})"


def _paint(code_: str, text: str, colour: bool) -> str:
    return f"{code_}{text}{END}" if colour and code_ else text


def markdown(diff: Diff) -> str:
    """A table, worst first."""
    run = diff.new.run
    out = [f"# {safe(run.stack)}: what changed {words.PROOFS[run.stage]}", ""]
    if run.assurance is Assurance.EMULATED:
        out += [f"> **{words.NO_EVIDENCE}**", ""]
    out += [f"{safe(diff.old.run.finished_at)} to {safe(run.finished_at)}", ""]
    if not diff.changes:
        return "\n".join([*out, NOTHING]) + "\n"
    out += ["| change | control | resource | before | after |", "| --- | --- | --- | --- | --- |"]
    for c in diff.changes:
        cells = (c.kind.value, code(c.control), code(c.subject), safe(c.before), safe(c.after))
        out.append("| " + " | ".join(cells) + " |")
    return "\n".join(out) + "\n"


def plain(diff: Diff) -> dict[str, Any]:
    """For machines."""
    return {
        "assurance": diff.new.run.assurance.value,
        "stack": diff.new.run.stack,
        "stage": diff.new.run.stage.value,
        "old": {"run": diff.old.run.id, "finished_at": diff.old.run.finished_at},
        "new": {"run": diff.new.run.id, "finished_at": diff.new.run.finished_at},
        "outcome": diff.outcome.value,
        "changes": [
            {
                "kind": c.kind.value,
                "control": c.control,
                "subject": c.subject,
                "before": c.before,
                "after": c.after,
            }
            for c in diff.changes
        ],
    }
