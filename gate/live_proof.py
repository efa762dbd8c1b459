"""What live tests left, joined with the catalogue: every control and requirement has a row.

A control without a live record is not passed, and a test that did not run is no proof.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evidence import canonical
from evidence.gaps import Gaps
from evidence.live import MISSING
from evidence.model import (
    ControlResult,
    Evidence,
    Outcome,
    Population,
    Problem,
    Record,
    RequirementResult,
    Stage,
    Verdict,
    worst,
)

from . import (
    catalog,
    digests,
    header,
    junit,
    live_waivers,
    proofs,
    resources,
    timings,
    waiver_notes,
    waivers,
)
from .cloud import identity
from .decide import first_line
from .paths import PROJECT
from .verdict import worst_outcome

if TYPE_CHECKING:
    from .paths import Paths

TESTS = "compliance_tests/deployed"
CONFORMANCE = "conformance"  # the record of a test that proves a requirement and no control
PYTEST_STOPPED = {
    2: "the tests were interrupted",
    3: "pytest broke",
    4: "pytest was called wrongly",
    5: "there was no test to run",
}


@dataclass(frozen=True)
class Live:
    """What the tests left behind."""

    records: tuple[Record, ...]
    tests: tuple[junit.Case, ...]
    gaps: Gaps  # what cannot be seen live, and why
    pytest_exit: int
    faults: tuple[str, ...] = ()
    stages: proofs.Stages = field(default_factory=proofs.Stages)


@timings.timed("verdict of the live tests")
def join(
    paths: Paths,
    known: catalog.Catalog,
    profile: str,
    *,
    live: Live,
    env: Mapping[str, str],
    started_at: str,
) -> Evidence:
    """The evidence of a live run."""
    problems = [Problem(Outcome.NOT_PROVEN, f) for f in live.faults]
    problems += _test_problems(live)
    assurance = header.assurance_of(paths.stack)
    for strange in {r.assurance for r in live.records} - {assurance}:
        text = f"a record says {strange.value}, this stack is {assurance.value}; run it again"
        problems.append(Problem(Outcome.NOT_PROVEN, text))
    deployed, cloud = live.stages.state, identity(paths.stack, env)
    book = waivers.load(paths.root, known)
    records = live_waivers.excused(
        (r for r in live.records if r.assurance is assurance), book, deployed.resources
    )
    controls = tuple(_control(c, profile, known, live, records) for c in known.controls)
    refused = _missing(records)
    problems += refused.values()
    problems += _control_problems(controls, set(refused))
    joined = proofs.join(known, live.stages, records, live.gaps, profile)
    problems += [*live.stages.problems, *joined.problems]
    ids = {c.id for c in known.controls}
    for record in records:
        told = record.source == "comparison" and record.verdict is Verdict.FAILED
        told = told and bool(proofs.differing(record))  # a line for each property is there already
        told = told or _permission(record) in refused
        if record.control not in ids and record.verdict not in _GOOD and not told:
            whom = ", ".join(record.requirements) or record.control
            bad = record.verdict is Verdict.FAILED
            outcome = Outcome.VIOLATIONS if bad else Outcome.NOT_PROVEN
            problems.append(Problem(outcome, f"{whom}: {first_line(record.message)}"))
    excuses = book.told(paths.stack, PROJECT, {r.waiver for r in records if r.waiver}, {})
    requirements = tuple(_requirement(r, live.tests, records, controls) for r in known.requirements)
    problems = list(dict.fromkeys(problems))
    return Evidence(
        run=header.run(
            stack=paths.stack,
            stage=Stage.LIVE,
            command="verify",
            outcome=worst_outcome(problems),
            started_at=started_at,
            finished_at=canonical.utc(),
            root=paths.root,
            env=env,
            digests={
                "lock_file": digests.of_file(paths.root / "requirements.txt"),
                "pack": digests.of_folder(paths.root / "policies"),
                "waivers": digests.of_file(paths.root / waivers.NAME),
                "tests": digests.of_folder(paths.root / TESTS),
                "state": deployed.digest,
            },
            suffix=str(deployed.outputs.get("environment_suffix") or ""),
            account=cloud.account,
            clock_offset=cloud.offset,
            profile=profile,
            engine_exit=None,
        ),
        controls=controls,
        requirements=requirements,
        records=records,
        problems=tuple(problems),
        differences=joined.differences,
        proofs=joined.proofs,
        notes=(
            *waiver_notes.notes(excuses, book.today),
            *live.stages.notes,
            *_notes(controls, live),
        ),
        resources=resources.of_state(deployed),
        waivers=excuses,
    )


_GOOD = (Verdict.PASSED, Verdict.NOT_APPLICABLE)


def _test_problems(live: Live) -> Iterable[Problem]:
    if live.pytest_exit in PYTEST_STOPPED:
        text = f"{PYTEST_STOPPED[live.pytest_exit]}; see its output above"
        yield Problem(Outcome.COULD_NOT_RUN, text)
    elif live.pytest_exit not in (0, 1):
        text = f"the tests ended with exit code {live.pytest_exit}; see their output above"
        yield Problem(Outcome.COULD_NOT_RUN, text)
    if not live.tests:
        yield Problem(Outcome.COULD_NOT_RUN, "no test left a result; see pytest's output above")
    failed = {r.test.partition("[")[0] for r in live.records if r.verdict not in _GOOD}
    errors: dict[str, list[str]] = {}
    for case in live.tests:
        if case.outcome == "skipped":
            text = f"the test {case.name} did not run: {case.message}"
            yield Problem(Outcome.NOT_PROVEN, first_line(text))
        elif case.outcome == "error":
            errors.setdefault(first_line(case.message), []).append(case.name)
        elif case.outcome == "failed" and not any(case.is_named(f) for f in failed):
            text = f"the test {case.name} failed and left no record: {case.message}"
            yield Problem(Outcome.NOT_PROVEN, first_line(text))
    for message, names in errors.items():
        whose = names[0] if len(names) == 1 else f"{len(names)} tests"
        yield Problem(Outcome.COULD_NOT_RUN, f"{whose} could not run: {message}")


def _notes(controls: Iterable[ControlResult], live: Live) -> Iterable[str]:
    """Each control that no API shows, by name and code: an empty cell is never silent."""
    for control in controls:
        if control.gap and control.level != "off":
            yield f"{control.id} is not proven live: {live.gaps.controls[control.id].text}"
    compared = [r for r in live.records if r.source == "comparison" and r.expected]
    if compared:
        types = {r.subject.type for r in compared}
        codes = Counter(g.code for (kind, _), g in live.gaps.properties.items() if kind in types)
        told = ", ".join(f"{count} {code}" for code, count in codes.most_common())
        count = sum(len(r.expected) for r in compared)
        yield (
            f"{count} properties of {len(compared)} resources compared between state and cloud; "
            f"of their types' properties these cannot be: {told or 'none'}"
        )


def _permission(record: Record) -> str:
    """The line about the permission that this record lacked; "" for any other."""
    denied = record.verdict is Verdict.ERROR and record.message.startswith(MISSING)
    return record.message if denied else ""


def _missing(records: Iterable[Record]) -> dict[str, Problem]:
    """One line for each permission that the cloud refused, with what could not be examined."""
    whose: dict[str, list[str]] = {}
    for record in records:
        if line := _permission(record):
            names = record.requirements if record.control == CONFORMANCE else (record.control,)
            whose.setdefault(line, []).extend(names)
    return {
        line: Problem(
            Outcome.NOT_PROVEN, f"{line}; not examined: {', '.join(dict.fromkeys(names))}"
        )
        for line, names in whose.items()
    }


def _control_problems(controls: Iterable[ControlResult], refused: set[str]) -> Iterable[Problem]:
    for control in controls:
        if control.verdict is Verdict.ERROR and all(
            any(reason.endswith(line) for line in refused) for reason in control.reasons
        ):
            continue  # said once for each permission
        why = f": {control.reasons[0]}" if control.reasons else ""
        unseen = control.verdict is Verdict.NOT_EVALUATED and control.level == "mandatory"
        if control.verdict is Verdict.FAILED:
            yield Problem(Outcome.VIOLATIONS, f"{control.id} failed{why}")
        elif control.verdict is Verdict.ERROR:
            yield Problem(Outcome.NOT_PROVEN, f"{control.id} could not be examined{why}")
        elif unseen and not control.gap:
            yield Problem(Outcome.NOT_PROVEN, f"{control.id} has no live proof{why}")


def _control(
    control: catalog.Control,
    profile: str,
    known: catalog.Catalog,
    live: Live,
    records: Iterable[Record],
) -> ControlResult:
    own = [r for r in records if r.control == control.id and r.source != "comparison"]
    level = control.level(profile)
    subjects = {r.subject for r in own if r.verdict is not Verdict.NOT_APPLICABLE}
    reasons = [
        f"{r.subject.arn or r.subject.name}: {first_line(r.message)}"
        for r in own
        if r.verdict not in _GOOD
    ]
    verdict = worst(r.verdict for r in own)
    gap = live.gaps.controls.get(control.id)
    if level == "off" and (not own or verdict in _GOOD):
        # its test holds the stack to what was shipped, not to what the control would demand
        verdict, reasons = Verdict.OFF, [f"not in the profile {profile}"]
    elif not own:
        reasons = [gap.text if gap else "no test examined it"]
    names = tuple(sorted(s.arn or s.urn or s.name or s.type for s in subjects))
    return ControlResult(
        id=control.id,
        title=control.title,
        statement=control.statement,
        severity=control.severity,
        owner=control.owner,
        kind=control.kind,
        level=level,
        verdict=verdict,
        subjects=len(subjects),
        requirements=known.by_control.get(control.id, ()),
        remediation=control.remediation,
        population=Population(expected=names, evaluated=names),
        reasons=tuple(dict.fromkeys(reasons)),
        gap=gap.code if gap and not own else "",
    )


def _requirement(
    requirement: catalog.Requirement,
    tests: Iterable[junit.Case],
    records: Iterable[Record],
    controls: Iterable[ControlResult],
) -> RequirementResult:
    verdicts = [r.verdict for r in records if requirement.id in r.requirements]
    reasons = [
        first_line(r.message)
        for r in records
        if requirement.id in r.requirements and r.verdict not in _GOOD
    ]
    verdicts += [
        c.verdict
        for c in controls
        if c.id in requirement.controls and c.verdict in (Verdict.FAILED, Verdict.ERROR)
    ]
    ran = list(tests)
    excused = {r.test.partition("[")[0] for r in records if r.verdict is Verdict.WAIVED}
    bad = [r for r in records if r.verdict not in (*_GOOD, Verdict.WAIVED)]
    excused -= {r.test.partition("[")[0] for r in bad}
    for name in requirement.tests:
        if not name.startswith(TESTS):
            continue
        cases = [c for c in ran if c.is_named(name)]
        if cases and all(any(c.is_named(t) for t in excused) for c in cases):
            verdicts.append(Verdict.WAIVED)
        elif not any(c.outcome == "passed" for c in cases):
            verdicts.append(Verdict.NOT_EVALUATED)
            reasons.append(
                f"{name.rpartition('::')[2]} did not pass" if cases else f"{name} did not run"
            )
    if not verdicts:
        verdicts.append(Verdict.NOT_APPLICABLE)
        reasons.append("no live test speaks about it: other proofs do (see the register)")
    return RequirementResult(
        requirement.id,
        requirement.title,
        worst(verdicts),
        requirement.controls,
        tuple(dict.fromkeys(reasons)),
    )
