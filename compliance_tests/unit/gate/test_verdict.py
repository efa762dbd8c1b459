"""The verdict over a recorded run, and over the same run with one thing missing or changed."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evidence.model import Outcome, Verdict
from gate import expected, population
from gate.verdict import Judgement

from .recorded import (
    CATALOG,
    KEY,
    POPULATIONS,
    STREAM,
    Event,
    control,
    judged,
    kind_of,
    recorded,
    renumbered,
)

URN = "urn:pulumi:sandbox::iot-data-platform::"
STREAM_KEY = f"{URN}{KEY}::stream-key"


def results(found: Judgement) -> dict[str, Verdict]:
    return {c.id: c.verdict for c in found.controls}


def texts(found: Judgement) -> str:
    return "\n".join(p.text for p in found.problems)


def test_the_recorded_run_passes(tmp_path: Path) -> None:
    found = judged(tmp_path, recorded("passing"))
    assert found.problems == ()
    assert found.outcome is Outcome.PASSED
    assert set(results(found).values()) == {Verdict.PASSED}
    assert {c.id: c.subjects for c in found.controls} == {
        "key-rotation": 2,
        "stream-customer-key": 1,
        "secret-customer-key": 1,
        "key-per-service": 2,
    }


def test_what_was_only_read_is_outside(tmp_path: Path) -> None:
    found = judged(tmp_path, recorded("passing"))
    assert [s.urn for s in found.outside] == [f"{URN}aws:ec2/vpc:Vpc::other"]


def test_planned_by_graph_is_told_from_decided_by_value(tmp_path: Path) -> None:
    found = judged(tmp_path, recorded("passing"))
    by = {r.control: r.decided_by for r in found.records}
    assert by["key-per-service"] == "graph"
    assert by["key-rotation"] == "value"


def test_requirements_have_the_verdict_of_their_controls_and_resources(tmp_path: Path) -> None:
    found = judged(tmp_path, recorded("passing"))
    verdicts = {r.id: r.verdict for r in found.requirements}
    assert verdicts["REQ-KMS-1"] is verdicts["REQ-KMS-2"] is verdicts["REQ-KIN-1"]
    assert verdicts["REQ-KIN-1"] is Verdict.PASSED
    assert verdicts["REQ-OPS-1"] is Verdict.NOT_APPLICABLE


def test_the_violating_run_names_control_resource_and_remedy(tmp_path: Path) -> None:
    account = recorded("violating", "trace")
    found = judged(tmp_path, recorded("violating"), account, engine_exit=1)
    assert found.outcome is Outcome.VIOLATIONS
    assert results(found)["key-rotation"] is Verdict.FAILED
    assert "key-rotation failed: stream-key:" in texts(found)
    assert "Write: " in texts(found)
    record = next(r for r in found.records if r.verdict is Verdict.FAILED)
    assert record.subject.urn == STREAM_KEY
    assert record.remediation


PROOF = {"preludeEvent", "policyAnalyzeStackSummaryEvent", "summaryEvent", "cancelEvent"}
LINES = list(enumerate(recorded("passing")))


@pytest.mark.parametrize(("number", "event"), LINES, ids=[f"{n}-{kind_of(e)}" for n, e in LINES])
def test_a_log_without_one_of_its_lines_is_no_proof(
    tmp_path: Path, number: int, event: Event
) -> None:
    log = recorded("passing")
    del log[number]
    assert judged(tmp_path, log).outcome is not Outcome.PASSED


def speaks(event: Event) -> bool:
    """True when the line proves something about a governed resource or about the run."""
    kind = kind_of(event)
    body = event[kind]
    if kind == "policyAnalyzeSummaryEvent":
        return bool(body.get("passed"))
    if kind == "resourcePreEvent":
        return body["metadata"]["type"] in (KEY, STREAM, "aws:secretsmanager/secret:Secret")
    return kind in PROOF


TELLING = [(n, e) for n, e in LINES if speaks(e)]


@pytest.mark.parametrize(
    ("number", "event"), TELLING, ids=[f"{n}-{kind_of(e)}" for n, e in TELLING]
)
def test_a_line_taken_out_without_a_trace_is_missed_all_the_same(
    tmp_path: Path, number: int, event: Event
) -> None:
    log = recorded("passing")
    del log[number]
    assert judged(tmp_path, renumbered(log)).outcome is not Outcome.PASSED


def edit(kind: str, **changes: Any) -> Callable[[list[Event]], list[Event]]:
    """Change members of the last event of a kind; None deletes the member."""

    def apply(log: list[Event]) -> list[Event]:
        body = next(e for e in reversed(log) if kind in e)[kind]
        for name, value in changes.items():
            if value is None:
                del body[name]
            else:
                body[name] = value
        return log

    return apply


def everywhere(kind: str, **changes: Any) -> Callable[[list[Event]], list[Event]]:
    def apply(log: list[Event]) -> list[Event]:
        for event in log:
            if kind in event:
                event[kind].update(changes)
        return log

    return apply


def added(kind: str, body: dict[str, Any]) -> Callable[[list[Event]], list[Event]]:
    """One more event, before the summary."""

    def apply(log: list[Event]) -> list[Event]:
        event = {"sequence": 0, "timestamp": log[0]["timestamp"], kind: body}
        return renumbered([*log[:-2], event, *log[-2:]])

    return apply


def complaint(message: str, level: str = "mandatory", name: str = "key-rotation") -> dict[str, Any]:
    return {
        "resourceUrn": STREAM_KEY,
        "message": message,
        "policyName": name,
        "policyPackName": "iot-data-platform-policies",
        "enforcementLevel": level,
    }


OTHER = {"other|local|policies": "1.0.0"}
TWO = {"iot-data-platform-policies|local|policies": "1.0.0", **OTHER}
FARAWAY = {"iot-data-platform-policies|local|/elsewhere/policies": "1.0.0"}
FAULTS: dict[str, tuple[Callable[[list[Event]], list[Event]], Outcome]] = {
    "no pack": (edit("summaryEvent", PolicyPacks={}), Outcome.NOT_PROVEN),
    "packs gone": (edit("summaryEvent", PolicyPacks=None), Outcome.NOT_PROVEN),
    "another pack": (edit("summaryEvent", PolicyPacks=OTHER), Outcome.NOT_PROVEN),
    "a second pack": (edit("summaryEvent", PolicyPacks=TWO), Outcome.NOT_PROVEN),
    "a pack from elsewhere": (edit("summaryEvent", PolicyPacks=FARAWAY), Outcome.NOT_PROVEN),
    "summaries of another pack": (
        everywhere("policyAnalyzeSummaryEvent", policyPackName="other"),
        Outcome.NOT_PROVEN,
    ),
    "an update's log": (edit("summaryEvent", isPreview=False), Outcome.NOT_PROVEN),
    "an update's steps": (everywhere("resourcePreEvent", planning=False), Outcome.NOT_PROVEN),
    "a damaged state": (edit("summaryEvent", maybeCorrupt=True), Outcome.NOT_PROVEN),
    "failed": (edit("summaryEvent", result="failed"), Outcome.COULD_NOT_RUN),
    "canceled": (edit("summaryEvent", result="canceled"), Outcome.COULD_NOT_RUN),
    "an unknown result": (edit("summaryEvent", result="fine"), Outcome.NOT_PROVEN),
    "no result": (edit("summaryEvent", result=None), Outcome.NOT_PROVEN),
    "a second summary": (
        added("summaryEvent", {"result": "succeeded", "isPreview": True, "PolicyPacks": TWO}),
        Outcome.NOT_PROVEN,
    ),
    "stack control not named": (
        edit("policyAnalyzeStackSummaryEvent", passed=None),
        Outcome.NOT_PROVEN,
    ),
    "stack control named twice": (
        edit("policyAnalyzeStackSummaryEvent", passed=["key-per-service", "key-per-service"]),
        Outcome.NOT_PROVEN,
    ),
    "stack control passed and failed": (
        edit("policyAnalyzeStackSummaryEvent", failed=["key-per-service"]),
        Outcome.NOT_PROVEN,
    ),
    "stack control failed without a message": (
        edit("policyAnalyzeStackSummaryEvent", passed=None, failed=["key-per-service"]),
        Outcome.VIOLATIONS,
    ),
    "a second stack summary": (
        added(
            "policyAnalyzeStackSummaryEvent",
            {"policyPackName": "iot-data-platform-policies", "passed": ["key-per-service"]},
        ),
        Outcome.NOT_PROVEN,
    ),
    "a control nobody knows": (
        edit("policyAnalyzeSummaryEvent", passed=["stream-customer-key", "made-up"]),
        Outcome.NOT_PROVEN,
    ),
    "passed is no list": (edit("policyAnalyzeSummaryEvent", passed="all"), Outcome.NOT_PROVEN),
    "the SDK's can't run": (
        added("policyEvent", complaint("can't run policy 'x' during preview: y", "advisory")),
        Outcome.NOT_PROVEN,
    ),
    "undecided": (added("policyEvent", complaint("[undecided] unknown")), Outcome.NOT_PROVEN),
    "error": (added("policyEvent", complaint("[error] it broke")), Outcome.NOT_PROVEN),
    "a violation": (added("policyEvent", complaint("it is off")), Outcome.VIOLATIONS),
    "a violation lowered to advisory": (
        added("policyEvent", complaint("it is off", "advisory")),
        Outcome.VIOLATIONS,
    ),
    "a violation of an unknown control": (
        added("policyEvent", complaint("x", "mandatory", "made-up")),
        Outcome.NOT_PROVEN,
    ),
    "a violation without a level": (
        added("policyEvent", {**complaint("x"), "enforcementLevel": None}),
        Outcome.NOT_PROVEN,
    ),
    "a remediation": (
        added("policyRemediationEvent", {"resourceUrn": STREAM_KEY}),
        Outcome.NOT_PROVEN,
    ),
    "an error of the program": (
        added("diagnosticEvent", {"severity": "error", "message": "boom"}),
        Outcome.COULD_NOT_RUN,
    ),
    "an error of the engine": (added("errorEvent", {"error": "boom"}), Outcome.COULD_NOT_RUN),
    "two events in one line": (
        lambda log: [{**log[0], "cancelEvent": {}}, *log[1:]],
        Outcome.NOT_PROVEN,
    ),
    "a line that is no event": (
        lambda log: [{"sequence": 0, "timestamp": log[0]["timestamp"]}, *log[1:]],
        Outcome.NOT_PROVEN,
    ),
    "events out of order": (lambda log: [log[1], log[0], *log[2:]], Outcome.NOT_PROVEN),
    "two logs in one": (lambda log: [*log, *log], Outcome.NOT_PROVEN),
    "a later run": (
        lambda log: [{**e, "timestamp": e["timestamp"] + 3600} for e in log],
        Outcome.NOT_PROVEN,
    ),
    "an earlier run": (
        lambda log: [{**e, "timestamp": e["timestamp"] - 3600} for e in log],
        Outcome.NOT_PROVEN,
    ),
    "nothing": (lambda _: [], Outcome.NOT_PROVEN),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_shuts_the_gate(tmp_path: Path, name: str) -> None:
    change, outcome = FAULTS[name]
    found = judged(tmp_path, change(copy.deepcopy(recorded("passing"))))
    assert found.outcome is outcome, texts(found)
    assert all("\n" not in p.text for p in found.problems)


def test_a_log_of_another_stack_is_refused(tmp_path: Path) -> None:
    text = str(recorded("passing")).replace("urn:pulumi:sandbox::", "urn:pulumi:prod::")
    log: list[Event] = eval(text)  # noqa: S307 (our own fixture)
    found = judged(tmp_path, log)
    assert found.outcome is Outcome.NOT_PROVEN
    assert "another stack" in texts(found)


TRACES: dict[str, Callable[[list[Event]], list[Event]]] = {
    "none": lambda _: [],
    "no header": lambda lines: lines[1:],
    "two headers": lambda lines: [lines[0], *lines],
    "another pack": lambda lines: [{**lines[0], "pack": "other"}, *lines[1:]],
    "another digest": lambda lines: [{**lines[0], "digest": "1" * 64}, *lines[1:]],
    "another profile": lambda lines: [{**lines[0], "profile": "production"}, *lines[1:]],
    "another suffix": lambda lines: [{**lines[0], "suffix": "prod"}, *lines[1:]],
    "no suffix": lambda lines: [{**lines[0], "suffix": None}, *lines[1:]],
    "no controls": lambda lines: [{**lines[0], "controls": []}, *lines[1:]],
    "lowered to advisory": lambda lines: [lowered(lines[0], "advisory"), *lines[1:]],
    "switched off": lambda lines: [lowered(lines[0], "off"), *lines[1:]],
    "an unknown level": lambda lines: [lowered(lines[0], "remediate"), *lines[1:]],
    "an unknown verdict": lambda lines: [*lines[:-1], {**lines[-1], "verdict": "fine"}],
    "it says failed": lambda lines: [*lines[:-1], {**lines[-1], "verdict": "failed"}],
    "it says not applicable": lambda lines: [
        *lines[:-1],
        {**lines[-1], "verdict": "not_applicable", "reason": "no"},
    ],
}


def lowered(header: Event, level: str) -> Event:
    return {**header, "controls": [{**c, "level": level} for c in header["controls"]]}


@pytest.mark.parametrize("name", TRACES)
def test_a_trace_that_does_not_fit_shuts_the_gate(tmp_path: Path, name: str) -> None:
    account = TRACES[name](copy.deepcopy(recorded("passing", "trace")))
    found = judged(tmp_path, recorded("passing"), account)
    assert found.outcome is not Outcome.PASSED, name


ACCOUNT = list(enumerate(recorded("passing", "trace")))


@pytest.mark.parametrize("number", [n for n, _ in ACCOUNT])
def test_a_trace_without_one_of_its_lines_is_no_proof(tmp_path: Path, number: int) -> None:
    account = recorded("passing", "trace")
    del account[number]
    assert judged(tmp_path, recorded("passing"), account).outcome is Outcome.NOT_PROVEN


def test_an_engine_that_failed_without_a_word_could_not_run(tmp_path: Path) -> None:
    assert judged(tmp_path, recorded("passing"), engine_exit=255).outcome is Outcome.COULD_NOT_RUN


def test_a_missing_resource_names_requirement_and_resource(tmp_path: Path) -> None:
    needs = expected.Expected(
        (expected.Need("REQ-KMS-1", KEY, 3, "the key for {suffix}"),),
        {"REQ-OUT-1": ("vpc_id",)},
    )
    found = judged(tmp_path, recorded("passing"), change=lambda f: replace(f, needs=needs))
    assert found.outcome is Outcome.NOT_PROVEN
    assert "REQ-KMS-1 needs 3 x aws:kms/key:Key (the key for sandbox), the plan has 2" in texts(
        found
    )
    assert "REQ-OUT-1 needs the output vpc_id" in texts(found)
    verdicts = {r.id: r.verdict for r in found.requirements}
    assert verdicts["REQ-KMS-1"] is Verdict.NOT_EVALUATED


def test_a_control_without_a_line_in_the_table_is_not_evaluated(tmp_path: Path) -> None:
    table = {k: v for k, v in POPULATIONS.items() if k != "key-rotation"}
    found = judged(tmp_path, recorded("passing"), change=lambda f: replace(f, populations=table))
    assert found.outcome is Outcome.NOT_PROVEN
    assert results(found)["key-rotation"] is Verdict.NOT_EVALUATED


def test_a_control_of_another_kind_is_not_evaluated(tmp_path: Path) -> None:
    table = {**POPULATIONS, "key-rotation": population.Rule("stack", (KEY,))}
    found = judged(tmp_path, recorded("passing"), change=lambda f: replace(f, populations=table))
    assert found.outcome is Outcome.NOT_PROVEN


def test_a_population_wider_than_what_was_evaluated_is_not_proven(tmp_path: Path) -> None:
    table = {**POPULATIONS, "key-rotation": population.Rule("resource", (KEY, STREAM))}
    found = judged(tmp_path, recorded("passing"), change=lambda f: replace(f, populations=table))
    assert found.outcome is Outcome.NOT_PROVEN
    assert "was not evaluated on" in texts(found)


def test_a_population_narrower_than_what_was_evaluated_is_not_proven(tmp_path: Path) -> None:
    table = {**POPULATIONS, "key-rotation": population.Rule("resource", ("aws:sns/topic:Topic",))}
    found = judged(tmp_path, recorded("passing"), change=lambda f: replace(f, populations=table))
    assert found.outcome is Outcome.NOT_PROVEN
    assert "not in its population" in texts(found)


def test_a_control_without_subject_is_not_applicable_unless_the_stack_needs_one(
    tmp_path: Path,
) -> None:
    topic = "aws:sns/topic:Topic"
    extra = replace(control("key-rotation"), id="topics", subjects=(topic,))
    catalog = replace(CATALOG, controls=(*CATALOG.controls, extra))
    table = {**POPULATIONS, "topics": population.Rule("resource", (topic,))}
    account = recorded("passing", "trace")
    account[0]["controls"].append({**account[0]["controls"][0], "id": "topics"})
    found = judged(
        tmp_path,
        recorded("passing"),
        account,
        change=lambda f: replace(f, catalog=catalog, populations=table),
    )
    assert found.outcome is Outcome.PASSED
    assert results(found)["topics"] is Verdict.NOT_APPLICABLE
    needs = expected.Expected((expected.Need("REQ-X", topic, 0, "a topic"),))
    found = judged(
        tmp_path,
        recorded("passing"),
        account,
        change=lambda f: replace(f, catalog=catalog, populations=table, needs=needs),
    )
    assert found.outcome is Outcome.NOT_PROVEN
    assert "topics has no subject" in texts(found)


def test_an_advisory_failure_is_shown_and_opens_the_gate(tmp_path: Path) -> None:
    controls = (control("key-rotation", level="advisory"), *CATALOG.controls[1:])
    log = added("policyEvent", complaint("it is off", "advisory"))(recorded("passing"))
    found = judged(
        tmp_path, log, change=lambda f: replace(f, catalog=replace(CATALOG, controls=controls))
    )
    assert found.outcome is Outcome.PASSED
    assert results(found)["key-rotation"] is Verdict.FAILED


def test_a_control_outside_the_profile_is_off_and_not_passed(tmp_path: Path) -> None:
    controls = (control("key-rotation", level="off"), *CATALOG.controls[1:])
    found = judged(
        tmp_path,
        recorded("passing"),
        change=lambda f: replace(f, catalog=replace(CATALOG, controls=controls)),
    )
    assert results(found)["key-rotation"] is Verdict.OFF


def test_no_subject_is_accepted_only_for_the_types_that_the_table_names(tmp_path: Path) -> None:
    log = recorded("passing")
    for event in log:
        body = event.get("policyAnalyzeSummaryEvent", {})
        if body.get("resourceUrn") == STREAM_KEY:
            body["passed"] = []
    account = recorded("passing", "trace")
    for line in account:
        if line.get("urn") == STREAM_KEY and line["control"] == "key-rotation":
            line.update(verdict="not_applicable", reason="it is not ours")
    found = judged(tmp_path, log, account)
    assert found.outcome is Outcome.NOT_PROVEN
    table = {**POPULATIONS, "key-rotation": population.Rule("resource", (KEY,), exempts=(KEY,))}
    found = judged(tmp_path, log, account, change=lambda f: replace(f, populations=table))
    assert found.outcome is Outcome.PASSED
    rotation = next(c for c in found.controls if c.id == "key-rotation")
    assert rotation.subjects == 1
