"""Many stacks at a glance, from the latest evidence of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .model import Assurance, Evidence, Outcome, Stage, Verdict, WaiverState

WORST_FIRST = (
    Outcome.VIOLATIONS,
    Outcome.COULD_NOT_RUN,
    Outcome.NOT_PROVEN,
    Outcome.PASSED,
)
BAD = (Verdict.FAILED, Verdict.ERROR, Verdict.NOT_EVALUATED)


@dataclass(frozen=True)
class Stack:
    """One stack: what its newest run of each stage says."""

    project: str
    stack: str
    account: str
    region: str
    profile: str
    assurance: Assurance
    outcomes: dict[Stage, Outcome | None]
    times: dict[Stage, str]
    counts: dict[str, int]  # of the worst verdict of each control
    open: tuple[str, ...]  # controls that are not passed, by their worst verdict
    waivers: int
    pack: str  # digest

    @property
    def outcome(self) -> Outcome:
        """The worst of its stages; a stage without evidence is not proven."""
        found = {o or Outcome.NOT_PROVEN for o in self.outcomes.values()}
        return next(o for o in WORST_FIRST if o in found)


def overview(runs: Iterable[Evidence]) -> tuple[Stack, ...]:
    """A row for each stack, worst first; emulated runs and real ones never share a row."""
    grouped: dict[tuple[str, str, Assurance], dict[Stage, Evidence]] = {}
    for evidence in sorted(runs, key=lambda e: (e.run.finished_at, e.run.id)):
        run = evidence.run
        grouped.setdefault((run.project, run.stack, run.assurance), {})[run.stage] = evidence
    rows = [_stack(*key, stages) for key, stages in grouped.items()]
    return tuple(
        sorted(rows, key=lambda s: (WORST_FIRST.index(s.outcome), s.project, s.stack, s.assurance))
    )


def _stack(project: str, stack: str, assurance: Assurance, stages: dict[Stage, Evidence]) -> Stack:
    newest = max(stages.values(), key=lambda e: e.run.finished_at)
    worst: dict[str, Verdict] = {}
    order = (*BAD, Verdict.WAIVED, Verdict.PASSED, Verdict.NOT_APPLICABLE, Verdict.OFF)
    for evidence in stages.values():
        for control in (c for c in evidence.controls if not c.gap):
            before = worst.get(control.id, Verdict.OFF)
            worst[control.id] = min(before, control.verdict, key=order.index)
    counts = Counter(v.value for v in worst.values())
    active = {w.id for e in stages.values() for w in e.waivers if w.state is WaiverState.ACTIVE}
    return Stack(
        project,
        stack,
        newest.run.account,
        newest.run.region,
        newest.run.profile,
        assurance,
        {s: stages[s].run.outcome if s in stages else None for s in Stage},
        {s: stages[s].run.finished_at if s in stages else "" for s in Stage},
        dict(counts),
        tuple(sorted(c for c, v in worst.items() if v in BAD)),
        len(active),
        newest.run.digests.get("pack", ""),
    )
