"""Makes changes by hand on a deployed copy: `python -m compliance_tests.drift [WORDS OF NAME]`."""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from compliance_tests.engine.checkout import checkout

from .change import Change
from .run import CHANGES, Noticed, attack

COPIES = 2


def main() -> int:
    words = " ".join(sys.argv[1:])
    chosen = [c for c in CHANGES if words in c.name]
    if not chosen:
        print(f"no change is named {words!r}; there are: {', '.join(c.name for c in CHANGES)}")
        return 3
    shares = [s for n in range(COPIES) if (s := chosen[n::COPIES])]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(COPIES) as pool:
        done = [
            s
            for r in pool.map(one, shares, (Path(folder, str(n)) for n in range(COPIES)))
            for s in r
        ]
    right = sum(n.right for n in done)
    print(f"{right} of {len(done)} changes noticed by exactly those who must")
    return 0 if right == len(done) else 1


def one(changes: list[Change], folder: Path) -> list[Noticed]:
    with checkout(folder) as copy:
        return attack(copy, changes, say)


def say(seen: Noticed) -> None:
    mark = "ok   " if seen.right else "WRONG"
    print(
        f"{mark} {seen.change.name}: {', '.join(sorted(seen.red)) or 'nobody noticed'}", flush=True
    )
    if not seen.right:
        print(f"      expected {', '.join(sorted(seen.change.noticed))}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
