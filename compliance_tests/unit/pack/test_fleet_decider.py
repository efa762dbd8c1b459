"""What the pack says of an exported state, and the lines by which it is asked for many."""

from __future__ import annotations

import gc
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from controls import aurora_backups, resource_tags, stream_retention, vpc_flow_logs
from core import Finding, Resource, Settings, fleet, states
from core.evaluate import NO_SUBJECT
from core.fleet import Decider
from core.settings import PackFiles, SettingsError
from core.trace import pack_digest
from core.waivers import Waiver, Waivers

STREAM, VPC = "aws:kinesis/stream:Stream", "aws:ec2/vpc:Vpc"
PROVIDER = "urn:pulumi:dev::p::pulumi:providers:aws::default"
RETENTION = "stream-retention"
CHOSEN = (stream_retention.CONTROL, resource_tags.CONTROL, vpc_flow_logs.CONTROL)


def urn(type_: str, stack: str = "dev") -> str:
    return f"urn:pulumi:{stack}::p::{type_}::x"


def state(*resources: tuple[str, dict[str, Any]], stack: str = "dev") -> bytes:
    entries: list[dict[str, Any]] = [
        {"urn": PROVIDER, "type": "pulumi:providers:aws", "custom": True, "id": "i",
         "inputs": {"region": "sa-east-1"}},
    ]  # fmt: skip
    entries += [
        {"urn": urn(t, stack), "type": t, "custom": True, "id": "x", "inputs": props,
         "outputs": props, "provider": f"{PROVIDER}::i"}
        for t, props in resources
    ]  # fmt: skip
    return json.dumps(
        {"version": 3, "deployment": {"resources": [*entries[1:], entries[0]]}}
    ).encode()


def tags(suffix: str) -> dict[str, str]:
    return {"Environment": suffix, "Project": "p", "ManagedBy": "pulumi", "Name": f"x-{suffix}"}


def said(answer: dict[str, Any], control: str) -> list[dict[str, Any]]:
    return [d for d in answer["diagnostics"] if d["control"] == control]


def traced(answer: dict[str, Any], control: str) -> list[dict[str, Any]]:
    """The decisions of a control in full, in the phase where they stand."""
    found: list[dict[str, Any]] = []
    for phase in ("analyze", "stack"):
        for entry in answer[phase].get(control, ()):
            number, verdict, by, reason, messages, observed = (
                (entry, "passed", "value", "", (), {}) if isinstance(entry, int) else entry
            )
            on, type_ = answer["resources"][number]
            found.append(
                {"phase": phase, "urn": on, "type": type_, "verdict": verdict, "by": by,
                 "reason": reason, "messages": list(messages), "observed": observed}
            )  # fmt: skip
    return found


@pytest.fixture
def decider() -> Decider:
    return Decider(CHOSEN)


def test_a_state_is_judged_by_every_control(decider: Decider) -> None:
    answer = decider.decide(state((STREAM, {"retentionPeriod": 12, "tags": tags("dev")})))
    header = answer["header"]
    assert header["controls"] == [
        {"id": RETENTION, "kind": "resource", "level": "mandatory"},
        {"id": "resource-tags", "kind": "resource", "level": "mandatory"},
        {"id": "vpc-flow-logs", "kind": "stack", "level": "advisory"},
    ]
    assert header["digest"] == pack_digest()
    assert (header["stack"], header["audit"], header["suffix"]) == ("dev", True, "dev")
    assert header["pack"] == "iot-data-platform-policies"
    assert answer["resources"] == [(urn(STREAM), STREAM), (PROVIDER, "pulumi:providers:aws")]
    [found] = traced(answer, RETENTION)
    assert (found["verdict"], found["phase"], found["urn"]) == ("failed", "analyze", urn(STREAM))
    assert answer["analyze"][RETENTION][0][2:] == ("value", "", tuple(found["messages"]), {})
    [told] = said(answer, RETENTION)
    assert (told["urn"], told["level"]) == (urn(STREAM), "mandatory")
    assert told["message"] in found["messages"]
    assert answer["analyze"]["resource-tags"] == [0]
    assert answer["idle"] == {"vpc-flow-logs": NO_SUBJECT}
    assert answer["stack"] == {}


