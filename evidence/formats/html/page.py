"""Everything that the template shows, computed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence import canonical, history
from evidence.diff import Diff, compare
from evidence.formats.registry import View
from evidence.judge import Judge
from evidence.model import (
    Evidence,
    Outcome,
    Resource,
    Stage,
    Subject,
    Verdict,
    Waiver,
)
from evidence.store import evidence_name

from . import charts, pictures
from .attention import Item, attention
from .controls import SEVERITIES, Control, controls, emulated, hidden
from .frameworks import Framework, Requirement, frameworks, requirements

ORDER = (
    Verdict.FAILED,
    Verdict.ERROR,
    Verdict.NOT_EVALUATED,
    Verdict.WAIVED,
    Verdict.PASSED,
    Verdict.NOT_APPLICABLE,
    Verdict.OFF,
)
MOST_RUNS = 60


@dataclass(frozen=True)
class Run:
    """One of the runs that the report is drawn from, or one of its history."""

    evidence: Evidence
    file: str
    digest: str

    @property
    def run(self) -> Any:
        """Its header."""
        return self.evidence.run

    @property
    def counts(self) -> tuple[tuple[Verdict, int], ...]:
        """How many controls came out how, worst first; those of `gaps` are not among them."""
        found = Counter(c.verdict for c in self.evidence.controls if not hidden(c))
        return tuple((v, found[v]) for v in ORDER if found[v])

    @property
    def gaps(self) -> tuple[tuple[str, int], ...]:
        """How many controls no answer of the cloud can show, by why."""
        found = Counter(c.gap for c in self.evidence.controls if hidden(c))
        return tuple(sorted(found.items()))

    @property
    def awake(self) -> tuple[int, int] | None:
        """How many controls refused what was planted for them, of how many asked."""
        asked = [c.awake for c in self.evidence.controls if c.awake is not None]
        return (sum(asked), len(asked)) if asked else None


@dataclass(frozen=True)
class Page:
    """The report."""

    emulated: bool
    newest: Run
    stages: tuple[Run | None, ...]
    outcome: Outcome
    controls: tuple[Control, ...]
    requirements: tuple[Requirement, ...]
    frameworks: tuple[Framework, ...]
    diffs: tuple[Diff, ...]
    compared: bool  # there was a run before at least one of these
    waivers: tuple[Waiver, ...]
    deviations: tuple[Mapping[str, Any], ...]
    problems: tuple[tuple[Stage, str], ...]
    warnings: tuple[str, ...]
    outside: tuple[Subject, ...]
    notes: tuple[str, ...]
    unseen: tuple[Control, ...]  # live: not evaluated, or no answer of the cloud can show it
    resources: int
    due: int  # decisions of the newest evidence: a control on a resource it must speak about
    made: int  # those of them that were made, or found not to apply
    classes: tuple[str, ...]  # values of the tag DataClass
    networks: tuple[pictures.Network, ...]
    keys: pictures.Keys
    period: history.Period | None
    history: tuple[Run, ...]  # the newest; `runs` counts them all
    runs: int
    trend: charts.Trend
    attention: tuple[Item, ...]
    judge: Judge | None  # of the live run
    severities: tuple[str, ...] = SEVERITIES

    @property
    def gap_words(self) -> tuple[str, ...]:
        """Why no answer of the cloud can be shown, as far as it stands in a cell."""
        found = {c.why for k in self.controls for c in k.cells}
        found |= {s.gap for k in self.controls for s in k.subjects if s.verdicts[-1] is None}
        return tuple(sorted(found - {""}))

    @property
    def open(self) -> tuple[Control, ...]:
        """Controls that failed, broke or were not decided in the newest evidence, worst first."""
        bad = [c for c in self.controls if c.verdict in ORDER[:3]]
        return tuple(
            sorted(
                bad,
                key=lambda c: (
                    ORDER.index(c.verdict),
                    SEVERITIES.index(c.result.severity) if c.result.severity in SEVERITIES else 9,
                ),
            )
        )

    def file_of(self, stage: Stage) -> Run | None:
        """The run of that stage."""
        return self.stages[list(Stage).index(stage)]


def page(view: View) -> Page:
    """Compute the page; raises nothing that the view can cause."""
    by_stage = {e.run.stage: e for e in view.runs}
    stages = [by_stage.get(s) for s in Stage]
    newest = view.run
    reference = _reference(view)
    diffs = tuple(_diffs(view, stages))
    known = controls(stages, diffs, reference)
    required = requirements(stages, known, reference)
    resources = _resources(stages)
    past = {e.run.id: e for e in (*view.history, *view.runs)}
    ordered = sorted(past.values(), key=lambda e: (e.run.finished_at, e.run.id))
    waivers = tuple({w.id: w for e in stages if e for w in e.waivers}.values())
    deviations = tuple(
        d for d in reference.get("deviations", ()) if newest.run.stack in d["stacks"]
    )
    period = history.period(ordered, history.cadence()) if len(ordered) > 1 else None
    live = by_stage.get(Stage.LIVE)
    judge = live.judge if live else None
    outcomes = [e.run.outcome for e in view.runs]
    worst = max(outcomes, key=_weight)
    return Page(
        emulated=emulated(stages),
        newest=_run(newest, view.files),
        stages=tuple(_run(e, view.files) if e else None for e in stages),
        outcome=worst,
        controls=known,
        requirements=required,
        frameworks=frameworks(known, required, reference, newest.run.stack),
        diffs=diffs,
        compared=bool(diffs),
        waivers=waivers,
        deviations=deviations,
        problems=tuple((e.run.stage, p.text) for e in stages if e for p in e.problems),
        warnings=view.warnings,
        outside=tuple({s.urn: s for e in stages if e for s in e.outside}.values()),
        notes=tuple(dict.fromkeys(n for e in stages if e for n in e.notes)),
        unseen=tuple(c for c in known if _unseen(c)),
        resources=sum(1 for r in resources if ":components:" not in r.type),
        due=(due := sum(len(c.population.expected) for c in newest.controls)),
        made=due - sum(len(c.population.missing) for c in newest.controls),
        classes=tuple(
            sorted({str(r.facts["DataClass"]) for r in resources if r.facts.get("DataClass")})
        ),
        networks=pictures.networks(resources),
        keys=pictures.keys(resources),
        period=period,
        history=tuple(_run(e, view.files) for e in ordered[-MOST_RUNS:]),
        runs=len(ordered),
        trend=charts.trend(ordered[-MOST_RUNS:]),
        attention=attention(known, waivers, deviations, period, view.warnings, judge),
        judge=judge,
    )


def _weight(outcome: Outcome) -> int:
    worst_last = (Outcome.PASSED, Outcome.NOT_PROVEN, Outcome.COULD_NOT_RUN, Outcome.VIOLATIONS)
    return worst_last.index(outcome)


def _run(evidence: Evidence, files: Mapping[str, str]) -> Run:
    """The digest is that of the file's bytes; where nobody gave it, of the form it is stored in."""
    digest = files.get(evidence.run.id)
    if digest is None:
        digest = canonical.digest_bytes(canonical.stored(evidence).encode())
    return Run(evidence, evidence_name(evidence.run), digest)


def _reference(view: View) -> Mapping[str, Any]:
    """Of the newest run that has one."""
    newest = sorted(view.runs, key=lambda e: e.run.finished_at, reverse=True)
    return next((e.reference for e in newest if e.reference.get("controls")), {})


def _diffs(view: View, stages: Sequence[Evidence | None]) -> list[Diff]:
    """Each stage's newest run against the one before it in the same stage."""
    found = []
    for evidence in stages:
        if evidence is None:
            continue
        before = [
            e
            for e in view.history
            if e.run.stage is evidence.run.stage
            and e.run.id != evidence.run.id
            and e.run.finished_at < evidence.run.finished_at
        ]
        if before:
            last = max(before, key=lambda e: (e.run.finished_at, e.run.id))
            found.append(compare(last, evidence))
    return found


def _resources(stages: Sequence[Evidence | None]) -> tuple[Resource, ...]:
    """Of the newest stage that keeps any: the picture is of one moment."""
    kept = [e for e in stages if e and e.resources]
    return max(kept, key=lambda e: e.run.finished_at).resources if kept else ()


def _unseen(control: Control) -> bool:
    live = control.cells[list(Stage).index(Stage.LIVE)]
    return bool(live.why) or live.verdict is Verdict.NOT_EVALUATED
