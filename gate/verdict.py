"""The verdict: catalogue first, then what the engine's events prove about each control of it.

Three sources must agree for a control to pass on a resource: the gate's own population says it has
to be evaluated, the engine's summary says it passed, and the pack's trace says why. Whatever
disagrees or is missing is not a pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from evidence.model import (
    ControlResult,
    Outcome,
    Problem,
    Record,
    RequirementResult,
    Subject,
    Verdict,
    Waiver,
    WaiverState,
    worst,
)

from . import deviations, population, waivers
from . import expected as expectations
from .catalog import Requirement
from .decide import decide, first_line
from .facts import GENERIC, Facts

# Which outcome stands when several problems were found: a violation is certain whatever else broke.
WORST_OUTCOME = (Outcome.VIOLATIONS, Outcome.COULD_NOT_RUN, Outcome.NOT_PROVEN)
STRENGTH = {"off": 0, "advisory": 1, "mandatory": 2}


@dataclass(frozen=True)
class Judgement:
    """What was decided."""

    outcome: Outcome
    controls: tuple[ControlResult, ...]
    requirements: tuple[RequirementResult, ...]
    records: tuple[Record, ...]
    outside: tuple[Subject, ...]
    problems: tuple[Problem, ...] = field(default_factory=tuple)
    waivers: tuple[Waiver, ...] = ()


def judge(facts: Facts) -> Judgement:
    """Decide every control of the catalogue, then the run."""
    problems = list(_run_problems(facts))
    controls: list[ControlResult] = []
    records: list[Record] = []
    for control in facts.catalog.controls:
        result, seen = decide(facts, control)
        controls.append(result)
        records += seen
    problems += _control_problems(facts, controls)
    excuses = _waivers(facts, records)
    problems += _waiver_problems(facts, excuses)
    late = deviations.overdue(facts.deviations, facts.stack, facts.at)
    problems += [Problem(Outcome.NOT_PROVEN, text) for text in late]
    log = facts.log
    planned = log.resources.values()
    short = list(expectations.shortages(facts.needs, planned, log.outputs, facts.suffix))
    if not facts.whole:
        short = []  # what the engine did not come to is not missing from the program
    problems += [Problem(Outcome.NOT_PROVEN, line) for _, line in short]
    named = {n.requirement for n in facts.needs.needs} | set(facts.needs.outputs)
    by_id = {c.id: c for c in controls}
    requirements = tuple(
        _requirement(r, by_id, [line for i, line in short if i == r.id], named)
        for r in facts.catalog.requirements
    )
    outside = tuple(
        Subject(type=r.type, urn=r.urn, name=r.name)
        for r in facts.log.resources.values()
        if r.outside
    )
    problems = list(dict.fromkeys(problems))
    return Judgement(
        worst_outcome(problems),
        tuple(controls),
        requirements,
        tuple(records),
        outside,
        tuple(problems),
        excuses,
    )


def worst_outcome(problems: Iterable[Problem]) -> Outcome:
    """The outcome that stands for all problems; passed only when there is none."""
    given = {p.outcome for p in problems}
    return next((o for o in WORST_OUTCOME if o in given), Outcome.PASSED)


def _run_problems(facts: Facts) -> Iterable[Problem]:
    log, trace = facts.log, facts.trace
    if facts.engine_exit != 0 and not log.began:
        why = log.errors[0] if log.errors else facts.engine_error
        said = f": {first_line(why)}" if why else "; its output above says why"
        yield Problem(Outcome.COULD_NOT_RUN, f"the engine stopped before it began{said}")
        return
    for fault in log.faults:
        yield Problem(Outcome.NOT_PROVEN, fault)
    violated = any(v.level == "mandatory" for v in log.violations)
    for error in log.errors:
        if error not in GENERIC:
            yield Problem(Outcome.COULD_NOT_RUN, f"the engine says: {first_line(error)}")
    if facts.engine_exit != 0 and not violated:
        text = f"the engine ended with exit code {facts.engine_exit}; see its output above"
        yield Problem(Outcome.COULD_NOT_RUN, text)
    if not log.faults and log.result != "succeeded" and not violated:
        yield Problem(Outcome.COULD_NOT_RUN, f"the engine's result is {log.result!r}")
    if log.packs != (f"{facts.pack}|local|{facts.pack_folder}",):
        shown = ", ".join(p.split("|")[0] for p in log.packs) or "no pack"
        text = f"{shown} ran, expected {facts.pack} of this checkout's policies/ alone"
        yield Problem(Outcome.NOT_PROVEN, text)
    if not any(population.governed(r) for r in log.resources.values()):
        yield Problem(Outcome.NOT_PROVEN, "the plan holds no resource: there is nothing to prove")
    for fault in trace.faults:
        yield Problem(Outcome.NOT_PROVEN, fault)
    if trace.header:
        yield from _header_problems(facts)
    known = {c.id for c in facts.catalog.controls} | {waivers.POLICY}
    evaluated = {c for c, _ in log.passed | log.failed} | {*log.stack_passed, *log.stack_failed}
    for name in sorted((evaluated | {v.control for v in log.violations}) - known):
        text = f"the pack holds {name}, which policies/catalog.json does not; write it again"
        yield Problem(Outcome.NOT_PROVEN, text)


def _header_problems(facts: Facts) -> Iterable[Problem]:
    header = facts.trace.header
    if header.get("pack") != facts.pack:
        text = f"the trace is of the pack {header.get('pack')!r}, expected {facts.pack!r}"
        yield Problem(Outcome.NOT_PROVEN, text)
    if str(header.get("digest", "")).removeprefix("sha256:") != facts.pack_digest.removeprefix(
        "sha256:"
    ):
        text = "the pack that ran is not the one in policies/: its digest differs; run again"
        yield Problem(Outcome.NOT_PROVEN, text)
    if header.get("profile") != facts.profile:
        text = f"the pack used the profile {header.get('profile')!r}, expected {facts.profile!r}"
        yield Problem(Outcome.NOT_PROVEN, text)
    if header.get("suffix") != facts.suffix:
        text = f"the pack used the suffix {header.get('suffix')!r}, expected {facts.suffix!r}"
        yield Problem(Outcome.NOT_PROVEN, text)
    if list(header.get("waivers", ())) != facts.waivers.digestible():
        text = "the pack read other waivers than the gate: policies/waivers.yaml is not what ran"
        yield Problem(Outcome.NOT_PROVEN, text)
    levels = facts.trace.levels()
    for control in facts.catalog.controls:
        wanted, used = control.level(facts.profile), levels.get(control.id)
        if used is None:
            text = f"{control.id} is in the catalogue and not in the pack that ran"
            yield Problem(Outcome.NOT_PROVEN, text)
        elif STRENGTH.get(used, -1) < STRENGTH[wanted]:
            text = f"{control.id} is {used} by the policy config, the profile demands {wanted}"
            yield Problem(Outcome.NOT_PROVEN, text)


def _waivers(facts: Facts, records: Iterable[Record]) -> tuple[Waiver, ...]:
    """What became of the stack's waivers."""
    resources = facts.log.resources
    missing: dict[str, str] = {}
    for entry in facts.waivers.of_stack(facts.stack, facts.project):
        rule = facts.populations.get(entry.control)
        for urn in entry.of_stack(facts.stack, facts.project) if facts.whole else ():
            if urn not in resources or not resources[urn].shown:
                missing[entry.id] = f"the stack does not have {urn}: retire it"
            elif rule is not None and not rule.counts(resources[urn]):
                missing[entry.id] = f"{entry.control} does not speak about {urn}: retire it"
    used = {r.waiver for r in records if r.waiver}
    return facts.waivers.told(facts.stack, facts.project, used, missing)