def test_a_stack_control_is_decided_on_the_whole(decider: Decider) -> None:
    answer = decider.decide(state((VPC, {"cidrBlock": "10.0.0.0/16", "tags": tags("dev")})))
    [found] = traced(answer, "vpc-flow-logs")
    assert (found["phase"], found["verdict"], found["urn"]) == ("stack", "failed", urn(VPC))
    [told] = said(answer, "vpc-flow-logs")
    assert told["level"] == "advisory"  # in baseline


def test_the_suffix_is_the_callers_else_the_stacks(decider: Decider) -> None:
    content = state((STREAM, {"retentionPeriod": 24, "tags": tags("eu")}))
    answer = decider.decide(content, "eu")
    assert not said(answer, "resource-tags")
    assert answer["header"]["suffix"] == "eu"  # the gate compares it with the one that it gave
    answer = decider.decide(content)
    [told] = said(answer, "resource-tags")
    assert "must be dev" in told["message"]
    assert answer["header"]["suffix"] == "dev"


def test_a_stack_control_is_told_the_suffix_too() -> None:
    def seen(_: Resource, __: object, settings: Settings) -> Iterator[Finding]:
        yield Finding(f"suffix {settings.suffix}")

    decider = Decider((replace(vpc_flow_logs.CONTROL, stack_check=seen),))
    for suffix, found in (("eu", "suffix eu"), ("", "suffix dev")):
        [told] = decider.decide(state((VPC, {})), suffix)["diagnostics"]
        assert told["message"].startswith(found)


def test_a_resource_is_judged_by_its_inputs_a_stack_by_its_outputs() -> None:
    def seen(resource: Resource, *_: object) -> Iterator[Finding]:
        yield Finding(f"{resource.props.text('a')} {len(resource.dependencies)}")

    both = (
        replace(stream_retention.CONTROL, check=seen),
        replace(vpc_flow_logs.CONTROL, subjects=(STREAM,), stack_check=seen),
    )
    entry = json.loads(state((STREAM, {"a": "in"})))
    [stream, _] = entry["deployment"]["resources"]
    stream["outputs"] = {"a": "out"}
    stream["dependencies"] = [PROVIDER]
    stream["propertyDependencies"] = {"a": [PROVIDER]}
    answer = Decider(both).decide(json.dumps(entry).encode())
    told = {d["control"]: d["message"].split(". ")[0] for d in answer["diagnostics"]}
    assert told == {RETENTION: "in 0", "vpc-flow-logs": "out 1"}


def test_a_control_that_is_off_in_the_profile_says_nothing() -> None:
    from controls import log_retention_long

    group = "aws:cloudwatch/logGroup:LogGroup"
    answer = Decider((log_retention_long.CONTROL,)).decide(
        state((group, {"retentionInDays": 7, "name": "/aws/rds/cluster/db/audit"}))
    )
    assert not any(answer[k] for k in ("analyze", "stack", "idle", "diagnostics"))


def test_the_profile_is_the_stacks() -> None:
    decider = Decider((vpc_flow_logs.CONTROL, resource_tags.CONTROL))
    decider.files = PackFiles({"prod": "production"})
    for stack, level, missing in (("dev", "advisory", 0), ("prod", "mandatory", 2)):
        content = state((VPC, {"cidrBlock": "10.0.0.0/16", "tags": tags(stack)}), stack=stack)
        answer = decider.decide(content)
        assert [d["level"] for d in said(answer, "vpc-flow-logs")] == [level]
        assert len(said(answer, "resource-tags")) == missing


def test_a_control_that_broke_is_mandatory_whatever_its_level() -> None:
    def broken(*_: object) -> Iterator[Finding]:
        raise RuntimeError

    control = replace(vpc_flow_logs.CONTROL, stack_check=broken)
    [told] = Decider((control,)).decide(state((VPC, {})))["diagnostics"]
    assert (told["level"], told["message"][:7]) == ("mandatory", "[error]")


