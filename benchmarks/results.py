"""What was measured, kept line by line, so that an interrupted run goes on where it stopped."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import KEPT

Row = Mapping[str, Any]


class Results:
    """The rows of one suite. A row has its case, its size and its repetition."""

    def __init__(self, suite: str, fresh: bool = False):
        self.suite = suite
        self.file: Path = KEPT / f"{suite}.jsonl"
        if fresh:
            self.file.unlink(missing_ok=True)
        self.rows: list[Row] = []
        if self.file.exists():
            for line in self.file.read_text("utf-8").splitlines():
                try:
                    self.rows.append(json.loads(line))
                except ValueError:
                    continue  # cut off by an interruption: measured again

    def once(
        self, case: str, size: int, repetition: int, work: Callable[[], Mapping[str, Any]]
    ) -> None:
        """Measure, unless it was; what fails is said and left out."""
        key = (case, size, repetition)
        if any((r["case"], r["size"], r["repetition"]) == key for r in self.rows):
            return
        try:
            found = dict(work())
        except Exception as e:  # noqa: BLE001 (one peer that breaks does not end the run)
            say(f"{self.suite}: {case} at {size} failed: {type(e).__name__}: {str(e)[:200]}")
            return
        row = {"case": case, "size": size, "repetition": repetition, **found}
        self.rows.append(row)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        told = " ".join(f"{k} {v:.3g}" for k, v in found.items() if isinstance(v, float))
        say(f"{self.suite}: {case} at {size}, repetition {repetition + 1}: {told}")

    def of(self, case: str, size: int) -> dict[int, Row]:
        """The rows of a case by their repetition."""
        wanted = [r for r in self.rows if r["case"] == case and r["size"] == size]
        return {r["repetition"]: r for r in wanted}

    def sizes(self) -> list[int]:
        """The sizes that were measured."""
        return sorted({r["size"] for r in self.rows})

    def median(self, case: str, size: int, field: str) -> float | None:
        """The median over the repetitions."""
        found = [r[field] for r in self.of(case, size).values() if field in r]
        return statistics.median(found) if found else None

    def ratio(self, case: str, other: str, size: int, field: str) -> Ratio | None:
        """`case` over `other` within each repetition: only what ran side by side is compared."""
        mine, theirs = self.of(case, size), self.of(other, size)
        found = [mine[n][field] / theirs[n][field] for n in mine if n in theirs]
        return Ratio(statistics.median(found), min(found), max(found)) if found else None


@dataclass(frozen=True)
class Ratio:
    """A median of paired ratios with its spread."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


def turns(cases: Sequence[str], repetition: int) -> list[str]:
    """The cases in another order each time, so that none always runs after the same one."""
    at = repetition % len(cases)
    return [*cases[at:], *cases[:at]]


def say(line: str) -> None:
    """Progress, on standard error."""
    print(f"benchmarks: {line}", file=sys.stderr, flush=True)
