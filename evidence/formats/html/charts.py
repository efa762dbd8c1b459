"""Numbers for the charts, in the units of their drawings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.model import Evidence, Verdict

HEIGHT = 120.0
WIDTH = 720.0
SHOWN = (
    Verdict.PASSED,
    Verdict.WAIVED,
    Verdict.NOT_EVALUATED,
    Verdict.FAILED,
)


@dataclass(frozen=True)
class Bar:
    """One run: where its column stands, and its parts from the bottom up."""

    x: float
    width: float
    at: str
    stage: str
    parts: tuple[tuple[str, float, float, int], ...]  # verdict, y, height, count


@dataclass(frozen=True)
class Trend:
    """Controls by verdict, run by run."""

    bars: tuple[Bar, ...]
    most: int
    height: float = HEIGHT
    width: float = WIDTH


def trend(runs: Sequence[Evidence]) -> Trend:
    """A column for each run; what is not applicable or off is not in it."""
    counted = [_counts(e) for e in runs]
    most = max((sum(c.values()) for c in counted), default=0) or 1
    step = min(WIDTH / max(len(runs), 1), 48.0)
    bars = []
    for number, (evidence, counts) in enumerate(zip(runs, counted, strict=True)):
        y, parts = HEIGHT, []
        for verdict in SHOWN:
            if not counts[verdict]:
                continue
            height = round(counts[verdict] / most * HEIGHT, 2)
            y = round(y - height, 2)
            parts.append((verdict.value, y, height, counts[verdict]))
        run = evidence.run
        x = round(number * step + step * 0.12, 2)
        bars.append(Bar(x, round(step * 0.76, 2), run.finished_at, run.stage.value, tuple(parts)))
    return Trend(tuple(bars), most)


def _counts(evidence: Evidence) -> Counter[Verdict]:
    found: Counter[Verdict] = Counter()
    for control in evidence.controls:
        verdict = Verdict.FAILED if control.verdict is Verdict.ERROR else control.verdict
        if verdict in SHOWN and not control.gap:
            found[verdict] += 1
    return found