def test_a_finding_may_name_another_resource() -> None:
    def elsewhere(*_: object) -> Iterator[Finding]:
        yield Finding("it is bad", urn="urn:other")

    control = replace(stream_retention.CONTROL, check=elsewhere)
    [told] = Decider((control,)).decide(state((STREAM, {})))["diagnostics"]
    assert told["urn"] == "urn:other"


def test_what_does_not_apply_is_no_complaint() -> None:
    answer = Decider((aurora_backups.CONTROL,)).decide(
        state(
            ("aws:rds/instance:Instance", {"replicateSourceDb": "db"}),
            ("aws:rds/cluster:Cluster", {}),
        )
    )
    judged = [t["verdict"] for t in traced(answer, "aurora-backups")]
    assert [t["observed"] for t in traced(answer, "aurora-backups")] == [{}, {}]
    assert judged == ["not_applicable", "failed"]
    assert [d["urn"] for d in answer["diagnostics"]] == [urn("aws:rds/cluster:Cluster")]


def waiver(control: str, on: str, days: date = date(2026, 12, 31)) -> Waivers:
    return Waivers((Waiver("WVR-2026-001", control, (on,), days),), date(2026, 11, 20))


def test_a_waived_failure_is_told_as_advice(decider: Decider) -> None:
    decider.waivers = waiver(RETENTION, urn(STREAM))
    content = state((STREAM, {"retentionPeriod": 12, "tags": tags("dev")}))
    [told] = decider.decide(content)["diagnostics"]
    assert told["level"] == "advisory"
    assert told["message"].startswith("[waived WVR-2026-001 until 2026-12-31] retentionPeriod")


def test_a_waiver_that_is_over_is_a_complaint_of_its_own(decider: Decider) -> None:
    decider.waivers = waiver(RETENTION, urn(STREAM), date(2026, 11, 1))
    content = state((STREAM, {"retentionPeriod": 24, "tags": tags("dev")}))
    [told] = decider.decide(content)["diagnostics"]
    assert (told["control"], told["level"], told["urn"]) == ("waivers", "mandatory", urn(STREAM))
    assert "expired" in told["message"]


def test_a_component_is_no_resource_of_a_control_for_all(decider: Decider) -> None:
    """A type is remembered with whether a provider made it: a component has the same speakers."""
    document = json.loads(state((STREAM, {"retentionPeriod": 24, "tags": tags("dev")})))
    [stream, provider] = document["deployment"]["resources"]
    component = {"urn": f"{urn(STREAM)}-c", "type": STREAM, "custom": False}
    document["deployment"]["resources"] = [component, stream, provider]
    answer = decider.decide(json.dumps(document).encode())
    judged = [t["urn"] for t in traced(answer, "resource-tags")]
    assert judged == [urn(STREAM)]


SECRET = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    "ciphertext": "v1:x",
}


@pytest.mark.parametrize(
    ("value", "whole"),
    [
        (24, True),
        (True, True),
        (None, True),
        ("a text", True),
        ({"unknown": "key"}, False),
        ("a text unknown to all", False),
        ("a" * 200 + " unknown", True),  # what is printed of it is cut before
        ("caf\u00e9 unknown \n", False),
        (SECRET, False),
        ({"a": [{"b": SECRET}]}, False),
        ({"password": SECRET}, True),  # it would not be shown anyway
    ],
)
def test_the_gate_is_told_of_each_value_that_may_not_be_known(value: Any, whole: bool) -> None:
    """It calls no pass a pass that rests on one; of all others it needs no value."""
    control = replace(stream_retention.CONTROL, check=lambda *_: (), properties=("a.b", "a", "c"))
    answer = Decider((control,)).decide(state((STREAM, {"a": value, "c": "c"})))
    [found] = traced(answer, RETENTION)
    assert (answer["analyze"][RETENTION] == [0]) is whole
    assert found["verdict"] == "passed"
    assert set(found["observed"]) <= {"a", "a.b"}
    assert all("unknown" in text for text in found["observed"].values())
    assert bool(found["observed"]) is not whole


