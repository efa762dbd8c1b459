"""`python -m compliance_tests.mutation`: changes the pack's code, one small thing at a time.

Prints for each file how many changes the tests noticed, then each that they did not and that
survivors.toml does not explain. Exit code 1 when there is one, or when too few were noticed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Collection, Sequence
from pathlib import Path

from . import judge
from .mutants import BESIDE, TESTS, Mutant, files, mutants, names_used

ROOT = Path(__file__).parents[2]
LEAST = 95  # percent of all mutants that tests must notice
SURVIVED = re.compile(r"^survived, unexplained: (.*) \(line \d+\)$", re.MULTILINE)
EXPLAINED = Path(__file__).with_name("survivors.toml")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m compliance_tests.mutation")
    parser.add_argument("only", nargs="*", help="files of policies/, e.g. controls/region.py")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth mutant")
    parser.add_argument(
        "--again", type=Path, metavar="FILE", help="only those that this output says survived"
    )
    args = parser.parse_args()
    before = args.again.read_text("utf-8") if args.again else ""
    again = {m[1] for m in SURVIVED.finditer(before)} if args.again else None
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder).resolve()
        for name in ("policies", "compliance_tests"):
            shutil.copytree(
                ROOT / name, scratch / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        shutil.copy(ROOT / "pyproject.toml", scratch)
        os.chdir(scratch)
        sys.path[:0] = [str(scratch / "policies"), str(scratch)]
        sys.dont_write_bytecode = True
        return run(scratch, args.only, args.every, again)


def run(
    scratch: Path, only: Sequence[str], every: int = 1, again: Collection[str] | None = None
) -> int:
    """Judge each Nth mutant of the files that are asked for, of all when none is.

    With `again` only those names are judged anew; the others were killed before.
    """
    start = time.monotonic()
    pack = scratch / "policies"
    asked = [f for f in files(pack) if not only or f.relative_to(pack).as_posix() in only]
    judge.warm(any(f.parent.name == "core" or f.name in BESIDE for f in asked))
    tests = [t for f in asked for t in (*TESTS.get(f.name, ()), *BESIDE.get(f.name, ()))]
    if red := judge.sound(scratch, tests):
        print(f"{red}: red before any mutation; mend it first (python -m pytest)")
        return 2
    checks, imports = judge.calls(scratch)
    names = names_used(pack, checks)
    explained = tomllib.loads(EXPLAINED.read_text("utf-8"))
    total, alive, gone = 0, [], set[str]()
    for file in asked:
        shown = file.relative_to(pack).as_posix()
        found = mutants(pack, file, checks, imports, names)[::every]
        asked_again = [m for m in found if again is None or m.name in again]
        survived = [m for m in asked_again if not judge.killed(m, scratch)]
        total += len(found)
        alive += survived
        reasons = explained.get(shown, {})
        if every == 1:
            gone |= {f"{shown} {r}" for r in reasons} - {m.name for m in survived}
        say(shown, len(found), survived)
    strange = [m for m in alive if not _explained(m, explained)]
    for mutant in strange:
        print(f"survived, unexplained: {mutant.name} (line {mutant.change.line})")
    for name in sorted(gone):
        print(f"explained, but killed or gone: {name}")
    score = 100 * (total - len(alive)) / total if total else 0.0
    print(
        f"{total} mutants: {total - len(alive)} killed ({score:.1f} %), {len(alive)} survived, "
        f"{len(alive) - len(strange)} of them explained; in {time.monotonic() - start:.0f} s"
    )
    return 0 if score >= LEAST and not strange and not gone else 1


def say(file: str, count: int, survived: Sequence[Mutant]) -> None:
    """One line for a file, at once: the whole takes minutes."""
    print(f"{file}: {count - len(survived)} of {count} killed", flush=True)


def _explained(mutant: Mutant, explained: dict[str, dict[str, str]]) -> bool:
    return mutant.name.removeprefix(f"{mutant.file} ") in explained.get(mutant.file, {})


if __name__ == "__main__":
    sys.exit(main())
