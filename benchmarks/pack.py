"""How long the policy pack takes: ``python -m benchmarks.pack [--preview]``.

On 500 and 2,000 resources, in this process: the pack's own servicer beside pulumi-policy's stock
one over the same controls and requests, run in turns, so that a busy machine slows both. With
``--preview``: the bare preview of the shipped stack with and without the pack, in turns as well.
Times are medians in seconds, ratios are medians of the pairs' ratios.
"""

# ruff: noqa: T201 (a command)

from __future__ import annotations

import argparse
import itertools
import os
import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core import Item

ROOT = Path(__file__).resolve().parents[1]
SIZES = (500, 2000)
Request = tuple[str, Any]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pack", description=__doc__)
    parser.add_argument("--preview", action="store_true", help="also time the engine's preview")
    parser.add_argument("--runs", type=int, default=5, help="pairs of each measurement")
    args = parser.parse_args()
    sys.path.insert(0, str(ROOT / "policies"))
    print(f"{'':<34}{'with':>9}{'beside':>9}{'ratio':>8}")
    for size in SIZES:
        ours, stock = servicers(size)
        show(f"{size} resources, beside the stock SDK", pairs(ours, stock, args.runs))
    if args.preview:
        with_pack, without = (preview(p) for p in (("--policy-pack", "policies"), ()))
        show("preview, beside none with the pack", pairs(with_pack, without, args.runs))
    return 0


def pairs(
    first: Callable[[], object], second: Callable[[], object], runs: int
) -> list[list[float]]:
    """Seconds of both, in turns; one run of each before is not counted."""
    first(), second()
    return [[_seconds(first), _seconds(second)] for _ in range(runs)]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def show(name: str, found: Sequence[Sequence[float]]) -> None:
    """One line: both medians and the median of the ratios."""
    one, other = (statistics.median(column) for column in zip(*found, strict=True))
    ratio = statistics.median(a / b for a, b in found)
    print(f"{name:<34}{one:>9.3f}{other:>9.3f}{ratio:>8.2f}", flush=True)


def servicers(size: int) -> tuple[Callable[[], None], Callable[[], None]]:
    """A whole preview's requests for `size` resources, answered by our servicer and the stock."""
    from controls import CONTROLS
    from core import Settings
    from core.replay import Replay
    from core.scenarios import build

    settings = Settings(stack="test", project="bench", suffix="test")
    resources = build(stack(size), settings)
    recorder = Replay(CONTROLS, settings)
    recorded = _Recorder()
    recorder.servicer = recorded
    for resource in resources:
        recorder.analyze(resource)
    recorder.analyze_stack(resources)

    def answered(use_stock: bool) -> Callable[[], None]:
        servicer = Replay(CONTROLS, settings, use_stock).servicer

        def answer() -> None:
            for name, request in recorded.requests:
                getattr(servicer, name)(request, None)

        return answer

    return answered(False), answered(True)


def stack(size: int) -> list[Item]:
    """The compliant examples of all controls, again and again, each time under other names."""
    from controls import CONTROLS
    from core import Verdict

    groups = [
        s.items for c in CONTROLS for s in c.scenarios if s.verdict is Verdict.PASSED and s.items
    ]
    items: list[Item] = []
    for number, group in enumerate(itertools.cycle(groups)):
        for item in group:
            needs = {k: tuple(f"{n}-{number}" for n in v) for k, v in item.needs.items()}
            parent = f"{item.parent}-{number}" if item.parent else ""
            name = f"{item.name}-{number}"
            items.append(replace(item, name=name, needs=needs, parent=parent))
        if len(items) >= size:
            return items[:size]
    return items


class _Recorder:
    """Stands in for the servicer and keeps what it is asked."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def __getattr__(self, name: str) -> Callable[[Any, Any], Any]:
        from pulumi.runtime.proto import analyzer_pb2 as pb

        def keep(request: Any, _context: Any) -> Any:
            self.requests.append((name, request))
            return pb.AnalyzeResponse()

        return keep


def preview(options: Sequence[str]) -> Callable[[], None]:
    """The engine's bare preview of the sandbox stack with these options."""
    printed = subprocess.run(
        [sys.executable, "-m", "sandbox", "env"], cwd=ROOT, capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    environ = dict(os.environ)
    for words in map(shlex.split, printed.splitlines()):
        if words[:1] == ["export"]:
            name, _, value = words[1].partition("=")
            environ[name] = value
    command = ["pulumi", "preview", "--non-interactive", "--diff=false", *options]

    def run() -> None:
        done = subprocess.run(
            command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.exit(f"the preview failed, run make preview first:\n{done.stdout[-2000:]}")

    return run


if __name__ == "__main__":
    sys.exit(main())
