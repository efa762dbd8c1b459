"""Prowler's findings against the reviewed reasons: who reported, who failed, and why we do not."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from evidence.canonical import utc
from evidence.judge import Judge, JudgeFailure

HERE = Path(__file__).parent
OURS = "Project:iot-data-platform"  # the label of what belongs to the stack
NOT_OURS = ("account", "vpc")  # kinds that excuse no resource of the stack
SILENT = "fails, and reasons.toml does not say why we pass"


@dataclass(frozen=True)
class Reason:
    """Why a failure of the judge is none of ours; `named` stands before the colon, if any."""

    kind: str
    text: str

    @property
    def named(self) -> str:
        """The requirement, deviation, control or check that covers it."""
        return self.text.partition(":")[0] if ": " in self.text else ""


@dataclass(frozen=True)
class Compared:
    """Counts, and what is wrong: silence, a failure without a reason, a reason without one."""

    statuses: Mapping[str, int]
    failed: Mapping[str, str]  # check: the kind of its reason
    failures: Sequence[JudgeFailure]
    faults: Sequence[str]
    verdicts: Mapping[str, str]  # check: FAIL if it failed anywhere, else MANUAL, else PASS

    @property
    def line(self) -> str:
        """The counts in one line."""
        told = ", ".join(f"{n} {s}" for s, n in sorted(self.statuses.items()))
        kinds = Counter(self.failed.values())
        why = ", ".join(f"{n} {k}" for k, n in sorted(kinds.items()))
        return (
            f"prowler: {told}; {len(self.failed)} checks failed: {why}; {len(self.faults)} faults"
        )

    def judge(self, findings: Sequence[Mapping[str, Any]], stack: str, assurance: str) -> Judge:
        """What the evidence of a live run takes in; the time is that of the earliest finding."""
        count = Counter(self.verdicts.values())
        product = findings[0]["metadata"]["product"]
        began = min(int(f["finding_info"]["created_time"]) for f in findings)
        accounts = {str(f["cloud"]["account"]["uid"]) for f in findings}
        return Judge(
            tool=str(product["name"]),
            version=str(product["version"]),
            at=utc(datetime.fromtimestamp(began, UTC)),
            stack=stack,
            assurance=assurance,
            account=", ".join(sorted(accounts)),
            checks=len(self.verdicts),
            passed=count["PASS"],
            failed=count["FAIL"],
            manual=count["MANUAL"],
            failures=tuple(self.failures),
            faults=tuple(f for f in self.faults if not f.startswith(SILENT)),
        )


def reasons() -> dict[str, Reason]:
    """Check to its reason. Raises ValueError when a check stands there twice."""
    found: dict[str, Reason] = {}
    for kind, entry in tomllib.loads((HERE / "reasons.toml").read_text("utf-8")).items():
        for check, text in entry.items():
            if check in found:
                raise ValueError(f"reasons.toml holds {check} twice")
            found[check] = Reason(kind, text)
    return found


def controls() -> dict[str, list[str]]:
    """Check, or the beginning of one with `*`, to the controls that look at the same."""
    found: dict[str, list[str]] = tomllib.loads((HERE / "controls.toml").read_text("utf-8"))
    return found


def expected() -> set[str]:
    """Checks that must report: Prowler says nothing where it could not ask."""
    return set((HERE / "expected.txt").read_text("utf-8").split())


def compare(findings: Iterable[Mapping[str, Any]]) -> Compared:
    """Hold OCSF findings to the reasons."""
    known, alike = reasons(), controls()
    statuses: Counter[str] = Counter()
    verdicts: dict[str, str] = {}
    titles: dict[str, str] = {}
    failing: Counter[str] = Counter()
    strangers: set[str] = set()
    order = ("PASS", "MANUAL", "FAIL")
    for finding in findings:
        check, status = str(finding["metadata"]["event_code"]), str(finding["status_code"])
        statuses[status] += 1
        status = status if status in order else "FAIL"
        verdicts[check] = max(verdicts.get(check, "PASS"), status, key=order.index)
        if status == "FAIL":
            failing[check] += 1
            titles[check] = str(finding.get("finding_info", {}).get("title", ""))
            ours = any(OURS in r.get("labels", ()) for r in finding.get("resources", ()))
            if ours and check in known and known[check].kind in NOT_OURS:
                strangers.add(check)
    faults = [f"did not report: {c}" for c in sorted(expected() - set(verdicts))]
    faults += [f"{SILENT}: {c}" for c in sorted(failing) if c not in known]
    faults += [f"reasons.toml excuses what passes: {c}" for c in sorted(set(known) - set(failing))]
    faults += [
        f"fails on a resource of the stack, and the reason is {known[c].kind}: {c}"
        for c in sorted(strangers)
    ]
    faults += [
        f"{reason.named} does not pass, and {c} is excused by it"
        for c, reason in sorted(known.items())
        if reason.kind == "superseded" and c in failing and verdicts.get(reason.named) != "PASS"
    ]
    failures = [
        JudgeFailure(
            check,
            titles[check],
            count,
            answer=known[check].kind if check in known else "",
            reason=known[check].text if check in known else "",
            controls=tuple(_alike(check, alike)),
        )
        for check, count in sorted(failing.items())
    ]
    failed = {f.check: f.answer or "no reason" for f in failures}
    return Compared(dict(statuses), failed, failures, faults, verdicts)


def _alike(check: str, known: Mapping[str, list[str]]) -> list[str]:
    whole = known.get(check)
    starts = (v for k, v in known.items() if k.endswith("*") and check.startswith(k[:-1]))
    return whole or next(starts, [])
