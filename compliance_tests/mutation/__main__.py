"""`python -m compliance_tests.mutation`: changes the code that decides, one small thing at a time.

Prints for each file how many changes the tests noticed, then each that they did not, and whether
survivors.toml explains it. Exit code 1 when it does not, or when too few were noticed.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Collection, Sequence
from pathlib import Path

import compliance_tests

from .code import GATE, PACK, Code
from .judge import Judge
from .mutants import Mutant, Ran, mutants, names_used

ROOT = Path(__file__).parents[2]
LEAST = 95  # percent of all mutants that tests must notice
SURVIVED = re.compile(r"^survived, (?:un)?explained: (.*) \(line \d+\)$", re.MULTILINE)
EXPLAINED = Path(__file__).with_name("survivors.toml")
NEEDLESS = shutil.ignore_patterns(".*", "__pycache__", "reports")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m compliance_tests.mutation")
    parser.add_argument("only", nargs="*", help="files, e.g. controls/region.py")
    parser.add_argument("--gate", action="store_true", help="the gate's verdict, not the pack")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth mutant")
    parser.add_argument(
        "--again", type=Path, metavar="FILE", help="only those that this output says survived"
    )
    args = parser.parse_args()
    before = args.again.read_text("utf-8") if args.again else ""
    again = {m[1] for m in SURVIVED.finditer(before)} if args.again else None
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder).resolve() / "repo"
        shutil.copytree(ROOT, scratch, ignore=NEEDLESS)
        os.chdir(scratch)
        sys.path[:0] = [str(scratch), str(scratch / "policies")]
        compliance_tests.__path__ = [str(scratch / "compliance_tests")]
        return run(GATE if args.gate else PACK, scratch, args.only, args.every, again)


def run(
    code: Code,
    scratch: Path,
    only: Sequence[str] = (),
    every: int = 1,
    again: Collection[str] | None = None,
) -> int:
    """Judge each Nth mutant of the files that are asked for, of all when none is.

    With `again` only those names are judged anew; the others were killed before.
    """
    start = time.monotonic()
    try:
        judge = Judge(code.but_for(only), scratch)
    except RuntimeError as red:
        print(red)
        return 2
    explained = tomllib.loads(EXPLAINED.read_text("utf-8"))
    total, gone = 0, set[str]()
    alive: list[Mutant] = []
    strange: list[Mutant] = []
    for shown, all_found in found(code, scratch, judge).items():
        if only and shown not in only:
            continue
        asked = all_found[::every]
        judged = [m for m in asked if again is None or m.name in again]
        survived = [m for m in judged if not judge.killed(m)]
        total += len(asked)
        alive += survived
        if every == 1:
            reasons = explained.get(shown, {})
            gone |= {f"{shown} {r}" for r in reasons} - {m.name for m in survived}
        print(f"{shown}: {len(asked) - len(survived)} of {len(asked)} killed")
        for mutant in survived:
            known = mutant.short in explained.get(shown, {})
            strange += [] if known else [mutant]
            how = "explained" if known else "unexplained"
            print(f"survived, {how}: {mutant.name} (line {mutant.change.line})")
        sys.stdout.flush()  # the whole takes minutes
    for name in sorted(gone):
        print(f"explained, but killed or gone: {name}")
    score = 100 * (total - len(alive)) / total if total else 0.0
    print(
        f"{total} mutants: {total - len(alive)} killed ({score:.1f} %), {len(alive)} survived: "
        f"{len(alive) - len(strange)} explained, {len(strange)} unexplained; "
        f"in {time.monotonic() - start:.0f} s"
    )
    return 0 if score >= LEAST and not strange and not gone else 1


def found(code: Code, scratch: Path, judge: Judge) -> dict[str, list[Mutant]]:
    """The mutants of each file, by its path below the code's folder."""
    folder = scratch / code.folder
    trees = {
        file.relative_to(folder).as_posix(): ast.parse(file.read_text("utf-8"))
        for file in code.files(scratch)
    }
    seen = judge.seen
    used = names_used(trees, seen.scenarios)
    mutated = {}
    for shown, tree in trees.items():
        constants = used.get(Path(shown).stem, set()) if shown.startswith("controls/") else None
        ran = Ran(seen.imports.get(shown, {}), seen.scenarios.get(shown, {}), constants)
        mutated[shown] = mutants(shown, tree, ran)
    return mutated


if __name__ == "__main__":
    sys.exit(main())
