"""What an outside judge left, taken into the evidence: of this stack, since its last update, whole.

Its file is no part of the verdict. One that is missing, damaged, old or of another stack is said to
be so, and never passes for a look that nobody took.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from evidence import canonical
from evidence.judge import AGREED, Judge
from evidence.load import build
from evidence.model import Evidence, Verdict
from evidence.schema import part_faults
from evidence.store import prefix

from .paths import SANDBOX

if TYPE_CHECKING:
    from .paths import Paths

NOBODY = "no outside judge has looked since the last update"
AGREE = (Verdict.FAILED, Verdict.WAIVED)


def told(paths: Paths, evidence: Evidence, updates: Iterable[Mapping[str, Any]]) -> Judge:
    """What the judge says of the stack as it is, or why it says nothing; raises nothing."""
    name = f"{prefix(evidence.run.assurance)}prowler.json"
    remedy = "; run: make prowler, then make verify" if paths.stack == SANDBOX else ""
    file = paths.reports / name
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return Judge(absent=NOBODY + remedy)
    except OSError as e:
        return Judge(absent=f"{name} cannot be read ({e.strerror}){remedy}")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return Judge(absent=f"{name} is damaged{remedy}")
    if wrong := part_faults("judge", document):
        return Judge(absent=f"{name} is damaged ({wrong[0]}){remedy}")
    found = build(Judge, document)
    if why := _incoherent(found) or _foreign(found, evidence) or _stale(found, evidence, updates):
        return Judge(absent=f"{why}{remedy}")
    return replace(_agreed(found, evidence), digest=canonical.digest_bytes(data))


def _incoherent(judge: Judge) -> str:
    """Counts that cannot be, which no scan leaves."""
    if judge.absent or not judge.at:
        return "the judge's file holds no look at the stack"
    if judge.checks < 1 or judge.passed + judge.failed + judge.manual != judge.checks:
        return "the judge's counts do not add up"
    checks = {f.check for f in judge.failures}
    if len(judge.failures) != judge.failed or len(checks) != judge.failed:
        return "the judge's failures are not as many as it counts"
    if any(f.answer == AGREED for f in judge.failures):
        return "the judge's file says what the gate alone can say"
    return ""


def _foreign(judge: Judge, evidence: Evidence) -> str:
    run = evidence.run
    theirs = (judge.stack, judge.assurance, judge.account)
    if theirs == (run.stack, run.assurance.value, run.account):
        return ""
    whose = f"{judge.stack or 'no stack'} ({judge.assurance}) in {judge.account or 'no account'}"
    return f"the judge looked at another stack: {whose}"


def _stale(judge: Judge, evidence: Evidence, updates: Iterable[Mapping[str, Any]]) -> str:
    try:
        looked = datetime.fromisoformat(judge.at)
        now = datetime.fromisoformat(evidence.run.finished_at)
        ends = [datetime.fromisoformat(str(u["end"])) for u in updates]
        if not ends:
            return "nobody can say when the stack was last updated, so the judge's look may be old"
        if looked > now:
            return f"the judge's look has a time to come ({judge.at})"
        if looked < max(ends):
            return f"{NOBODY}: it looked at {judge.at}"
    except (ValueError, KeyError, TypeError):  # also of times with and without a zone
        return "the times of the judge and of the updates cannot be compared"
    return ""


def _agreed(judge: Judge, evidence: Evidence) -> Judge:
    """What nobody excused and a control of ours fails too is agreed upon."""
    failing = {c.id for c in evidence.controls if c.verdict in AGREE}
    answered = []
    for failure in judge.failures:
        both = tuple(c for c in failure.controls if c in failing)
        agreed = both and not failure.answer
        answered.append(replace(failure, answer=AGREED, controls=both) if agreed else failure)
    return replace(judge, failures=tuple(answered))
