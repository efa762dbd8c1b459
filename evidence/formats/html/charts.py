"""Numbers for the charts, in the units of their drawings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evidence.model import Evidence, Verdict

HEIGHT = 90.0
WIDTH = 720.0
LEAST = 4  # a full column is this many controls or more: one failure is no wall
#: What did not pass, from the bottom up. Passes would fill the chart and hide the rest.
SHOWN = (Verdict.WAIVED, Verdict.NOT_EVALUATED, Verdict.FAILED)


@dataclass(frozen=True)
class Bar:
    """One run: where its column stands, and its parts from the bottom up."""

    x: float
    width: float
    at: str
    stage: str
    outcome: str
    passed: int
    total: int  # of the parts
    parts: tuple[tuple[str, float, float, int], ...]  # verdict, y, height, count

    @property
    def middle(self) -> float:
        """Where its labels stand."""
        return round(self.x + self.width / 2, 2)

    @property
    def top(self) -> float:
        """Where the column ends."""
        return self.parts[-1][1] if self.parts else HEIGHT


@dataclass(frozen=True)
class Trend:
    """Controls that did not pass, run by run."""

    bars: tuple[Bar, ...]
    most: int
    height: float = HEIGHT
    width: float = WIDTH


def trend(runs: Sequence[Evidence]) -> Trend:
    """A column for each run; what is not applicable or off is not in it."""
    counted = [_counts(e) for e in runs]
    most = max((sum(c[v] for v in SHOWN) for c in counted), default=0)
    full = max(most, LEAST)
    step = min(WIDTH / max(len(runs), 1), 48.0)
    bars = []
    for number, (evidence, counts) in enumerate(zip(runs, counted, strict=True)):
        y, parts = HEIGHT, []
        for verdict in SHOWN:
            if not counts[verdict]:
                continue
            height = round(counts[verdict] / full * HEIGHT, 2)
            y = round(y - height, 2)
            parts.append((verdict.value, y, height, counts[verdict]))
        run = evidence.run
        bars.append(
            Bar(
                round(number * step + step * 0.12, 2),
                round(step * 0.76, 2),
                run.finished_at,
                run.stage.value,
                run.outcome.value,
                counts[Verdict.PASSED],
                sum(counts[v] for v in SHOWN),
                tuple(parts),
            )
        )
    return Trend(tuple(bars), full)


def _counts(evidence: Evidence) -> Counter[Verdict]:
    found: Counter[Verdict] = Counter()
    for control in evidence.controls:
        verdict = Verdict.FAILED if control.verdict is Verdict.ERROR else control.verdict
        if verdict in (*SHOWN, Verdict.PASSED) and not control.gap:
            found[verdict] += 1
    return found
