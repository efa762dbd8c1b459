"""A small piece of evidence to write, read and draw."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from evidence.model import (
    ApiCall,
    Assurance,
    Commit,
    ControlResult,
    Evidence,
    Outcome,
    Population,
    Problem,
    Record,
    RequirementResult,
    Run,
    Stage,
    Subject,
    Verdict,
)

AT = "2026-11-23T14:00:00.000Z"
URN = "urn:pulumi:sandbox::iot-data-platform::aws:kms/key:Key::rds-key"


def run(**changes: Any) -> Run:
    made = Run(
        id="0b6a5d2e-0000-4000-8000-000000000001",
        stage=Stage.PLANNED,
        command="preview",
        assurance=Assurance.EMULATED,
        started_at=AT,
        finished_at=AT,
        project="iot-data-platform",
        stack="sandbox",
        outcome=Outcome.PASSED,
        suffix="sandbox",
        profile="baseline",
        commit=Commit("a" * 40, "main", "A <a@x.test>"),
        tools={"pulumi": "3.272.0"},
        digests={"plan": "sha256:" + "0" * 64},
        engine_exit=0,
        engine_result="succeeded",
        changes={"create": 1},
    )
    return replace(made, **changes)


def record(**changes: Any) -> Record:
    made = Record(
        control="key-rotation",
        verdict=Verdict.PASSED,
        stage=Stage.PLANNED,
        assurance=Assurance.EMULATED,
        collected_at=AT,
        requirements=("REQ-KMS-2",),
        subject=Subject(type="aws:kms/key:Key", urn=URN, name="rds-key"),
        level="mandatory",
        decided_by="value",
        observed={"enableKeyRotation": "true"},
    )
    return replace(made, **changes)


def control(**changes: Any) -> ControlResult:
    made = ControlResult(
        id="key-rotation",
        title="Keys rotate",
        statement="Each key must rotate.",
        severity="high",
        owner="platform engineering",
        kind="resource",
        level="mandatory",
        verdict=Verdict.PASSED,
        subjects=1,
        requirements=("REQ-KMS-2",),
        remediation="enable_key_rotation=True",
        population=Population((URN,), (URN,)),
    )
    return replace(made, **changes)


def evidence(**changes: Any) -> Evidence:
    made = Evidence(
        run=run(),
        controls=(control(),),
        requirements=(RequirementResult("REQ-KMS-2", "Keys rotate", Verdict.PASSED),),
        records=(record(),),
        outside=(Subject(type="aws:ec2/vpc:Vpc", urn="urn:other", name="other"),),
    )
    return replace(made, **changes)


def failing() -> Evidence:
    """One breach, with everything a record can hold."""
    call = ApiCall("kms", "DescribeKey", {"KeyId": "1"}, "request", AT, "sha256:" + "1" * 64)
    bad = record(
        verdict=Verdict.FAILED,
        message="enableKeyRotation is false. Write: enable_key_rotation=True",
        remediation="enable_key_rotation=True",
        api=(call,),
        excerpt={"KeyMetadata": {"Enabled": True}},
        counts={"describe_key": 5},
    )
    return evidence(
        run=run(outcome=Outcome.VIOLATIONS, engine_exit=1, engine_result="failed"),
        controls=(control(verdict=Verdict.FAILED, reasons=("rds-key: it is off",)),),
        records=(bad,),
        problems=(Problem(Outcome.VIOLATIONS, "key-rotation failed: rds-key: it is off"),),
    )
