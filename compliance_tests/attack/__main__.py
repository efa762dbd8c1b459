"""`python -m compliance_tests.attack`: records the engine's views and attacks the pack on them."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from .record import read, record
from .run import reviewed, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m compliance_tests.attack", description=__doc__)
    parser.add_argument("--views", type=Path, help="a folder of recordings made before")
    parser.add_argument("--all", action="store_true", help="print each mutant with what blocked it")
    args = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        views = read(args.views) if args.views else record(Path(scratch), say)
    result = run(views, reviewed())
    if args.all:
        for judged in result.judgements:
            print(f"{'blocked ' if judged.blocked else 'SURVIVED'} {judged.mutant.name}: "
                  f"{', '.join(judged.mandatory) or '-'}")  # fmt: skip
    print(result.summary())
    say(f"in {time.monotonic() - start:.0f} s")
    return 0 if result.well else 1


def say(line: str) -> None:
    print(f"attack: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
