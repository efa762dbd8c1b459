"""`python -m compliance_tests.faults [WORD]`: make the faults and print what became of each."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from evidence.store import write_atomically

from . import bypasses, killed, record
from .fault import Fault, Seen
from .pool import Pool
from .run import FAULTS
from .table import table

DOCUMENT = Path(__file__).parents[2] / "docs" / "faults.md"
#: Of those that deploy, what `--ci` makes; all of them take a quarter of an hour.
IN_CI = (killed.killed_middle, killed.policy_late, killed.hangs, bypasses.bare_without_pack)
BEGIN, END = "<!-- faults: begin -->\n", "<!-- faults: end -->"


def write(found: list[Seen], began: str) -> None:
    """Put the table of a whole run into the document."""
    head, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    well = sum(not one.wrong for one in found)
    count = f"One run, of {began[:10]}: {well} of {len(found)} handled as they must be.\n\n"
    text = f"{head}{BEGIN}{count}{table(found)}{END}{tail}"
    write_atomically(DOCUMENT, text.encode())


def chosen(args: argparse.Namespace) -> list[Fault]:
    """The faults that the arguments name; all without any."""
    found = [f for f in FAULTS if args.word.lower() in f"{f.group}: {f.name}".lower()]
    found = [f for f in found if f.quick or not args.some]
    return [f for f in found if f.keeps or f.act in IN_CI] if args.ci else found


def main() -> int:
    """Make the faults whose name or group holds the word; exit 1 when one is not handled well."""
    parser = argparse.ArgumentParser(prog="python -m compliance_tests.faults", description=__doc__)
    parser.add_argument("word", nargs="?", default="")
    parser.add_argument("--some", action="store_true", help="the quick ones, as in make test")
    parser.add_argument("--ci", action="store_true", help="those that deploy only in part")
    parser.add_argument("--write", action="store_true", help=f"all; the table to {DOCUMENT.name}")
    parser.add_argument("--text", action="store_true", help="all that was printed")
    parser.add_argument("--again", action="store_true", help="do not go on with a run cut off")
    args = parser.parse_args()
    wanted = chosen(args)
    whole = len(wanted) == len(FAULTS)
    if args.write and not whole:
        parser.error("--write is for a run of all faults: leave the others out")
    run = record.Record(wanted, record.code())
    if whole:
        run.open(anew=args.again)
        if run.made:
            print(f"going on with the run of {run.began}: {len(run.made)} were made", flush=True)
    began = time.monotonic()

    def say(one: Seen) -> None:
        run.add(one) if whole else run.made.update({(one.fault.group, one.fault.name): one})
        mark = "WRONG" if one.wrong else "well"
        count = f"{len(run.made)}/{len(wanted)}"
        print(f"{count:>7} {mark:<5} exit {one.code}  {one.seconds:5.1f} s  ", end="")
        print(f"{one.fault.group}: {one.fault.name}\n        {one.line}", flush=True)
        for text in one.wrong:
            print(f"  !!    {text}", flush=True)
        if args.text or one.wrong:
            print(one.text, flush=True)

    def ended(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, ended)
    try:
        # those that deploy take the longest: first, so that the end waits for none of them
        Pool(say).run(sorted(run.rest(), key=lambda f: f.keeps))
    except KeyboardInterrupt:
        print(f"stopped after {len(run.made)} of {len(wanted)}; the same command goes on with them")
        return 3
    found = run.found()
    bad = [one for one in found if one.wrong]
    for one in bad:
        print(f"WRONG {one.fault.group}: {one.fault.name}: {'; '.join(one.wrong)}")
    seconds = time.monotonic() - began
    print(
        f"{len(found) - len(bad)} of {len(wanted)} faults handled as they must be, {seconds:.0f} s"
    )
    if record.code() != run.code:
        print("the code was changed meanwhile: this proves nothing, run it again")
        return 3
    if args.write:
        write(found, run.began)
    return 1 if bad or not found or len(found) < len(wanted) else 0


if __name__ == "__main__":
    sys.exit(main())
