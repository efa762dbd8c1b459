"""`python -m compliance_tests.fleet FOLDER [--sample N --seed S]`: is a fleet's verdict that of
`pulumi policy analyze`, state by state? Two seconds of the engine for each.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

from gate.fleet_worker import Judge

from .agree import both


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m compliance_tests.fleet", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    files = sorted(args.folder.rglob("*.json"))
    chosen = random.Random(args.seed).sample(files, min(args.sample, len(files)))  # noqa: S311
    judge, wrong = Judge(), 0
    for file in sorted(chosen):
        differences = both(file, judge).differences
        wrong += bool(differences)
        for line in differences:
            print(f"{file.name}: {line}")
    print(f"{len(chosen)} of {len(files)} states, seed {args.seed}: {wrong} differ")
    return 1 if wrong or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
