"""What the gate adds to bare commands: ``python -m benchmarks.gate [--runs N]``.

On one sandbox of its own, in turns: `pulumi preview` and `pulumi up` without anything, and
`python -m gate preview` and `python -m gate up` of the previewed plan, which add the policy pack,
the verdict, the evidence, its attestation and the comparison (not the live proof: that is a test of
its own). Once for a stack that comes, once for one that stays as it is. Seconds are medians, the
ratio is the median of the pairs' ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from compliance_tests.engine.checkout import Checkout, Ran, checkout, run

QUIET = ("--non-interactive",)
KINDS = ("a stack that comes", "a stack that stays")
Pair = list[float]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gate", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="pairs of each measurement")
    runs = parser.parse_args().runs
    pairs: dict[str, list[Pair]] = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory() as folder, checkout(Path(folder) / "copy") as copy:
        for number in range(runs):
            print(f"pair {number + 1} of {runs}", file=sys.stderr, flush=True)
            times = [_round(copy, gated) for gated in (True, False)]
            for kind, *pair in zip(KINDS, *times, strict=True):
                pairs[kind].append(pair)
    print(f"{'preview and up':<24}{'gated':>9}{'bare':>9}{'ratio':>8}")
    for kind, found in pairs.items():
        gated, bare = (statistics.median(p[side] for p in found) for side in (0, 1))
        ratio = statistics.median(p[0] / p[1] for p in found)
        print(f"{kind:<24}{gated:>8.1f}s{bare:>8.1f}s{ratio:>8.2f}")
    return 0


def _round(copy: Checkout, gated: bool) -> list[float]:
    """Seconds of preview and up, on an empty stack and on the same again; it is empty after."""
    work = _gated if gated else _bare
    found = []
    for _ in KINDS:
        start = time.perf_counter()
        work(copy)
        found.append(time.perf_counter() - start)
    _good(copy.pulumi("destroy", "--yes", "--skip-preview", *QUIET))
    return found


def _bare(copy: Checkout) -> None:
    _good(copy.pulumi("preview", *QUIET))
    _good(copy.pulumi("up", "--yes", "--skip-preview", *QUIET))


def _gated(copy: Checkout) -> None:
    _good(copy.python("-m", "gate", "preview"))
    ticket = json.loads((copy.root / ".state/plans/sandbox.verdict.json").read_text("utf-8"))
    command = [sys.executable, "-m", "gate", "up", "--no-live-proof"]
    _good(run(command, copy.root, {**os.environ, "APPROVE": ticket["verdict"]}))


def _good(ran: Ran) -> None:
    if ran.code:
        sys.exit(f"a command failed, there is nothing to compare:\n{ran.text[-3000:]}")


if __name__ == "__main__":
    sys.exit(main())
