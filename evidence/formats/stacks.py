"""Many stacks as a table for the terminal, and for machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evidence.model import Assurance, Outcome, Stage
from evidence.overview import Stack

from .escape import fit, line, pad
from .terminal import BOLD, END, GREEN, RED, YELLOW

SHORT = {
    Outcome.PASSED: "passed",
    Outcome.VIOLATIONS: "VIOLATIONS",
    Outcome.NOT_PROVEN: "not proven",
    Outcome.COULD_NOT_RUN: "could not run",
}
COLOURS = {Outcome.PASSED: GREEN, Outcome.VIOLATIONS: RED}
NONE = "no evidence"


def terminal(stacks: Sequence[Stack], columns: int = 100, colour: bool = False) -> str:
    """A line for each stack, then what is open in it."""
    names = [_name(s) for s in stacks]
    width = min(max([5, *(len(n) for n in names)]), 40)
    head = " ".join([pad("stack", width), *(pad(s.value, 13) for s in Stage), "open  waived"])
    lines = [f"{BOLD}{fit(head, columns)}{END}" if colour else fit(head, columns)]
    for name, stack in zip(names, stacks, strict=True):
        cells = [pad(SHORT[o] if o else NONE, 13) for o in stack.outcomes.values()]
        text = " ".join([pad(name, width), *cells, f"{len(stack.open):4}  {stack.waivers:6}"])
        text = fit(text, columns)
        paint = COLOURS.get(stack.outcome, YELLOW)
        lines.append(f"{paint}{text}{END}" if colour else text)
        if stack.open:
            lines.append(fit(line(f"  open: {', '.join(stack.open)}"), columns))
    return "\n".join(lines) + "\n"


def _name(stack: Stack) -> str:
    emulated = " EMULATED" if stack.assurance is Assurance.EMULATED else ""
    return line(f"{stack.stack}{emulated}")


def plain(stacks: Sequence[Stack]) -> list[dict[str, Any]]:
    """For machines."""
    return [
        {
            "project": s.project,
            "stack": s.stack,
            "assurance": s.assurance.value,
            "account": s.account,
            "region": s.region,
            "profile": s.profile,
            "pack": s.pack,
            "outcome": s.outcome.value,
            "stages": {
                k.value: {"outcome": v.value if v else None, "finished_at": s.times[k]}
                for k, v in s.outcomes.items()
            },
            "counts": dict(sorted(s.counts.items())),
            "open": list(s.open),
            "waivers": s.waivers,
        }
        for s in stacks
    ]