@pytest.mark.parametrize(
    ("properties", "told"),
    [(("a.b",), {"a.b"}), (("c", "a.b", "d"), {"a.b"}), (("none", "e"), {"e"}), (("c", "d"), None)],
)
def test_only_the_properties_of_the_control_count(
    properties: tuple[str, ...], told: set[str] | None
) -> None:
    values = {"a": {"b": SECRET}, "c": "c", "d": True, "e": SECRET, "f": SECRET}
    control = replace(stream_retention.CONTROL, check=lambda *_: (), properties=properties)
    [entry] = Decider((control,)).decide(state((STREAM, values)))["analyze"][RETENTION]
    assert entry == 0 if told is None else set(entry[5]) == told


def test_each_answer_names_its_own_stack(decider: Decider) -> None:
    for stack in ("one", "two"):
        header = decider.decide(state((STREAM, {}), stack=stack))["header"]
        assert (header["stack"], header["suffix"]) == (stack, stack)


def test_two_resources_of_one_urn_are_two(decider: Decider) -> None:
    content = state(
        (STREAM, {"retentionPeriod": 24, "tags": tags("dev")}),
        (STREAM, {"retentionPeriod": 12, "tags": tags("dev")}),
    )
    answer = decider.decide(content)
    assert [t["verdict"] for t in traced(answer, RETENTION)] == ["passed", "failed"]
    assert [t[0] for t in answer["resources"]][:2] == [urn(STREAM), urn(STREAM)]


def test_a_state_of_nothing_is_broken(decider: Decider) -> None:
    with pytest.raises(states.Broken, match="it holds no resource"):
        decider.decide(b'{"version": 3, "deployment": {"resources": []}}')


def run_to_its_end() -> None:
    """The command in this process, which goes on: what it sets of the collector is taken back."""
    before = gc.get_threshold()
    try:
        assert fleet.main() == 0
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def asked(lines: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, capsys: Any) -> list[Any]:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(json.dumps(x) + "\n" for x in lines)))
    run_to_its_end()
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_line_has_its_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fleet, "load", lambda: list(CHOSEN))
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(state((STREAM, {"retentionPeriod": 24, "tags": tags("eu")})))
    bad.write_bytes(b"{")
    lines = [
        {"file": str(good), "suffix": "eu"},
        {"file": str(bad)},
        {"file": str(tmp_path / "no")},
    ]
    first, second, third = asked([*lines, {"file": str(good)}][:3], monkeypatch, capsys)
    assert first["diagnostics"] == []
    assert first["header"]["stack"] == "dev"
    assert first["digest"] == "sha256:" + sha256(good.read_bytes()).hexdigest()
    assert "no state that the engine would read" in second["fault"]
    assert third == {"fault": "it cannot be read: No such file or directory"}
    [again] = asked([{"file": str(good)}], monkeypatch, capsys)
    assert "must be dev" in again["diagnostics"][0]["message"]


def test_what_is_nested_too_deeply_is_a_fault_and_no_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def deep(*_: object) -> dict[str, Any]:
        raise RecursionError

    monkeypatch.setattr(fleet, "load", lambda: list(CHOSEN))
    monkeypatch.setattr(Decider, "decide", deep)
    (tmp_path / "deep").write_bytes(b"")
    line = {"file": str(tmp_path / "deep")}
    found = asked([line, line], monkeypatch, capsys)
    assert found == [{"fault": "it is nested too deeply to be judged"}] * 2


def test_an_answer_is_there_before_the_next_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks waits for it: an answer that lay in a buffer would keep both waiting for good."""
    there = io.BytesIO()
    line = json.dumps({"file": str(tmp_path / "no")})

    def questions() -> Iterator[str]:
        for answered in range(3):
            assert there.getvalue().count(b"cannot be read") == answered
            yield line

    monkeypatch.setattr(fleet, "load", lambda: list(CHOSEN))
    monkeypatch.setattr("sys.stdin", questions())
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BufferedWriter(there)))
    run_to_its_end()


def test_wrong_files_of_the_pack_are_one_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def wrong(_: object) -> Waivers:
        raise SettingsError("waivers.yaml: it is wrong")

    monkeypatch.setattr(fleet, "read_waivers", wrong)
    assert fleet.main() == 1
    assert json.loads(capsys.readouterr().out) == {"fault": "waivers.yaml: it is wrong"}
