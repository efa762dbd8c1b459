"""What the gate adds to bare commands: ``python -m benchmarks.gate [--runs N] [--json FILE]``.

On one sandbox of its own, in pairs: `pulumi preview` and `pulumi up` without anything, and
`python -m gate preview` and `python -m gate up` of the previewed plan, which add the policy pack,
the verdict, the evidence, its attestation and the comparison (not the live proof: that is a test of
its own). Once for a stack that comes, once for one that stays as it is. A first pair warms the
caches and is not counted; which of the two goes first changes from pair to pair, so that a machine
that grows slower hits both. Ratios are of the two in one pair: median, least and greatest.
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
from typing import Any

from compliance_tests.engine.checkout import Checkout, Ran, checkout, run

QUIET = ("--non-interactive",)
KINDS = ("a stack that comes", "a stack that stays")
STEPS = ("preview", "up", "both")
Times = dict[tuple[str, str], float]  # (kind, step) to seconds


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gate", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="counted pairs (default: 5)")
    parser.add_argument("--json", default="", metavar="FILE", help="every time that was taken")
    args = parser.parse_args()
    if args.runs < 1:
        parser.error("--runs is 1 or more")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's Python keeps what it compiled
    pairs: list[tuple[Times, Times]] = []  # gated, bare
    with tempfile.TemporaryDirectory() as folder, checkout(Path(folder) / "copy") as copy:
        for number in range(args.runs + 1):
            told = f"pair {number} of {args.runs}" if number else "a pair to warm up, not counted"
            print(told, file=sys.stderr, flush=True)
            order = (True, False) if number % 2 else (False, True)
            times = {gated: _round(copy, gated) for gated in order}
            if number:
                pairs.append((times[True], times[False]))
    rows = [row(pairs, kind, step) for kind in KINDS for step in STEPS]
    print(table(rows))
    if args.json:
        Path(args.json).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0


def row(pairs: list[tuple[Times, Times]], kind: str, step: str) -> dict[str, Any]:
    """What was measured of one step: seconds of both, and the ratio of each pair."""
    gated = [g[kind, step] for g, _ in pairs]
    bare = [b[kind, step] for _, b in pairs]
    ratios = [g / b for g, b in zip(gated, bare, strict=True)]
    return {
        "kind": kind,
        "step": step,
        "gated": gated,
        "bare": bare,
        "ratios": ratios,
        "ratio": statistics.median(ratios),
        "least": min(ratios),
        "greatest": max(ratios),
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Medians of the seconds; the ratio's median and its spread over the pairs."""
    lines = [f"{'':<28}{'gated':>8}{'bare':>8}{'ratio':>7}{'least':>7}{'greatest':>10}"]
    for one in rows:
        name = f"{one['kind']}: {one['step']}"
        gated, bare = statistics.median(one["gated"]), statistics.median(one["bare"])
        lines.append(
            f"{name:<28}{gated:>7.1f}s{bare:>7.1f}s{one['ratio']:>7.2f}{one['least']:>7.2f}"
            f"{one['greatest']:>10.2f}"
        )
    return "\n".join([*lines, f"pairs: {len(rows[0]['ratios'])}, load {os.getloadavg()[0]:.1f}"])


def _round(copy: Checkout, gated: bool) -> Times:
    """Seconds of preview and up, on an empty stack and on the same again; it is empty after."""
    found: Times = {}
    for kind in KINDS:
        for step in STEPS[:2]:
            start = time.perf_counter()
            (_gated if gated else _bare)(copy, step)
            found[kind, step] = time.perf_counter() - start
        found[kind, "both"] = found[kind, "preview"] + found[kind, "up"]
    _good(copy.pulumi("destroy", "--yes", "--skip-preview", *QUIET))
    return found


def _bare(copy: Checkout, step: str) -> None:
    more = ("--yes", "--skip-preview") if step == "up" else ()
    _good(copy.pulumi(step, *more, *QUIET))


def _gated(copy: Checkout, step: str) -> None:
    if step == "preview":
        _good(copy.python("-m", "gate", "preview"))
        return
    ticket = json.loads((copy.root / ".state/plans/sandbox.verdict.json").read_text("utf-8"))
    command = [sys.executable, "-m", "gate", "up", "--no-live-proof"]
    _good(run(command, copy.root, {**os.environ, "APPROVE": ticket["verdict"]}))


def _good(ran: Ran) -> None:
    if ran.code:
        sys.exit(f"a command failed, there is nothing to compare:\n{ran.text[-3000:]}")


if __name__ == "__main__":
    sys.exit(main())
