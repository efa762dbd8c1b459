"""Assessment results: each run a result, each record an observation, each control a finding.

A waived control stays not satisfied, with a risk whose deviation is approved until the waiver's
last day. What nobody evaluated is not satisfied either, for the reason "other". What has no
resource to speak about is never a bare "satisfied": its implementation is not applicable.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from evidence import canonical
from evidence.formats import selection, words
from evidence.formats.escape import line
from evidence.formats.escape import markup as safe
from evidence.formats.registry import View
from evidence.model import ControlResult, Evidence, Record, Stage, Verdict

from . import risks
from .parts import Json, dumped, filled, identity, mark, metadata, props, token

IMPLEMENTED = {Stage.PLANNED: "planned", Stage.DEPLOYED: "implemented", Stage.LIVE: "implemented"}


def render(view: View) -> str:
    """All runs of the view as one document."""
    ids = [e.run.id for e in view.runs]
    run = view.run.run
    document = filled(
        uuid=identity("assessment-results", *ids),
        metadata=metadata(view, f"Assessment results of {run.stack}"),
        import_ap={"href": f"#{plan_id(view)}"},
        results=[_result(e) for e in view.runs],
        back_matter={"resources": [_plan(view), *(_file(view, e) for e in view.runs)]},
    )
    return dumped({"assessment-results": document})


def plan_id(view: View) -> str:
    """Of the assessment plan: the same for all runs of a stack."""
    return identity("assessment-plan", view.run.run.project, view.run.run.stack)


def _plan(view: View) -> Json:
    return {
        "uuid": plan_id(view),
        "title": "Assessment plan",
        "description": "Every control of the catalogue, on every resource of its types.",
        "rlinks": [{"href": "assessment-plan.oscal.json"}],
    }


def evidence_id(evidence: Evidence) -> str:
    """Of the evidence file among the resources of the document."""
    return identity("evidence", evidence.run.id)


def _file(view: View, evidence: Evidence) -> Json:
    run = evidence.run
    link: Json = {"href": f"{run.id}.evidence.json", "media-type": "application/json"}
    if digest := view.files.get(run.id):
        link["hashes"] = [{"algorithm": "SHA-256", "value": digest.removeprefix("sha256:")}]
    return {
        "uuid": evidence_id(evidence),
        "title": f"{mark(run)}Evidence of the run {run.id}",
        "description": "Every record as it was collected; this document is drawn from it.",
        "rlinks": [link],
    }


def _result(evidence: Evidence) -> Json:
    run = evidence.run
    by_control: dict[str, list[str]] = {}
    observations = []
    for number, record in enumerate(evidence.records):
        made = _observation(evidence, record, number)
        observations.append(made)
        by_control.setdefault(record.control, []).append(made["uuid"])
    judged = [c for c in evidence.controls if c.verdict is not Verdict.OFF]
    off = [c for c in evidence.controls if c.verdict is Verdict.OFF]
    found_risks = [r for c in judged for r in risks.of(evidence, c, by_control.get(c.id, []))]
    column = words.column(run.stage, run.assurance)
    return filled(
        uuid=identity("result", run.id),
        title=f"{mark(run)}{safe(run.stack)} {words.PROOFS[run.stage]}",
        description=f"{safe(words.outcome(evidence))}. {words.counts(evidence)}.",
        start=run.started_at,
        end=run.finished_at,
        props=props(
            [
                ("assurance", run.assurance.value.upper()),
                ("proof", column),
                ("outcome", run.outcome.value),
                ("profile", run.profile),
                ("account", run.account),
                ("region", run.region),
                ("commit", run.commit.id),
                *((f"digest-{k}", v) for k, v in sorted(run.digests.items())),
            ]
        ),
        local_definitions=filled(
            components=[_tool(evidence)],
            inventory_items=_inventory(evidence),
        ),
        reviewed_controls={
            "control-selections": [
                filled(
                    description="The catalogue of controls, less what the profile leaves out.",
                    include_controls=[{"control-id": token(c.id)} for c in judged],
                    exclude_controls=[{"control-id": token(c.id)} for c in off],
                )
            ]
        },
        observations=observations,
        risks=found_risks,
        findings=[_finding(evidence, c, by_control.get(c.id, [])) for c in judged],
        remarks="; ".join(safe(p.text) for p in evidence.problems),
    )


def tool_id(evidence: Evidence) -> str:
    """Of the policy pack or the live tests, which made the observations."""
    return identity("tool", evidence.run.id)


def _tool(evidence: Evidence) -> Json:
    tools = "; ".join(f"{k} {v}" for k, v in sorted(evidence.run.tools.items()))
    live = evidence.run.stage is Stage.LIVE
    return filled(
        uuid=tool_id(evidence),
        type="validation",
        title="live tests" if live else "policy pack under the engine",
        description=safe(tools) or "the gate",
        status={"state": "operational"},
    )


def _subject_id(evidence: Evidence, record: Record) -> str:
    return identity("subject", evidence.run.id, selection.subject(record))


def _inventory(evidence: Evidence) -> list[Json]:
    found: dict[str, Json] = {}
    for record in evidence.records:
        name = selection.subject(record)
        if name not in found:
            about = record.subject
            pairs = [("type", about.type), ("urn", about.urn), ("arn", about.arn)]
            found[name] = filled(
                uuid=_subject_id(evidence, record),
                description=safe(selection.short(record)),
                props=props(pairs),
            )
    return list(found.values())


def _observation(evidence: Evidence, record: Record, number: int) -> Json:
    said = record.message or record.reason or words.VERDICTS[record.verdict]
    values = [("expected", _values(record.expected)), ("observed", _values(record.observed))]
    details = [
        ("service-operation", f"{a.service}:{a.operation}" if a.service else "") for a in record.api
    ]
    details += [("request-id", a.request_id) for a in record.api]
    shown = "echo of what was written" if record.echo else ""
    seen = filled(
        href=f"#{evidence_id(evidence)}",
        description=f"Record {number + 1} of the evidence.",
        props=props([*values, *details, ("echo", shown)]),
    )
    return filled(
        uuid=identity("observation", evidence.run.id, str(number)),
        description=f"{safe(record.control)} on {safe(selection.short(record))}: {safe(said)}",
        props=props(
            [
                ("control", record.control),
                ("verdict", record.verdict.value),
                ("level", record.level),
                ("decided-by", record.decided_by),
                ("test", record.test),
                ("waiver", record.waiver),
            ]
        ),
        methods=["TEST"],
        types=["control-objective"],
        origins=[{"actors": [{"type": "tool", "actor-uuid": tool_id(evidence)}]}],
        subjects=[{"subject-uuid": _subject_id(evidence, record), "type": "inventory-item"}],
        relevant_evidence=[seen],
        collected=record.collected_at,
    )


def _finding(evidence: Evidence, control: ControlResult, observations: list[str]) -> Json:
    return filled(
        uuid=identity("finding", evidence.run.id, control.id),
        title=safe(control.title) or token(control.id),
        description=safe(control.statement) or token(control.id),
        props=props(
            [
                ("verdict", control.verdict.value),
                ("level", control.level),
                ("severity", control.severity),
                *(("requirement", r) for r in control.requirements),
                ("subjects", str(control.subjects)),
                ("not-judged", str(len(control.population.missing))),
            ]
        ),
        target=_target(evidence, control),
        implementation_statement_uuid=None,
        related_observations=[{"observation-uuid": o} for o in observations],
        related_risks=[{"risk-uuid": r} for r in risks.ids(evidence, control)],
    )


def _target(evidence: Evidence, control: ControlResult) -> Json:
    passed = control.verdict is Verdict.PASSED
    absent = control.verdict is Verdict.NOT_APPLICABLE
    failed = control.verdict in (Verdict.FAILED, Verdict.WAIVED)
    state = "satisfied" if passed or absent else "not-satisfied"
    reason = "pass" if passed else "fail" if failed else "other"
    why = "; ".join(control.reasons)
    if absent:
        implementation, why = "not-applicable", why or "The stack has no resource of these types."
    elif passed:
        implementation = IMPLEMENTED[evidence.run.stage]
    else:
        implementation = "partial"
    said = f"{words.VERDICTS[control.verdict]}: {why}" if why else words.VERDICTS[control.verdict]
    return {
        "type": "objective-id",
        "target-id": token(control.id),
        "title": safe(control.title) or token(control.id),
        "status": {"state": state, "reason": reason, "remarks": safe(said)},
        "implementation-status": {"state": implementation},
    }


def _values(values: Mapping[str, Any]) -> str:
    return "; ".join(f"{k} = {_value(v)}" for k, v in sorted(values.items()) if k != "statement")


def _value(value: Any) -> str:
    if isinstance(value, str):
        return line(value)
    return json.dumps(canonical.plain(value), sort_keys=True, ensure_ascii=False, default=str)
