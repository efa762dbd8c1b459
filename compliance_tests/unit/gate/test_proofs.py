"""Planned, deployed and live joined: every difference is named, no property is left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evidence import gaps
from evidence.errors import EvidenceError
from evidence.model import Assurance, Outcome, Record, Stage, Subject, Verdict
from gate import catalog, proofs
from gate.paths import ROOT
from gate.state import State

KNOWN = catalog.load(ROOT)
TYPE = "aws:rds/cluster:Cluster"
URN = f"urn:pulumi:sandbox::iot-data-platform::{TYPE}::aurora-cluster"
AT = "2026-11-25T14:00:00.000Z"
PROPERTY = "backupRetentionPeriod"
CONTROL = "aurora-backups"


def record(stage: Stage, **changes: Any) -> Record:
    made = Record(
        control=CONTROL,
        verdict=Verdict.PASSED,
        stage=stage,
        assurance=Assurance.EMULATED,
        collected_at=AT,
        subject=Subject(TYPE, URN, "", "aurora-cluster"),
        decided_by="value",
        observed={PROPERTY: "30"},
    )
    return replace(made, **changes)


def comparison(state: Any = 30, live: Any = 30, **changes: Any) -> Record:
    differs = {"differs": [PROPERTY]} if state != live else None
    made = record(
        Stage.LIVE,
        control="conformance",
        source="comparison",
        verdict=Verdict.FAILED if differs else Verdict.PASSED,
        expected={PROPERTY: state},
        observed={PROPERTY: live},
        excerpt=differs,
    )
    return replace(made, **changes)


def joined(
    *live: Record,
    planned: str = "30",
    deployed: str = "30",
    without: tuple[str, ...] = (),
    visible: gaps.Gaps | None = None,
) -> proofs.Joined:
    resource = {"urn": URN, "type": TYPE, "id": "aurora-cluster", "inputs": {PROPERTY: 30}}
    stages = proofs.Stages(
        planned=(record(Stage.PLANNED, observed={PROPERTY: planned}),),
        deployed=(record(Stage.DEPLOYED, observed={PROPERTY: deployed}),),
        state=State(resources=() if "resources" in without else (resource,)),
    )
    return proofs.join(KNOWN, stages, live, visible or gaps.Gaps(), "baseline")


def test_three_proofs_that_agree() -> None:
    found = joined(comparison())
    assert found.problems == ()
    assert found.differences == ()
    (proof,) = found.proofs
    assert (proof.planned, proof.planned_by) == (Verdict.PASSED, "value")
    assert proof.deployed is proof.live is Verdict.PASSED
    assert proof.compared == (PROPERTY,)


def test_state_and_cloud_that_differ_name_control_resource_property_and_both_values() -> None:
    found = joined(comparison(live=7))
    (difference,) = found.differences
    assert (difference.control, difference.property) == (CONTROL, PROPERTY)
    assert (difference.planned, difference.deployed, difference.live) == ("30", 30, 7)
    (problem,) = found.problems
    assert problem.outcome is Outcome.VIOLATIONS
    for said in (CONTROL, "aurora-cluster", PROPERTY, "in the state 30", "live 7"):
        assert said in problem.text
    assert found.proofs[0].live is Verdict.FAILED


def test_a_plan_and_a_state_that_differ() -> None:
    found = joined(comparison(state=35, live=35), planned="30", deployed="35")
    (difference,) = found.differences
    assert (difference.planned, difference.deployed, difference.live) == ("30", "35", 35)


def test_a_member_of_an_object_that_differs_is_named_by_its_path() -> None:
    found = joined(
        comparison(state={"a": 1, "b": 3}, live={"a": 1, "b": 3}),
        planned="{a: 1, b: 2}",
        deployed="{a: 1, b: 3}",
    )
    (difference,) = found.differences
    assert difference.property == f"{PROPERTY}.b"
    assert (difference.planned, difference.deployed, difference.live) == ("2", "3", 3)
    assert any(f"{PROPERTY}.b is planned 2" in p.text for p in found.problems)


@pytest.mark.parametrize("planned", ["unknown", "[unknown]", "{a: unknown}", "(secret)"])
def test_what_the_plan_could_not_know_is_no_difference(planned: str) -> None:
    assert joined(comparison(), planned=planned).differences == ()


def test_a_property_that_no_control_governs_is_drift_too() -> None:
    other = comparison(
        expected={PROPERTY: 30, "preferredBackupWindow": "03:00-04:00"},
        observed={PROPERTY: 30, "preferredBackupWindow": "05:00-06:00"},
        excerpt={"differs": ["preferredBackupWindow"]},
        verdict=Verdict.FAILED,
    )
    (problem,) = joined(other).problems
    assert problem.text.startswith(f"drift: {proofs.UNGOVERNED}: aurora-cluster")


def test_a_governed_property_that_nobody_compared_shuts_the_gate() -> None:
    silent = comparison(expected={"engine": "x"}, observed={"engine": "x"})
    texts = [p.text for p in joined(silent).problems]
    assert f"{CONTROL}: {PROPERTY} of aurora-cluster was compared with nothing" in texts
    code = gaps.Gap("preview only", "it is so", "the plan")
    found = joined(silent, visible=gaps.Gaps(properties={(TYPE, PROPERTY): code}))
    assert found.problems == ()
    assert found.proofs[0].live is None
    assert found.proofs[0].gap == "preview only"


def test_a_resource_that_nobody_compared_shuts_the_gate() -> None:
    outcomes = {p.outcome for p in joined().problems}
    assert outcomes == {Outcome.NOT_PROVEN}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"controls": {"a": "preview only"}, "properties": {}}',
        '{"controls": {"a": {"code": "other", "why": "w", "closes": "c"}}, "properties": {}}',
        '{"controls": {"a": {"code": "preview only", "why": "w"}}, "properties": {}}',
    ],
)
def test_codes_are_five_and_each_says_why_and_what_closes_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "not_visible.json"
    path.write_text(text)
    with pytest.raises(EvidenceError):
        gaps.read(path)
