"""`python -m gate overview`: many stacks at a glance, from evidence files of each."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from evidence import canonical
from evidence.errors import EvidenceError
from evidence.formats import stacks
from evidence.load import load
from evidence.model import Evidence, Outcome
from evidence.overview import WORST_FIRST, Stack
from evidence.overview import overview as glance

from . import console
from .diff import show
from .errors import GateError
from .paths import ROOT

LATEST = "*latest-*.evidence.json"


def overview(args: argparse.Namespace, root: Path = ROOT) -> int:
    """Print a row for each stack; the exit code is the worst stack's.

    Raises:
        GateError: there is no evidence, or a file of it is damaged.
    """
    places = [Path(p) for p in args.paths] or sorted((root / "reports").glob("*"))
    found: dict[str, Evidence] = {}
    try:
        for place in places:
            for file in sorted(place.rglob(LATEST)) if place.is_dir() else [place]:
                evidence = load(file)
                found[evidence.run.id] = evidence
    except EvidenceError as e:
        raise GateError(str(e)) from None
    if not found:
        raise GateError("there is no evidence of any stack; name files or folders that hold some")
    rows = glance(found.values())
    show(_drawn(rows, args), args.out)
    worst: Outcome = min((r.outcome for r in rows), key=WORST_FIRST.index)
    return worst.exit_code


def _drawn(rows: tuple[Stack, ...], args: argparse.Namespace) -> str:
    if args.format == "json":
        return json.dumps(canonical.plain(stacks.plain(rows)), indent=1) + "\n"
    if args.format == "html":
        from evidence.formats import html

        return html.render_overview(rows, args.lang)
    to_terminal = args.out == "-"
    return stacks.terminal(
        rows, console.columns() if to_terminal else 120, console.colour() and to_terminal
    )
