"""The pack's own account: a line for each decision, there before the engine has its answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from controls import aurora_backups, redis_authentication, vpc_flow_logs
from core import Control, Finding, Item, Settings
from core.evaluate import NO_SUBJECT, decide
from core.replay import Replay
from core.scenarios import build
from core.settings import PACK_FOLDER
from core.trace import pack_digest, pack_version
from core.waivers import Waiver, Waivers
from pulumi.runtime.proto import analyzer_pb2 as pb

CLUSTER, INSTANCE = aurora_backups.CLUSTER, aurora_backups.INSTANCE
VPC = "aws:ec2/vpc:Vpc"
CONTROLS = (aurora_backups.CONTROL, redis_authentication.CONTROL, vpc_flow_logs.CONTROL)
SETTINGS = Settings(stack="dev", project="p", profile="baseline", suffix="dev")
BOTH = pytest.mark.parametrize("stock", [False, True], ids=["ours", "stock"])


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POLICY_TRACE", str(tmp_path / "trace.jsonl"))
    return tmp_path / "trace.jsonl"


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def of(file: Path, control: Control) -> list[dict[str, Any]]:
    return [line for line in lines(file)[1:] if line["control"] == control.id]


@BOTH
def test_each_decision_is_a_line_when_the_answer_is_there(file: Path, stock: bool) -> None:
    pack = Replay(CONTROLS, SETTINGS, stock)
    [db, replica] = build(
        [
            Item(CLUSTER, "db", {"backupRetentionPeriod": 7.0}),
            Item(INSTANCE, "replica", {"replicateSourceDb": "db"}),
        ],
        SETTINGS,
    )
    pack.analyze(db)
    [first] = of(file, aurora_backups.CONTROL)
    [message] = first.pop("messages")
    assert message.startswith("backupRetentionPeriod is 7, but")
    assert first == {
        "control": "aurora-backups",
        "kind": "resource",
        "phase": "analyze",
        "urn": db.urn,
        "type": CLUSTER,
        "verdict": "failed",
        "level": "mandatory",
        "reason": "",
        "observed": {"backupRetentionPeriod": "7"},
        "by": "value",
    }
    assert not of(file, redis_authentication.CONTROL)  # of no type that it speaks about
    pack.analyze(replica)
    [_, second] = of(file, aurora_backups.CONTROL)
    assert (second["verdict"], second["messages"]) == ("not_applicable", [])
    assert second["reason"] == "a replica has the backups of its source"
    assert second["observed"] == {}


@BOTH
def test_a_control_of_the_stack_has_a_line_for_each_subject(file: Path, stock: bool) -> None:
    pack = Replay(CONTROLS, SETTINGS, stock)
    pack.analyze_stack(build([Item(VPC, "a"), Item(VPC, "b")], SETTINGS))
    found = of(file, vpc_flow_logs.CONTROL)
    assert [(x["urn"].rpartition("::")[2], x["phase"], x["verdict"], x["kind"], x["level"])
            for x in found] == [
        ("a", "stack", "failed", "stack", "advisory"),
        ("b", "stack", "failed", "stack", "advisory"),
    ]  # fmt: skip


@BOTH
def test_a_control_of_the_stack_without_subject_has_one_line(file: Path, stock: bool) -> None:
    pack = Replay(CONTROLS, SETTINGS, stock)
    answer = pack.analyze_stack(build([Item(CLUSTER, "db")], SETTINGS))
    assert answer.not_applicable == {vpc_flow_logs.CONTROL.id: NO_SUBJECT}
    assert of(file, vpc_flow_logs.CONTROL) == [
        {
            "control": "vpc-flow-logs",
            "kind": "stack",
            "phase": "stack",
            "urn": "",
            "type": "",
            "verdict": "not_applicable",
            "level": "advisory",
            "messages": [],
            "reason": NO_SUBJECT,
            "observed": {},
            "by": "value",
        }
    ]


@BOTH
def test_an_audit_of_a_whole_stack_begins_with_its_name(file: Path, stock: bool) -> None:
    from core.pack import in_process
    from core.settings import PackSettings

    servicer = in_process("x", CONTROLS, PackSettings(), stock)
    request = pb.AnalyzeStackRequest()
    for name in ("first", "second"):
        request.resources.add(type=VPC, urn=f"urn:pulumi:{name}::p::{VPC}::v", name="v")
    servicer.AnalyzeStack(request, None)
    servicer.AnalyzeStack(pb.AnalyzeStackRequest(), None)
    header, *_ = lines(file)
    assert (header["stack"], header["audit"]) == ("first", True)


@BOTH
def test_the_first_line_says_which_pack_it_is_and_how_it_was_set(file: Path, stock: bool) -> None:
    pack = Replay(CONTROLS, SETTINGS, stock)
    waiver = Waiver("WVR-2026-001", "aurora-backups", ("urn:x",), date(2026, 12, 31))
    pack.settings.waivers = Waivers((waiver,), date(2026, 11, 20))
    pack.configure({"aurora-backups": {"minimumDays": 32}})
    pack.levels["aurora-backups"] = pb.ADVISORY
    pack.configure({"aurora-backups": {"minimumDays": 32}})
    pack.analyze_stack(build([Item(CLUSTER, "db")], SETTINGS))
    pack.analyze_stack(build([Item(CLUSTER, "db")], SETTINGS))
    header, *rest = lines(file)
    assert all("digest" not in line for line in rest)  # once
    [backups, _, flows] = header.pop("controls")
    assert backups == {
        "id": "aurora-backups",
        "kind": "resource",
        "subjects": [CLUSTER, INSTANCE],
        "levels": {"baseline": "mandatory", "production": "mandatory"},
        "profile_level": "mandatory",
        "level": "advisory",
        "params": {"minimumDays": 32},
    }
    assert (flows["profile_level"], flows["level"], flows["params"]) == ("advisory", "advisory", {})
    assert header == {
        "pack": "scenarios",
        "version": pack_version(),
        "stack": "dev",
        "profile": "baseline",
        "suffix": "dev",
        "dry_run": True,
        "audit": False,
        "digest": pack_digest(),
        "waivers": [
            {
                "id": "WVR-2026-001",
                "control": "aurora-backups",
                "resources": ["urn:x"],
                "expires_on": "2026-12-31",
            }
        ],
    }


def test_what_cannot_be_read_is_an_error_of_every_control_and_a_line(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> None:
        raise RecursionError

    pack = Replay(CONTROLS, SETTINGS)
    monkeypatch.setattr("core.decode.resource", unreadable)
    monkeypatch.setattr("core.servicer.InPlace", unreadable)
    stack = pack.analyze_stack(build([Item(VPC, "v")], SETTINGS))
    assert stack.failed == {"vpc-flow-logs"}
    [told] = stack.diagnostics
    assert told.enforcementLevel == pb.MANDATORY  # though it is an advisory control
    [line] = of(file, vpc_flow_logs.CONTROL)
    assert (line["verdict"], line["phase"], line["urn"]) == ("error", "stack", "")
    one = pack.analyze(build([Item(CLUSTER, "db")], SETTINGS)[0])
    assert one.failed == {"aurora-backups"}
    [line] = of(file, aurora_backups.CONTROL)
    assert (line["verdict"], line["phase"], line["type"]) == ("error", "analyze", CLUSTER)


@BOTH
def test_several_subjects_and_reasons_give_the_first(stock: bool) -> None:
    from core import NotASubject

    def never(resource: Any, *_: object) -> Iterator[Finding]:
        yield from ()
        raise NotASubject(f"{resource.name} is none")

    control = replace(vpc_flow_logs.CONTROL, stack_check=never)
    answer = Replay((control,), SETTINGS, stock).analyze_stack(
        build([Item(VPC, "a"), Item(VPC, "b")], SETTINGS)
    )
    assert answer.not_applicable == {"vpc-flow-logs": "a is none"}


def test_a_trace_that_cannot_be_written_is_said_and_hinders_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("POLICY_TRACE", str(tmp_path / "no" / "trace.jsonl"))
    pack = Replay(CONTROLS, SETTINGS)
    err = capsys.readouterr().err
    assert err == "policy pack: no trace: No such file or directory: POLICY_TRACE\n"
    [db] = build([Item(CLUSTER, "db", {"backupRetentionPeriod": 30.0})], SETTINGS)
    assert not pack.analyze(db).failed
    assert not pack.analyze_stack([db]).failed


def test_a_text_of_any_script_is_one_ascii_line(file: Path) -> None:
    pack = Replay(CONTROLS, SETTINGS)
    pack.analyze(build([Item(CLUSTER, "é\u2028", {})], SETTINGS)[0])
    assert file.read_bytes().isascii()
    assert of(file, aurora_backups.CONTROL)[0]["urn"].endswith("é\u2028")


def test_the_version_is_the_one_that_the_engine_reads(tmp_path: Path) -> None:
    assert pack_version() in (PACK_FOLDER / "PulumiPolicy.yaml").read_text("utf-8")
    assert pack_version(tmp_path) == "0.0.1"
    for text, version in (
        ("name: x\nversion: 1.2.3\nruntime: python\n", "1.2.3"),
        ('version: "2.0"\n', "2.0"),
        ("version: '3:0'\n", "3:0"),
        ("runtime: python\n", "0.0.1"),
    ):
        (tmp_path / "PulumiPolicy.yaml").write_text(text)
        assert pack_version(tmp_path) == version


def test_the_digest_as_anybody_could_compute_it(tmp_path: Path) -> None:
    from hashlib import sha256

    (tmp_path / "b").mkdir()
    (tmp_path / "__pycache__").mkdir()
    for name, content in (
        ("b/c.py", b"xy"),
        ("a.json", b"{}"),
        ("__pycache__/a", b"!"),
        (".env", b"!"),
    ):
        (tmp_path / name).write_bytes(content)
    text = b"a.json\x002\x00{}" + b"b/c.py\x002\x00xy"
    assert pack_digest(tmp_path) == sha256(text).hexdigest()


def test_the_header_comes_before_whatever_is_told_first(file: Path) -> None:
    pack = Replay(CONTROLS, SETTINGS)
    [db] = build([Item(CLUSTER, "db", {"backupRetentionPeriod": 7.0})], SETTINGS)
    pack.servicer._trace.decided("analyze", decide(aurora_backups.CONTROL, db, SETTINGS))
    pack.servicer._trace.flush()
    header, line = lines(file)
    assert ("digest" in header, line["control"]) == (True, "aurora-backups")