def _waiver_problems(facts: Facts, excuses: Iterable[Waiver]) -> Iterable[Problem]:
    for excuse in excuses:
        if excuse.state in (WaiverState.EXPIRED, WaiverState.UNMATCHED):
            text = f"the waiver {excuse.id} is {excuse.state.value}: {excuse.why}"
            yield Problem(Outcome.NOT_PROVEN, text)
    for violation in facts.log.violations:
        if violation.control == waivers.POLICY:
            yield Problem(Outcome.NOT_PROVEN, f"the pack says: {first_line(violation.message)}")


def _control_problems(facts: Facts, controls: Iterable[ControlResult]) -> Iterable[Problem]:
    needed = facts.needs.types()
    for result in controls:
        if result.verdict is Verdict.OFF:
            continue
        why = f": {result.reasons[0]}" if result.reasons else ""
        if not facts.whole and result.verdict is Verdict.NOT_EVALUATED:
            continue  # said once, for the whole run
        if result.population.missing or result.population.unexpected:
            yield Problem(Outcome.NOT_PROVEN, f"{result.id} is not proven{why}")
        elif result.verdict is Verdict.ERROR:
            yield Problem(Outcome.NOT_PROVEN, f"{result.id} broke{why}")
        elif result.level == "mandatory" and result.verdict is Verdict.NOT_EVALUATED:
            yield Problem(Outcome.NOT_PROVEN, f"{result.id} is not evaluated{why}")
        elif result.level == "mandatory" and result.verdict is Verdict.FAILED:
            for text in result.reasons or ("",):  # a reviewer needs each resource, not the first
                yield Problem(Outcome.VIOLATIONS, f"{result.id} failed: {text}".removesuffix(": "))
        elif result.subjects == 0:
            rule = facts.populations.get(result.id)
            wanted = rule and (population.EVERY in rule.types or needed & set(rule.types))
            if wanted and result.id not in facts.needs.no_subject:
                text = f"{result.id} has no subject, but this stack must have one"
                yield Problem(Outcome.NOT_PROVEN, text)


def _requirement(
    requirement: Requirement,
    controls: Mapping[str, ControlResult],
    shortages: list[str],
    named: set[str],
) -> RequirementResult:
    verdicts: list[Verdict] = []
    reasons = list(shortages)
    for control_id in requirement.controls:
        control = controls.get(control_id)
        if control is None:
            verdicts.append(Verdict.NOT_EVALUATED)
            reasons.append(f"{control_id} is not in the catalogue")
        else:
            verdicts.append(control.verdict)
            if control.verdict not in (Verdict.PASSED, Verdict.NOT_APPLICABLE, Verdict.OFF):
                reasons.append(f"{control_id}: {control.verdict.value}")
    if shortages:
        verdicts.append(Verdict.NOT_EVALUATED)
    elif requirement.id in named:
        verdicts.append(Verdict.PASSED)  # all resources that it names are planned
    if not verdicts:
        verdicts.append(Verdict.NOT_APPLICABLE)
        reasons.append("no policy speaks about it: other proofs do (see the register)")
    return RequirementResult(
        requirement.id, requirement.title, worst(verdicts), requirement.controls, tuple(reasons)
    )
