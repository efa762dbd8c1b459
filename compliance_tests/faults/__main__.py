"""`python -m compliance_tests.faults [WORD]`: make the faults and print the table."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from . import bypasses, killed
from .fault import Seen
from .run import FAULTS, attack, table, unwell

DOCUMENT = Path(__file__).parents[2] / "docs" / "faults.md"
#: Of those that deploy, what CI makes at each change; all of them take a quarter of an hour.
IN_CI = (killed.killed_middle, killed.policy_late, killed.hangs, bypasses.bare_without_pack)
BEGIN, END = "<!-- faults: begin -->\n", "<!-- faults: end -->"


def write(one: Seen) -> None:
    """Put the row of one fault into the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    rows, _, tail = rest.partition(END)
    DOCUMENT.write_text(f"{head}{BEGIN}{table([one], rows)}{END}{tail}", encoding="utf-8")


def main() -> int:
    """Make the faults whose name or group holds the word; all without one."""
    parser = argparse.ArgumentParser(prog="python -m compliance_tests.faults", description=__doc__)
    parser.add_argument("word", nargs="?", default="")
    parser.add_argument("--some", action="store_true", help="the quick ones, as in make test")
    parser.add_argument("--ci", action="store_true", help="those that deploy only in part")
    parser.add_argument("--write", action="store_true", help=f"the table into {DOCUMENT.name}")
    parser.add_argument("--text", action="store_true", help="all that was printed")
    args = parser.parse_args()
    chosen = [f for f in FAULTS if args.word.lower() in f"{f.group}: {f.name}".lower()]
    chosen = [f for f in chosen if f.quick or not args.some]
    if args.ci:
        chosen = [f for f in chosen if f.keeps or f.act in IN_CI]
    began = time.monotonic()

    def say(one: Seen) -> None:
        mark = "WRONG" if one.wrong else "well"
        told = (
            f"{mark:<6} exit {one.code}  {one.seconds:5.1f} s  {one.fault.group}: {one.fault.name}"
        )
        print(f"{told}\n         {one.line}", flush=True)
        for text in one.wrong:
            print(f"   !!    {text}", flush=True)
        if args.text:
            print(one.text, flush=True)
        if args.write:
            write(one)

    found = attack(chosen, say)
    bad = unwell(found)
    seconds = time.monotonic() - began
    print(
        f"{len(found) - len(bad)} of {len(found)} faults handled as they must be, {seconds:.0f} s"
    )
    return 1 if bad or not found else 0


if __name__ == "__main__":
    sys.exit(main())
