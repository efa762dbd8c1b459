"""The pack as the engine starts it: one line of output, no slow imports, gone with its parent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import grpc
import pytest
from core.trace import pack_digest, pack_version
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc

PACK = Path(__file__).resolve().parents[3] / "policies"
COMMAND = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(PACK)]


def start(**env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        COMMAND, cwd=PACK, env={**os.environ, **env}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def speak(process: subprocess.Popen[str]) -> Any:
    assert process.stdout
    port = int(process.stdout.readline())
    return analyzer_pb2_grpc.AnalyzerStub(grpc.insecure_channel(f"127.0.0.1:{port}"))


@pytest.mark.parametrize("stock", ["", "1"])
def test_one_line_out_a_trace_and_a_quick_end(stock: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    process = start(POLICY_TRACE=str(trace), POLICY_STOCK=stock)
    try:
        pack = speak(process)
        pack.ConfigureStack(
            pb.AnalyzerStackConfigureRequest(
                stack="dev",
                project="p",
                config={"p:environmentSuffix": "", "p:password": "hunter2"},
            )
        )
        info = pack.GetAnalyzerInfo(empty_pb2.Empty())
        assert info.name == "iot-data-platform-policies"
        request = pb.AnalyzeRequest(
            type="aws:rds/cluster:Cluster", name="db",
            urn="urn:pulumi:dev::p::aws:rds/cluster:Cluster::db",
        )  # fmt: skip
        request.provider.type = "pulumi:providers:aws"
        request.properties.update({"backupRetentionPeriod": 7, "masterPassword": "hunter2"})
        failed = {d.policyName for d in pack.Analyze(request).diagnostics}
        assert "aurora-backups" in failed
        pack.AnalyzeStack(pb.AnalyzeStackRequest())
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=5)  # the grace that the engine gives, in seconds
    assert process.returncode == 0
    assert out == ""
    assert ("answers itself" in err) is bool(stock)
    header, *lines = [json.loads(line) for line in trace.read_text().splitlines()]
    assert (header["stack"], header["profile"], header["suffix"]) == ("dev", "baseline", "dev")
    assert header["digest"] == pack_digest()
    assert header["version"] == pack_version() != "0.0.1"
    assert {c["id"] for c in header["controls"]} == {p.name for p in info.policies}
    backups = next(line for line in lines if line["control"] == "aurora-backups")
    assert (backups["verdict"], backups["observed"]) == ("failed", {"backupRetentionPeriod": "7"})
    assert "hunter2" not in trace.read_text() + err


def test_it_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", f"import subprocess, time\np = subprocess.Popen({COMMAND!r}, "
         f"cwd={str(PACK)!r})\nprint(p.pid, flush=True)\ntime.sleep(60)"],
        text=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert parent.stdout
    lines = [parent.stdout.readline(), parent.stdout.readline()]
    pid = int(lines[0])
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and _alive(pid):
        time.sleep(0.05)
    assert not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_it_ends_at_once_where_interrupts_are_ignored() -> None:
    """A background job of a shell starts so; the engine asks with an interrupt, then waits."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # a child inherits it
    try:
        process = start()
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        speak(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=5) == 0  # the grace that the engine gives, in seconds
    finally:
        process.kill()
        process.communicate()


def test_starting_imports_no_provider() -> None:
    script = (
        "import sys; sys.path.insert(0, '.'); import controls, core.pack; "
        "print([m for m in sys.modules if m.startswith('pulumi_aws') or m == 'boto3'])"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=PACK, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_the_digest_is_of_content_and_names(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    first = pack_digest(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "c.pyc").write_text("x")
    (tmp_path / ".hidden").write_text("x")
    assert pack_digest(tmp_path) == first
    (tmp_path / "a").rename(tmp_path / "b")
    assert pack_digest(tmp_path) != first
