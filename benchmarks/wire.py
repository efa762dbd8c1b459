"""A policy pack as a process, asked over gRPC as the engine asks: one call at a time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import analyzer_pb2 as pb

from .requests import Asked

OPTIONS = [("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", -1)]
PATIENCE = 1800  # seconds for one call: the stock pack needs minutes for a large stack


@dataclass(frozen=True)
class Pack:
    """How a pack is started: as the engine starts it, in the pack's folder."""

    name: str
    folder: Path
    command: Sequence[str] = (sys.executable, "-u", "-m", "pulumi.policy")
    env: Mapping[str, str] = field(default_factory=dict)


def measure(pack: Pack, asked: Asked) -> dict[str, Any]:
    """Seconds of each part of a preview's worth of calls, with the pack's CPU and memory.

    `findings` is a digest of everything the pack answered: two packs of the same controls must
    agree on it.
    """
    with _started(pack) as (channel, pid, began):
        return _calls(channel, pid, asked, began)


def start(pack: Pack) -> dict[str, Any]:
    """Seconds from the process's start to its first answer, and its CPU until then."""
    with _started(pack) as (channel, pid, began):
        channel.unary_unary("/pulumirpc.Analyzer/GetAnalyzerInfo", None, None)(
            b"", timeout=PATIENCE
        )
        return {"start": time.perf_counter() - began, "cpu": _cpu(pid)}


@contextmanager
def _started(pack: Pack) -> Iterator[tuple[grpc.Channel, int, float]]:
    began = time.perf_counter()
    process = subprocess.Popen(
        [*pack.command, "127.0.0.1:1", str(pack.folder)],
        cwd=pack.folder,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **pack.env},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        port = process.stdout.readline().decode().strip()
        if not port.isdigit():
            raise RuntimeError(f"the pack {pack.name} did not start")
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=OPTIONS) as channel:
            yield channel, process.pid, began
    finally:
        process.kill()
        process.wait()


def _calls(channel: grpc.Channel, pid: int, asked: Asked, began: float) -> dict[str, Any]:
    def method(name: str) -> Callable[[bytes], bytes]:
        call = channel.unary_unary(f"/pulumirpc.Analyzer/{name}", None, None)
        return lambda request: call(request, timeout=PATIENCE)

    info = pb.AnalyzerInfo.FromString(method("GetAnalyzerInfo")(b""))
    start = time.perf_counter() - began
    configure = pb.ConfigureAnalyzerRequest()
    for policy in info.policies:  # all controls on, as a strict policy config asks
        configure.policyConfig[policy.name].enforcementLevel = pb.MANDATORY
        configure.policyConfig[policy.name].properties.SetInParent()  # Node reads it unasked
    method("Configure")(configure.SerializeToString())
    method("ConfigureStack")(asked.configure)
    remediate, analyze, analyze_stack = map(method, ("Remediate", "Analyze", "AnalyzeStack"))
    cpu = _cpu(pid)
    answers: list[bytes] = []
    spent = {"remediate": 0.0, "analyze": 0.0}
    for request in asked.analyze:
        before = time.perf_counter()
        remediate(request)
        between = time.perf_counter()
        answers.append(analyze(request))
        spent["remediate"] += between - before
        spent["analyze"] += time.perf_counter() - between
    calls_cpu = _cpu(pid) - cpu
    before = time.perf_counter()
    answers.append(analyze_stack(asked.stack))
    stack = time.perf_counter() - before
    found, digest = _told(answers)
    return {
        "start": start,
        **spent,
        "stack": stack,
        "whole": start + sum(spent.values()) + stack,
        "calls_cpu": calls_cpu,
        "stack_cpu": _cpu(pid) - cpu - calls_cpu,
        "peak_mb": _peak(pid),
        "policies": len(info.policies),
        "findings": found,
        "digest": digest,
    }


def _told(answers: Sequence[bytes]) -> tuple[int, str]:
    """How many findings, and a digest over all of what was said, whatever its order."""
    lines: list[str] = []
    for at, content in enumerate(answers):
        answer = pb.AnalyzeResponse.FromString(content)
        lines += [
            f"{at} {d.policyName} {d.enforcementLevel} {d.urn} {d.message}"
            for d in answer.diagnostics
        ]
    digest = hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
    return len(lines), digest


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0
