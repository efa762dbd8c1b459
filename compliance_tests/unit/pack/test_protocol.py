"""Every call of the analyzer protocol is answered with a message of its own type."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from controls import aurora_backups
from core import Settings
from core.replay import Replay
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import plugin_pb2


def replay(use_stock: bool) -> Replay:
    return Replay([aurora_backups.CONTROL], Settings(stack="s", project="p", suffix="s"), use_stock)


@pytest.mark.parametrize("use_stock", [False, True])
def test_each_call_is_answered(use_stock: bool) -> None:
    servicer = replay(use_stock).servicer
    nothing = empty_pb2.Empty()
    assert isinstance(
        servicer.Handshake(pb.AnalyzerHandshakeRequest(), None), pb.AnalyzerHandshakeResponse
    )
    assert isinstance(servicer.GetPluginInfo(nothing, None), plugin_pb2.PluginInfo)
    assert isinstance(servicer.Cancel(nothing, None), empty_pb2.Empty)
    configured = servicer.Configure(pb.ConfigureAnalyzerRequest(), None)
    assert isinstance(configured, empty_pb2.Empty)
    assert isinstance(
        servicer.ConfigureStack(pb.AnalyzerStackConfigureRequest(stack="s"), None),
        pb.AnalyzerStackConfigureResponse,
    )
    remediated = servicer.Remediate(pb.AnalyzeRequest(), None)
    assert [n.policy_name for n in remediated.not_applicable] == ["aurora-backups"]


@pytest.mark.parametrize("use_stock", [False, True])
def test_the_trace_begins_before_the_first_resource_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use_stock: bool
) -> None:
    file = tmp_path / "trace.jsonl"
    monkeypatch.setenv("POLICY_TRACE", str(file))
    servicer = replay(use_stock).servicer
    servicer.Analyze(pb.AnalyzeRequest(type="aws:kms/key:Key", urn="urn:pulumi:s::p::k::k"), None)
    header = json.loads(file.read_text().splitlines()[0])
    assert header["controls"][0]["id"] == "aurora-backups"
