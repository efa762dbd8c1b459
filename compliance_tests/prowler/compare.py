"""Prowler's findings against the reviewed reasons: who reported, who failed, and why we do not."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Compared:
    """Counts, and what is wrong: silence, a failure without a reason, a reason without one."""

    statuses: Mapping[str, int]
    failed: Mapping[str, str]  # check: the kind of its reason
    faults: Sequence[str]

    @property
    def line(self) -> str:
        """The counts in one line."""
        told = ", ".join(f"{n} {s}" for s, n in sorted(self.statuses.items()))
        kinds = Counter(self.failed.values())
        why = ", ".join(f"{n} {k}" for k, n in sorted(kinds.items()))
        return (
            f"prowler: {told}; {len(self.failed)} checks failed: {why}; {len(self.faults)} faults"
        )


def reasons() -> dict[str, str]:
    """Check to the kind of its reason. Raises ValueError when a check stands there twice."""
    found: dict[str, str] = {}
    for kind, entry in tomllib.loads((HERE / "reasons.toml").read_text("utf-8")).items():
        for check in entry["checks"]:
            if check in found:
                raise ValueError(f"reasons.toml holds {check} twice")
            found[check] = kind
    return found


def expected() -> set[str]:
    """Checks that must report: Prowler says nothing where it could not ask."""
    return set((HERE / "expected.txt").read_text("utf-8").split())


def compare(findings: Iterable[Mapping[str, Any]]) -> Compared:
    """Hold OCSF findings to the reasons."""
    known = reasons()
    statuses: Counter[str] = Counter()
    reported: set[str] = set()
    failed: dict[str, str] = {}
    for finding in findings:
        check, status = str(finding["metadata"]["event_code"]), str(finding["status_code"])
        statuses[status] += 1
        reported.add(check)
        if status == "FAIL":
            failed[check] = known.get(check, "no reason")
    faults = [f"did not report: {c}" for c in sorted(expected() - reported)]
    faults += [
        f"fails, and reasons.toml does not say why we pass: {c}"
        for c in sorted(failed)
        if c not in known
    ]
    faults += [f"reasons.toml excuses what passes: {c}" for c in sorted(set(known) - set(failed))]
    return Compared(dict(statuses), failed, faults)
