"""What the register must hold. Every mistake is one line that says what to write."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from .model import NATURES, STATUSES, STRENGTHS, Clause, Deviation, Framework, Register, Requirement

ROOT = Path(__file__).parents[2]
ID = re.compile(r"REQ-[A-Z]+-[1-9][0-9]*")
LONGEST_REVIEW = timedelta(days=366)
SHORTEST_REASON = 20  # characters; fewer say nothing
#: Tools whose mapping of checks to clauses is no source of its own (they copy each other).
TOOLS = ("prowler", "checkov", "steampipe", "powerpipe", "trivy", "scoutsuite", "cloudsploit")
ONE_SENTENCE = re.compile(r"(?:(?![.!?]\s+[A-Z]).)+[.]", re.DOTALL)
#: What a framework's mapping must not claim of this stack, however it is worded.
BOASTS = re.compile(
    r"\b(certif(y|ied|ies)|complian(t|ce) with|fulfil(s|led)?|meets|guarantees?)\b", re.I
)


def problems(
    register: Register,
    controls: Collection[str] | None = None,
    *,
    today: date | None = None,
    root: Path = ROOT,
) -> list[str]:
    """One line for each mistake, [] when the register holds.

    `controls` are the ids of the pack's controls; None leaves them out of it. `today` turns on the
    check of review dates.
    """
    found: list[str] = []
    for requirement in register.requirements.values():
        found += _requirement(requirement, controls, root)
    if controls is not None:
        named = {c for r in register.requirements.values() for c in r.controls}
        found += [
            f"control {c} answers no requirement: name it in requirements.toml"
            for c in sorted(set(controls) - named)
        ]
    for framework in register.frameworks.values():
        found += _framework(framework, register, controls)
    for deviation in register.deviations.values():
        found += _deviation(deviation, register, today)
    found += [
        f"{r.id} is a deviation, but no entry of deviations.toml names it: add one"
        for r in register.requirements.values()
        if r.status == "deviation"
        and not any(r.id in d.requirements for d in register.deviations.values())
    ]
    return found


def _requirement(entry: Requirement, controls: Collection[str] | None, root: Path) -> Iterator[str]:
    if not ID.fullmatch(entry.id):
        yield f"{entry.id} is no requirement id: write REQ-AREA-NUMBER"
    if entry.status not in STATUSES:
        yield f"{entry.id}: status {entry.status!r} is unknown: write one of {', '.join(STATUSES)}"
    if not entry.nature or set(entry.nature) - set(NATURES):
        yield f"{entry.id}: nature must be of {', '.join(NATURES)}"
    for name in ("title", "owner", "frequency"):
        if not getattr(entry, name).strip():
            yield f"{entry.id}: {name} is empty: write it"
    if entry.status == "automated" and not entry.tests:
        yield f"{entry.id} is automated, but names no test as its proof: add one to tests"
    if entry.status == "conformance" and (entry.controls or not entry.tests):
        yield f"{entry.id} rests on conformance alone: it names tests and no control"
    if entry.status not in ("automated", "conformance") and len(entry.reason) < SHORTEST_REASON:
        yield f"{entry.id} is {entry.status}: say why in reason"
    yield from _references(entry, controls, root)


def _references(entry: Requirement, controls: Collection[str] | None, root: Path) -> Iterator[str]:
    for field in ("controls", "tests"):
        values = getattr(entry, field)
        if len(set(values)) != len(values):
            yield f"{entry.id}: an entry of {field} stands there twice"
    if controls is not None:
        for control in sorted(set(entry.controls) - set(controls)):
            yield f"{entry.id} names the control {control}, which the pack does not have"
    for test in entry.tests:
        if not is_test(test, root):
            yield f"{entry.id}: {test} is no test: write file::function of one that exists"


def is_test(test: str, root: Path = ROOT) -> bool:
    """True when `test` names a test function that stands in that file."""
    file, _, function = test.partition("::")
    return function in _functions(root / file)


@cache
def _functions(file: Path) -> frozenset[str]:
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(
        n.name
        for n in ast.walk(tree)
        if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")
    )


def _framework(
    framework: Framework, register: Register, controls: Collection[str] | None
) -> Iterator[str]:
    for clause in framework.clauses:
        who = f"{framework.id} {clause.id}"
        words = set(re.findall(r"[a-z]+", clause.source.lower()))
        if not clause.source.strip() or words & set(TOOLS):
            yield f"{who} rests on a tool's data: cite the publisher's own text"
        if clause.strength not in STRENGTHS:
            yield f"{who}: strength must be one of {', '.join(STRENGTHS)}"
        if clause.status not in ("supports", "not covered", "fails", "not applicable"):
            yield f"{who}: status {clause.status!r} is unknown: write supports, fails, ..."
        if clause.status == "supports" and not (clause.requirements or clause.controls):
            yield f"{who} is supported by nothing: name requirements or controls"
        if clause.status != "supports" and not clause.limits:
            yield f"{who} is {clause.status}: say in limits what is missing"
        yield from _words(clause, who)
        for unknown in sorted(set(clause.requirements) - set(register.requirements)):
            yield f"{who} names {unknown}, which the register does not have"
        if controls is not None:
            for unknown in sorted(set(clause.controls) - set(controls)):
                yield f"{who} names the control {unknown}, which the pack does not have"


def _words(clause: Clause, who: str) -> Iterator[str]:
    """What is written of the clause, for people to read."""
    for name in ("title", "why", "reader"):
        if not getattr(clause, name).strip():
            yield f"{who}: {name} is empty: write it"
    if clause.why.strip() and not ONE_SENTENCE.fullmatch(clause.why.strip()):
        yield f"{who}: why must be one sentence that ends with a full stop"
    if boast := BOASTS.search(clause.why):
        yield f"{who} claims {boast[0]!r}: a stack supports a clause, an auditor decides"


def _deviation(entry: Deviation, register: Register, today: date | None) -> Iterator[str]:
    for unknown in sorted(set(entry.requirements) - set(register.requirements)):
        yield f"{entry.id} names {unknown}, which the register does not have"
    clauses = {f"{f.id} {c.id}" for f in register.frameworks.values() for c in f.clauses}
    for unknown in sorted(set(entry.clauses) - clauses):
        yield f"{entry.id} names the clause {unknown}, which no framework has"
    if entry.review <= entry.approved or entry.review - entry.approved > LONGEST_REVIEW:
        yield f"{entry.id}: review must come within 12 months of its approval"
    for name in ("reason", "residual_risk", "compensating"):
        if len(getattr(entry, name)) < SHORTEST_REASON:
            yield f"{entry.id}: {name} says too little: {SHORTEST_REASON} characters or more"
    if not entry.approver.strip() or not entry.stacks:
        yield f"{entry.id}: approver (a role) and stacks must be given"
    if today is not None and today > entry.review:
        yield (
            f"{entry.id} ({entry.title}) was to be reviewed by {entry.review}: "
            "renew it with a new date, or end it"
        )
