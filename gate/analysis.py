"""The pack on a state: `pulumi policy analyze`, which needs neither the program nor an account.

It gives violations and no summaries, so who passed is the pack's own account; the population is
still counted apart, from the state.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from evidence import canonical
from evidence.model import Problem, Record, Stage, Verdict

from . import (
    catalog,
    decide,
    digests,
    engine,
    events,
    expected,
    population,
    preview,
    states,
    trace,
    waivers,
)
from . import verdict as verdicts
from .facts import Facts

if TYPE_CHECKING:
    from pathlib import Path

    from .paths import Paths


# What the pack shows for a value that it was not given.
HIDDEN = re.compile(r"\bunknown\b")


@dataclass(frozen=True)
class Analysis:
    """What the pack decided on a state."""

    facts: Facts
    found: verdicts.Judgement
    records: tuple[Record, ...]
    problems: tuple[Problem, ...]


def analyze(
    file: Path, state: states.State, paths: Paths, env: Mapping[str, str], suffix: str
) -> Analysis:
    """Judge the state in `file`; the trace goes where `paths` says. Raises GateError."""
    pack, _ = catalog.pack_identity(paths.root)
    paths.plans.mkdir(parents=True, exist_ok=True)
    preview.clear(paths.trace, paths.events)
    own = {"POLICY_TRACE": str(paths.trace), "POLICY_STACK": state.stack}
    if suffix:
        own["POLICY_SUFFIX"] = suffix
    args = ["policy", "analyze", "--policy-pack", "policies", "--json"]
    args += ["--file", str(file.resolve())]
    code, text = engine.captured(args, env={**env, **own}, root=paths.root)
    known = catalog.load(paths.root)
    judged = Judged(
        known,
        waivers.load(paths.root, known),
        digests.of_folder(paths.root / "policies"),
        catalog.profile_of(paths.root, state.stack),
        pack,
    )
    return judge(printed(text), code, trace.read(paths.trace), state, suffix, judged)


@dataclass(frozen=True)
class Judged:
    """What a state is judged by, read once however many there are."""

    catalog: catalog.Catalog
    waivers: waivers.Book
    pack_digest: str
    profile: str
    pack: str


@dataclass(frozen=True)
class Said:
    """What the engine says of a state: complaints, and in its summary the packs and the result."""

    violations: tuple[events.Violation, ...]
    summary: Mapping[str, Any]


def judge(
    said: Said,
    code: int,
    told: trace.Trace,
    state: states.State,
    suffix: str,
    by: Judged,
    findings_alone: bool = False,
) -> Analysis:
    """The verdict on a state from what engine and pack said of it; with no records but those of
    findings, when nobody wants the others.
    """
    account = _without_guesses(told)
    facts = Facts(
        catalog=by.catalog,
        populations=population.table(),
        needs=expected.Expected(()),
        log=_log(said, state, account),
        trace=account,
        profile=by.profile,
        suffix=suffix or state.stack,
        pack=by.pack,
        pack_folder="policies",
        pack_digest=by.pack_digest,
        engine_exit=code,
        stage=Stage.DEPLOYED,
        assurance=state.assurance,
        at=canonical.utc(),
        stack=state.stack,
        project=state.project,
        waivers=by.waivers,
        findings_alone=findings_alone,
    )
    found = verdicts.judge(facts)
    return Analysis(facts, found, found.records, found.problems)


def _without_guesses(account: trace.Trace) -> trace.Trace:
    """What is deployed is known, so a value that is not is a secret that was hidden in the export.

    A pass by the dependencies, or on a property that is hidden, rests on a guess: it is none. So is
    a breach of a property that is hidden.
    """
    guesses = {
        key: d._replace(
            verdict=Verdict.NOT_EVALUATED,
            messages=(f"{decide.UNDECIDED}it rests on a secret that is hidden in the export",),
            by="value",
        )
        for key, d in account.decisions.items()
        if _guessed(d)
    }
    return replace(account, decisions={**account.decisions, **guesses})


def _guessed(decision: trace.Decision) -> bool:
    if not decision.observed and decision.by != "graph":
        return False
    hidden = tuple(k for k, v in decision.observed.items() if HIDDEN.search(str(v)))
    if decision.verdict is Verdict.PASSED:
        return bool(hidden) or decision.by == "graph"
    about = decision.messages and all(m.startswith(hidden) for m in decision.messages)
    return decision.verdict is Verdict.FAILED and bool(hidden and about)


def printed(text: str) -> Said:
    """What `policy analyze --json` prints."""
    violations: list[events.Violation] = []
    summary: Mapping[str, Any] = {}
    for line in text.splitlines():
        try:
            event = json.loads(line)
        except ValueError:
            continue  # lines for people; what matters is demanded below
        if body := event.get("policyEvent"):
            message, urn = body["message"].strip(), body.get("resourceUrn") or ""
            level = body["enforcementLevel"]
            violations.append(events.Violation(body["policyName"], urn, message, level))
        summary = event.get("summaryEvent") or summary
    return Said(tuple(violations), summary)


def _log(said: Said, state: states.State, account: trace.Trace) -> events.EventLog:
    """An event log out of what the engine and the pack say."""
    summary, faults = said.summary, list[str]()
    guessed = {
        key: d.messages[0]
        for key, d in account.decisions.items()
        if d.verdict is Verdict.NOT_EVALUATED and d.messages
    }
    violations = [v for v in said.violations if (v.control, v.urn) not in guessed]
    violations += [events.Violation(c, u, text, "mandatory") for (c, u), text in guessed.items()]
    if not summary:
        faults.append("the engine gave no summary of the audit; see its output above")
    names = tuple(f"{name}|local|policies" for name in summary.get("PolicyPacks") or ())
    kinds = {c["id"]: c["kind"] for c in account.header.get("controls", ())}
    failing = {(v.control, v.urn) for v in violations}
    passed = {
        (d.control, d.urn)
        for d in account.decisions.values()
        if d.verdict is Verdict.PASSED and kinds.get(d.control) == "resource"
    }
    stack_wide = [c for c, kind in kinds.items() if kind == "stack"]
    decided = {d.control for d in account.decisions.values() if _counts(d)}
    bad = {v.control for v in violations}
    return events.EventLog(
        resources=state.resources,
        violations=tuple(violations),
        passed=frozenset(passed - failing),
        failed=frozenset(k for k in failing if kinds.get(k[0]) == "resource"),
        stack_passed=tuple(c for c in stack_wide if c in decided and c not in bad),
        stack_failed=tuple(c for c in stack_wide if c in bad),
        stack_summaries=1,
        packs=names,
        began=bool(summary),
        result="succeeded" if summary.get("result") == "succeeded" or violations else "failed",
        faults=tuple(faults),
    )


def _counts(decision: trace.Decision) -> bool:
    return decision.verdict is not Verdict.NOT_APPLICABLE
