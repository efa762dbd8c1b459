"""The schema and the model are the same thing, and the schema refuses what must not be stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from evidence import canonical, judge, model
from evidence.errors import EvidenceError
from evidence.load import build, load
from evidence.schema import faults, schema

from . import sample

#: Members that came after the first evidence was written: a file may lack them.
LATER = {
    "control": {"awake", "gap"},
    "record": {"waiver"},
    "run": {"approval"},
    "approval": {"key", "losses"},
}
PARTS = {
    "run": model.Run,
    "control": model.ControlResult,
    "requirement": model.RequirementResult,
    "record": model.Record,
    "subject": model.Subject,
    "api_call": model.ApiCall,
    "population": model.Population,
    "problem": model.Problem,
    "commit": model.Commit,
    "link": model.Link,
    "waiver": model.Waiver,
    "approval": model.Approval,
    "loss": model.Loss,
    "resource": model.Resource,
    "difference": model.Difference,
    "proof": model.Proof,
    "judge": judge.Judge,
    "judge_failure": judge.JudgeFailure,
}


@pytest.mark.parametrize("name", PARTS)
def test_each_part_has_the_members_of_its_dataclass(name: str) -> None:
    fields = {f.name for f in dataclasses.fields(PARTS[name])}
    definition = schema()["$defs"][name]
    assert set(definition["properties"]) == fields
    assert set(definition["required"]) == fields - LATER.get(name, set())
    assert definition["additionalProperties"] is False


def test_the_whole_has_the_members_of_its_dataclass() -> None:
    assert set(schema()["properties"]) == {f.name for f in dataclasses.fields(model.Evidence)}


@pytest.mark.parametrize(
    ("name", "enum"),
    [
        ("verdict", model.Verdict),
        ("outcome", model.Outcome),
        ("stage", model.Stage),
        ("assurance", model.Assurance),
        ("waiver_state", model.WaiverState),
    ],
)
def test_enumerations_are_the_same(name: str, enum: Any) -> None:
    assert schema()["$defs"][name]["enum"] == [member.value for member in enum]


def test_the_codes_of_empty_cells_are_the_same() -> None:
    assert schema()["$defs"]["gap"]["enum"] == ["", *model.GAPS]


@pytest.mark.parametrize("make", [sample.evidence, sample.failing])
def test_what_the_model_makes_is_valid_and_comes_back_the_same(
    make: Callable[[], model.Evidence],
) -> None:
    made = make()
    document = canonical.plain(made)
    assert faults(document) == []
    assert build(model.Evidence, document) == made


Change = Callable[[dict[str, Any]], object]
BROKEN: dict[str, Change] = {
    "another version": lambda d: d.update(schema_version=2),
    "a verdict of another word": lambda d: d["records"][0].update(verdict="ok"),
    "a run without id": lambda d: d["run"].pop("id"),
    "an unknown member": lambda d: d["run"].update(extra=1),
    "a digest of another kind": lambda d: d["run"]["digests"].update(plan="md5:1"),
    "a time without zone": lambda d: d["run"].update(started_at="2026-11-23T14:00:00"),
    "a negative number of subjects": lambda d: d["controls"][0].update(subjects=-1),
    "live records of the sandbox": lambda d: d["records"][0].update(assurance="live"),
    "emulated records of a real run": lambda d: d["run"].update(assurance="live"),
    "passed with a problem": lambda d: d["problems"].append({"outcome": "passed", "text": "x"}),
    "passed with a failed control": lambda d: d["controls"][0].update(verdict="failed"),
    "passed with an unevaluated control": lambda d: d["controls"][0].update(
        verdict="not_evaluated"
    ),
    "passed without any control": lambda d: d.update(controls=[]),
    "a problem without text": lambda d: d["problems"].append({"outcome": "not_proven", "text": ""}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_schema_refuses(name: str) -> None:
    document = canonical.plain(sample.evidence())
    BROKEN[name](document)
    assert faults(document)


def test_an_advisory_control_may_fail_in_a_run_that_passed() -> None:
    failed = sample.control(level="advisory", verdict=model.Verdict.FAILED)
    assert faults(canonical.plain(sample.evidence(controls=(failed,)))) == []


def test_a_live_run_passes_with_a_control_that_no_api_can_show_and_says_why() -> None:
    unseen = sample.control(verdict=model.Verdict.NOT_EVALUATED, reasons=("preview only",))
    header = sample.run(stage=model.Stage.LIVE, command="verify")
    made = sample.evidence(run=header, controls=(unseen,))
    assert faults(canonical.plain(made)) == []
    for broken in (replace(unseen, reasons=()), replace(unseen, verdict=model.Verdict.FAILED)):
        assert faults(canonical.plain(replace(made, controls=(broken,))))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": 9}', '{"schema_version": 1}'])
def test_a_damaged_file_is_one_line(tmp_path: Any, text: str) -> None:
    path = tmp_path / "x.evidence.json"
    path.write_text(text)
    with pytest.raises(EvidenceError) as e:
        load(path)
    assert "\n" not in str(e.value)
