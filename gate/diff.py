"""`python -m gate diff OLD NEW`: what changed between two runs of a stack."""

from __future__ import annotations

import argparse
from pathlib import Path

from evidence import canonical
from evidence.diff import Diff, compare
from evidence.errors import EvidenceError
from evidence.formats import changes
from evidence.load import load
from evidence.store import write_atomically

from . import console
from .errors import GateError


def diff(args: argparse.Namespace) -> int:
    """Print the changes; 0 nothing is worse, 1 something fails that did not, 2 less is proven.

    Raises:
        GateError: a file cannot be read, or the two are not of one stack.
    """
    try:
        old, new = load(Path(args.old)), load(Path(args.new))
    except EvidenceError as e:
        raise GateError(str(e)) from None
    for what in ("project", "stack", "assurance", "stage"):
        one, other = getattr(old.run, what), getattr(new.run, what)
        if one != other:
            raise GateError(f"they are not of one {what} ({one}, {other}); compare like with like")
    found = compare(old, new)
    show(_drawn(found, args), args.out)
    return found.outcome.exit_code


def _drawn(found: Diff, args: argparse.Namespace) -> str:
    if args.format == "markdown":
        return changes.markdown(found)
    if args.format == "json":
        return canonical.dumps(changes.plain(found)) + "\n"
    if args.format == "html":
        from evidence.formats import html

        return html.render_changes(found, args.lang)
    to_terminal = args.out == "-"
    return changes.terminal(
        found, console.columns() if to_terminal else 100, console.colour() and to_terminal
    )


def show(drawn: str, out: str) -> None:
    """To standard output, or whole into a file."""
    if out == "-":
        console.show(drawn)
        return
    target = Path(out)
    if not target.parent.is_dir() or target.is_dir():
        raise GateError(f"{out} cannot be written; name a file in a folder that is there")
    write_atomically(target, drawn.encode())
    console.say(f"written: {out}")
