"""A made-up stack: the whole catalogue, the register as it is, and as many resources as asked."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from evidence.model import (
    ApiCall,
    Assurance,
    Commit,
    ControlResult,
    Evidence,
    Outcome,
    Population,
    Record,
    RequirementResult,
    Resource,
    Run,
    Stage,
    Subject,
    Verdict,
    worst,
)
from evidence.urns import short_name
from gate import catalog, reference

ROOT = Path(__file__).parents[2]
AT = "2026-11-23T14:00:00.000Z"
HEAD = "urn:pulumi:sandbox::iot-data-platform::"
COMMANDS = {Stage.PLANNED: "preview", Stage.DEPLOYED: "up", Stage.LIVE: "verify"}
APIS = {
    "aws:rds": ("rds", "DescribeDBClusters", "DBClusterIdentifier"),
    "aws:kms": ("kms", "DescribeKey", "KeyId"),
    "aws:kinesis": ("kinesis", "DescribeStreamSummary", "StreamName"),
    "aws:elasticache": ("elasticache", "DescribeReplicationGroups", "ReplicationGroupId"),
    "aws:secretsmanager": ("secretsmanager", "DescribeSecret", "SecretId"),
    "aws:iam": ("iam", "GetRole", "RoleName"),
}


@cache
def known() -> catalog.Catalog:
    """The catalogue and the register's requirements of this checkout."""
    return catalog.load(ROOT)


@cache
def register() -> dict[str, Any]:
    """What the gate keeps of the register in evidence."""
    return reference.snapshot(ROOT)


def triple(
    resources: int = 3, controls: int | Collection[str] = 0, seed: int = 1
) -> tuple[Evidence, Evidence, Evidence]:
    """Planned, deployed and live evidence of one stack that passes.

    Args:
        resources: subjects of each control.
        controls: only the first so many of the catalogue, or those of these ids; 0 means all.
        seed: of the values that are made up; the same seed gives the same evidence.
    """
    every = known().controls
    if isinstance(controls, int):
        chosen = every[: controls or None]
    else:
        chosen = tuple(c for c in every if c.id in controls)
    planned, deployed, live = (
        _evidence(stage, chosen, resources, random.Random(f"{seed}{stage}"))  # noqa: S311
        for stage in Stage
    )
    return planned, deployed, live


def _evidence(
    stage: Stage, chosen: Sequence[catalog.Control], resources: int, dice: random.Random
) -> Evidence:
    controls, records = [], []
    kept: dict[str, Resource] = {}
    for control in chosen:
        level = control.level("baseline")
        kinds = [k for k in control.subjects if ":" in k] or ["aws:kms/key:Key"]
        found = [_resource(kinds[n % len(kinds)], n) for n in range(resources)]
        verdict = Verdict.OFF if level == "off" else Verdict.PASSED
        if verdict is Verdict.PASSED:
            kept |= {r.urn: r for r in found}
            records += [_record(control, r, stage, dice) for r in found]
        urns = tuple(r.urn for r in found) if verdict is Verdict.PASSED else ()
        controls.append(
            ControlResult(
                id=control.id,
                title=control.title,
                statement=control.statement,
                severity=control.severity,
                owner=control.owner,
                kind=control.kind,
                level=level,
                verdict=verdict,
                subjects=len(urns),
                requirements=known().by_control.get(control.id, ()),
                remediation=control.remediation,
                population=Population(urns, urns),
                awake=None if stage is Stage.LIVE else True,
            )
        )
    return Evidence(
        run=_run(stage),
        controls=tuple(controls),
        requirements=tuple(_requirements(controls)),
        records=tuple(records),
        resources=tuple(kept.values()),
        reference=register(),
    )


def _resource(kind: str, number: int) -> Resource:
    name = f"{kind.rpartition(':')[2].lower()}-{number}"
    line = number % 90 + 1
    facts = {"name": f"{name}-sandbox"}
    return Resource(
        f"{HEAD}{kind}::{name}", kind, "create", "", f"infra/stack.py:{line}", "", facts
    )


def _record(
    control: catalog.Control, resource: Resource, stage: Stage, dice: random.Random
) -> Record:
    name = short_name(resource.urn)
    property_ = control.properties[0] if control.properties else "declared"
    value = dice.choice(["true", "30", "365", "arn:aws:kms:sa-east-1:123456789012:key/1"])
    made = Record(
        control=control.id,
        verdict=Verdict.PASSED,
        stage=stage,
        assurance=Assurance.EMULATED,
        collected_at=AT,
        requirements=known().by_control.get(control.id, ()),
        subject=Subject(type=resource.type, urn=resource.urn, name=name),
        level="mandatory",
        decided_by="value",
        expected={"statement": control.statement},
        observed={property_: value},
    )
    if stage is not Stage.LIVE:
        return made
    prefix = ":".join(resource.type.split("/")[0].split(":")[:2])
    service, operation, parameter = APIS.get(prefix, ("ec2", "DescribeVpcs", "VpcIds"))
    target: Any = [name] if parameter.endswith("s") else name
    call = ApiCall(
        service, operation, {parameter: target}, f"{dice.getrandbits(64):016x}", AT, _digest(dice)
    )
    return replace(
        made,
        source="live_test",
        test=f"compliance_tests/deployed/test_{service}.py::test_{control.id.replace('-', '_')}",
        expected={property_: value},
        api=(call,),
        echo=True,
    )


def _digest(dice: random.Random) -> str:
    return f"sha256:{dice.getrandbits(256):064x}"


def _requirements(controls: Sequence[ControlResult]) -> list[RequirementResult]:
    by_id = {c.id: c for c in controls}
    made = []
    for entry in known().requirements:
        verdicts = [by_id[c].verdict for c in entry.controls if c in by_id]
        verdict = worst(verdicts) if verdicts else Verdict.NOT_APPLICABLE
        made.append(RequirementResult(entry.id, entry.title, verdict, entry.controls))
    return made


def _run(stage: Stage) -> Run:
    engine = stage is not Stage.LIVE
    return Run(
        id=f"0b6a5d2e-0000-4000-8000-00000000000{list(Stage).index(stage)}",
        stage=stage,
        command=COMMANDS[stage],
        assurance=Assurance.EMULATED,
        started_at=AT,
        finished_at=AT,
        project="iot-data-platform",
        stack="sandbox",
        outcome=Outcome.PASSED,
        suffix="sandbox",
        profile="baseline",
        account="123456789012",
        region="sa-east-1",
        commit=Commit("a" * 40, "main", "A <a@x.test>"),
        approver="the sandbox itself" if stage is Stage.DEPLOYED else "",
        tools={"pulumi": "3.272.0", "pack": "iot-data-platform-policies 1.0.0"},
        digests={"pack": "sha256:" + "1" * 64},
        clock_offset_seconds=0.1,
        engine_exit=0 if engine else None,
        engine_result="succeeded" if engine else "",
    )
