"""What evidence keeps of resources: what pictures and links need, and never a secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gate import resources
from gate.events import EventLog, Planned
from gate.paths import Paths
from gate.state import State

HEAD = "urn:pulumi:sandbox::iot-data-platform::"
KEY, STREAM = f"{HEAD}aws:kms/key:Key::k", f"{HEAD}aws:kinesis/stream:Stream::s"
SECRET = {resources.__name__: "x", "4dabf18193072939515e22adb298388d": "1", "plaintext": "hunter22"}


def entry(urn: str, **more: Any) -> dict[str, Any]:
    return {"urn": urn, "type": urn.split("::")[2], "custom": True, **more}


def planned(urn: str, **inputs: Any) -> Planned:
    return Planned(urn, urn.split("::")[2], ("create",), custom=True, inputs=inputs)


def of_run(tmp_path: Path, *found: Planned, deployed: State | None = None) -> dict[str, Any]:
    paths = Paths("sandbox", tmp_path)
    paths.plans.mkdir(parents=True, exist_ok=True)
    log = EventLog(resources={p.urn: p for p in found})
    return {r.urn: r for r in resources.of_run(paths, log, deployed or State())}


def test_a_reference_is_found_in_the_plan_while_its_value_is_unknown(tmp_path: Path) -> None:
    plan = {"resourcePlans": {STREAM: {"goal": {"propertyDependencies": {"kmsKeyId": [KEY]}}}}}
    paths = Paths("sandbox", tmp_path)
    paths.plans.mkdir(parents=True)
    paths.plan.write_text(json.dumps(plan))
    facts = of_run(tmp_path, planned(STREAM, kmsKeyId=resources.UNKNOWN, shardCount=2))[
        STREAM
    ].facts
    assert facts == {"shardCount": 2, "refers": {"kmsKeyId": [KEY]}}


def test_a_reference_is_found_by_its_value(tmp_path: Path) -> None:
    deployed = State(every=(entry(KEY, id="1234-5678", outputs={"arn": "arn:aws:kms:k"}),))
    facts = of_run(tmp_path, planned(STREAM, kmsKeyId="arn:aws:kms:k"), deployed=deployed)
    assert facts[STREAM].facts["refers"] == {"kmsKeyId": [KEY]}


@pytest.mark.parametrize("name", [*resources.KEPT, *resources.REFERENCES, "masterPassword"])
def test_no_property_lets_a_secret_through(tmp_path: Path, name: str) -> None:
    rule = {name: SECRET, "cidrBlocks": ["10.0.0.0/16"]}
    found = of_run(tmp_path, planned(KEY, **{name: SECRET, "ingress": [rule], "tags": SECRET}))
    assert "hunter22" not in json.dumps(found[KEY].facts)
    assert found[KEY].facts["ingress"] == [{"cidrBlocks": ["10.0.0.0/16"]}]


def test_what_has_no_place_in_a_picture_is_left_out(tmp_path: Path) -> None:
    given = planned(KEY, masterPassword="hunter22", userData="hunter22", policy="hunter22")
    assert of_run(tmp_path, given)[KEY].facts == {}


@pytest.mark.parametrize(
    ("position", "place"),
    [
        ("project:///infra/stack.py#48", "infra/stack.py:48"),
        ("project:///infra/stack.py#48,3", "infra/stack.py:48"),
        ("project:///.venv/lib/x.py#48", ""),
        ("project:///../../x.py#48", ""),
        ("project:///sandbox/language_host/child.py#78", ""),
        ("file:///home/x.py#1", ""),
        ("project:///infra/stack.py", ""),
        ("", ""),
    ],
)
def test_a_place_is_a_line_of_the_program_or_nothing(position: str, place: str) -> None:
    state = State(every=(entry(KEY, sourcePosition=position),))
    assert resources.of_state(state)[0].source == place


def test_the_first_frame_of_the_program_counts() -> None:
    frames = [
        {"sourcePosition": "project:///.venv/a.py#1"},
        {},
        {"sourcePosition": "project:///infra/a.py#7"},
    ]
    state = State(every=(entry(KEY, stackTrace=frames),))
    assert resources.of_state(state)[0].source == "infra/a.py:7"


def test_the_hosts_notes_are_used_where_they_are_of_one_resource(tmp_path: Path) -> None:
    paths = Paths("sandbox", tmp_path)
    paths.plans.mkdir(parents=True)
    notes = [("aws:kms/key:Key", "k", "infra/a.py:1")]
    notes += [("aws:kinesis/stream:Stream", "s", f"infra/a.py:{n}") for n in (2, 3)]
    lines = [json.dumps({"type": t, "name": n, "source": s}) for t, n, s in notes]
    paths.sources.write_text("\n".join(lines))
    found = of_run(tmp_path, planned(KEY), planned(STREAM))
    assert found[KEY].source == "infra/a.py:1"
    assert found[STREAM].source == ""


@pytest.mark.parametrize("text", ["{", "[]", "1", '{"resourcePlans": []}'])
def test_a_damaged_plan_or_note_costs_the_picture_alone(tmp_path: Path, text: str) -> None:
    paths = Paths("sandbox", tmp_path)
    paths.plans.mkdir(parents=True)
    paths.plan.write_text(text)
    paths.sources.write_text(text)
    assert of_run(tmp_path, planned(KEY))[KEY].source == ""
