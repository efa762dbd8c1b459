"""How long the policy pack takes: ``python -m benchmarks.pack``.

Over gRPC, one call at a time, as the engine asks: the pack; the same controls under pulumi-policy's
stock servicer; a pack that receives and parses each request and decides nothing (the limit of any
Python pack behind the protocol); an empty pack of the stock SDK. In turns, so that a busy machine
slows all of them. All controls are on. The pack and the stock path must say the same.
"""

from __future__ import annotations

import argparse
import sys

from . import ROOT
from .requests import asked
from .results import Results, say, turns
from .wire import Pack, measure, start

SIZES = (500, 2_000, 5_000, 20_000)
MOST_STOCK = 5_000  # beyond it the stock path takes longer than everything else together
START = 0  # the size of a start alone
OURS, STOCK, LIMIT, EMPTY = "pack", "stock", "limit", "empty"
PACKS = {
    OURS: Pack(OURS, ROOT / "policies"),
    STOCK: Pack(STOCK, ROOT / "policies", env={"POLICY_STOCK": "1"}),
    LIMIT: Pack(LIMIT, ROOT / "benchmarks" / "packs" / "limit"),
    EMPTY: Pack(EMPTY, ROOT / "benchmarks" / "packs" / "empty"),
}


def run(results: Results, sizes: tuple[int, ...], runs: int, stock: int = MOST_STOCK) -> None:
    """Measure what is not measured yet."""
    for repetition in range(4 * runs):
        for name in turns((OURS, LIMIT, EMPTY), repetition):
            results.once(name, START, repetition, lambda pack=PACKS[name]: start(pack))  # type: ignore[misc]
    for size in sizes:
        for view in ("first", "known") if size == min(sizes) else ("first",):
            requests = asked(size, view)
            suffix = "" if view == "first" else f", {view}"
            for repetition in range(runs):
                for name in turns(tuple(PACKS), repetition):
                    slow = name == STOCK and (size > stock or (size > 500 and repetition))
                    if slow:  # once is enough to tell minutes from seconds
                        continue
                    results.once(
                        name + suffix,
                        size,
                        repetition,
                        lambda pack=PACKS[name], requests=requests: measure(pack, requests),  # type: ignore[misc]
                    )


def differences(results: Results) -> list[str]:
    """Where the pack and the stock path did not say the same."""
    wrong: list[str] = []
    for size in (s for s in results.sizes() if s != START):
        for suffix in ("", ", known"):
            told = {
                row["digest"]
                for name in (OURS, STOCK)
                for row in results.of(name + suffix, size).values()
            }
            if len(told) > 1:
                wrong.append(f"at {size}{suffix} the pack and its stock path differ")
    return wrong


def lines(results: Results) -> list[str]:
    """The table, as Markdown; the calls' µs are for each resource."""
    found = [
        *_starts(results),
        "| resources | pack | policies | start s | Remediate µs | Analyze µs | AnalyzeStack µs | "
        "peak MB | whole s | whole, × limit | AnalyzeStack, × limit | "
        "peak, × limit | whole, × stock |",
        "|" + " --- |" * 13,
    ]
    for size in (s for s in results.sizes() if s != START):
        for suffix in ("", ", known"):
            for name in PACKS:
                case = name + suffix
                if (whole := results.median(case, size, "whole")) is None:
                    continue
                value = {
                    f: results.median(case, size, f) or 0.0
                    for f in ("policies", "start", "remediate", "analyze", "stack", "peak_mb")
                }
                calls = (f"{value[f] / size * 1e6:.0f}" for f in ("remediate", "analyze", "stack"))
                ratios = [
                    results.ratio(case, other + suffix, size, field)
                    for other, field in (
                        (LIMIT, "whole"),
                        (LIMIT, "stack"),
                        (LIMIT, "peak_mb"),
                        (STOCK, "whole"),
                    )
                ]
                found.append(
                    f"| {size:,} | {case} | {value['policies']:.0f} | {value['start']:.2f} | "
                    f"{' | '.join(calls)} | {value['peak_mb']:.0f} | {whole:.2f} | "
                    + " | ".join(str(r) if r else "" for r in ratios)
                    + " |"
                )
    return found


def _starts(results: Results) -> list[str]:
    """The starts alone, one after the other, from the process to its first answer."""
    told = [
        f"{name} {seconds:.3f} s, × empty {results.ratio(name, EMPTY, START, 'start')}, "
        f"CPU {results.ratio(name, EMPTY, START, 'cpu')}"
        for name in (OURS, LIMIT, EMPTY)
        if (seconds := results.median(name, START, "start")) is not None
    ]
    count = len(results.of(OURS, START))
    return [f"Start alone, {count} in turns: {'; '.join(told)}.", ""] if told else []


def main() -> int:
    """Measure and print; status 1 when the two paths of the pack do not say the same."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pack", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="repetitions of each measurement")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES), metavar="N")
    parser.add_argument("--no-stock", action="store_true", help="leave the slow path out")
    parser.add_argument("--again", action="store_true", help="forget what was measured before")
    args = parser.parse_args()
    results = Results("pack", args.again)
    run(results, tuple(args.sizes), args.runs, 0 if args.no_stock else MOST_STOCK)
    print("\n".join(lines(results)))
    wrong = differences(results)
    for line in wrong:
        say(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
