"""`python -m gate report`: the latest evidence of each stage, side by side."""

from __future__ import annotations

from evidence.errors import EvidenceError
from evidence.formats import matrix
from evidence.load import load
from evidence.model import Evidence, Stage
from evidence.store import broken_links, prefix, write_atomically

from . import console, header
from .errors import GateError
from .paths import Paths


def report(paths: Paths) -> int:
    """Print the matrix and write it as Markdown; raises GateError when there is no evidence."""
    assurance = header.assurance_of(paths.stack)
    start = prefix(assurance)
    try:
        stages = [_latest(paths, start, stage) for stage in Stage]
        warnings = broken_links(paths.reports, assurance)
    except EvidenceError as e:
        raise GateError(str(e)) from None
    if not any(stages):
        raise GateError(
            f"there is no evidence of the stack {paths.stack} yet; run: python -m gate preview"
        )
    target = paths.reports / f"{start}report.md"
    write_atomically(target, matrix.markdown(paths.stack, stages, assurance, warnings).encode())
    width, colour = console.columns(), console.colour()
    console.show(matrix.terminal(stages, assurance, width, colour))
    for warning in warnings:
        console.say(f"warning: {warning}")
    console.show(f"\nreport: {paths.shown(target)}\n")
    return 0


def _latest(paths: Paths, start: str, stage: Stage) -> Evidence | None:
    path = paths.reports / f"{start}latest-{stage}.evidence.json"
    return load(path) if path.exists() else None
