"""The pack on a state: `pulumi policy analyze`, which needs neither the program nor an account.

It gives violations and no summaries, so who passed is the pack's own account; the population is
still counted apart, from the state.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from evidence import canonical
from evidence.model import Outcome, Problem, Record, Stage, Verdict

from . import catalog, decide, digests, engine, events, expected, population, preview, states, trace
from . import verdict as verdicts

if TYPE_CHECKING:
    from pathlib import Path

    from .paths import Paths

# What the engine shows to the pack for a secret that it cannot decrypt offline.
HIDDEN = "[secret]"


@dataclass(frozen=True)
class Analysis:
    """What the pack decided on a state."""

    facts: decide.Facts
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
    account = trace.read(paths.trace)
    facts = decide.Facts(
        catalog=catalog.load(paths.root),
        populations=population.table(),
        needs=expected.Expected(()),
        log=_log(text, state, account),
        trace=account,
        profile=catalog.profile_of(paths.root, state.stack),
        suffix=suffix or state.stack,
        pack=pack,
        pack_folder="policies",
        pack_digest=digests.of_folder(paths.root / "policies"),
        engine_exit=code,
        stage=Stage.DEPLOYED,
        assurance=state.assurance,
        at=canonical.utc(),
    )
    found = verdicts.judge(facts)
    records, hidden = _without_hidden(found.records)
    return Analysis(facts, found, records, (*found.problems, *hidden))


def _log(text: str, state: states.State, account: trace.Trace) -> events.EventLog:
    """An event log out of what `policy analyze` prints and what the pack says itself."""
    violations: list[events.Violation] = []
    faults: list[str] = []
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
        result="succeeded" if summary.get("result") == "succeeded" or violations else "failed",
        faults=tuple(faults),
    )


def _counts(decision: trace.Decision) -> bool:
    return decision.verdict is not Verdict.NOT_APPLICABLE


def _without_hidden(records: tuple[Record, ...]) -> tuple[tuple[Record, ...], list[Problem]]:
    """A pass that rests on a secret which could not be decrypted is none."""
    kept: list[Record] = []
    problems: list[Problem] = []
    for record in records:
        hidden = record.verdict is Verdict.PASSED and HIDDEN in str(record.observed)
        if not hidden:
            kept.append(record)
            continue
        reason = f"it rests on a secret of {record.subject.name} that is hidden in the export"
        kept.append(replace(record, verdict=Verdict.NOT_EVALUATED, reason=reason))
        problems.append(Problem(Outcome.NOT_PROVEN, f"{record.control}: {reason}"))
    return tuple(kept), problems
