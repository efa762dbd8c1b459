"""`python -m gate audit --state FILE`: the pack on an exported state, without program or account.

`pulumi policy analyze` gives violations and no summaries, so who passed is the pack's own account;
the population is still counted apart, from the state.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from evidence import canonical
from evidence.model import Assurance, Evidence, Outcome, Problem, Record, Stage, Verdict

from . import (
    catalog,
    console,
    decide,
    digests,
    engine,
    events,
    expected,
    header,
    population,
    preview,
    states,
    trace,
)
from . import verdict as verdicts
from .paths import PROJECT, SANDBOX, Paths

# What the engine shows to the pack for a secret that it cannot decrypt offline.
HIDDEN = "[secret]"


def audit(file: Path, suffix: str) -> int:
    """Judge the state, store the evidence under reports/audit-<stack>; raises GateError."""
    from sandbox.environment import environment
    from sandbox.prepare import set_up

    state = states.read(file)
    paths = Paths(f"audit-{state.stack}")
    known = catalog.load(paths.root)
    pack, _ = catalog.pack_identity(paths.root)
    profile = catalog.profile_of(paths.root, state.stack)
    set_up(console.say)
    env = environment(SANDBOX)  # without the user's accounts: none is needed
    paths.plans.mkdir(parents=True, exist_ok=True)
    preview.clear(paths.trace, paths.events)
    started_at = canonical.utc()
    own = {"POLICY_TRACE": str(paths.trace), "POLICY_STACK": state.stack}
    if suffix:
        own["POLICY_SUFFIX"] = suffix
    args = ["policy", "analyze", "--policy-pack", "policies", "--json"]
    args += ["--file", str(file.resolve())]
    code, text = engine.captured(args, env={**env, **own}, root=paths.root)
    account = trace.read(paths.trace)
    log = _log(text, state, account)
    facts = decide.Facts(
        catalog=known,
        populations=population.table(),
        needs=expected.Expected(()),
        log=log,
        trace=account,
        profile=profile,
        suffix=suffix or state.stack,
        pack=pack,
        pack_folder="policies",
        pack_digest=digests.of_folder(paths.root / "policies"),
        engine_exit=code,
        stage=Stage.DEPLOYED,
        assurance=_assurance(state),
        at=canonical.utc(),
    )
    found = verdicts.judge(facts)
    records, hidden = _without_hidden(found.records)
    problems = [*found.problems, *hidden]
    evidence = Evidence(
        run=replace(
            header.run(
                stack=state.stack,
                stage=Stage.DEPLOYED,
                command="audit",
                outcome=verdicts.worst_outcome(problems),
                started_at=started_at,
                finished_at=canonical.utc(),
                root=paths.root,
                env={},
                digests={"state": digests.of_file(file), "pack": facts.pack_digest},
                suffix=facts.suffix,
                profile=profile,
                engine_exit=code,
                engine_result=log.result,
            ),
            project=state.project,
            assurance=facts.assurance,
        ),
        controls=found.controls,
        requirements=found.requirements,
        records=records,
        outside=found.outside,
        problems=tuple(problems),
    )
    return preview.keep(evidence, paths).evidence.run.outcome.exit_code


def _assurance(state: states.State) -> Assurance:
    ours = state.stack == SANDBOX and state.project == PROJECT
    return Assurance.EMULATED if ours else Assurance.LIVE


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
