"""A plugin ends at once when told to; when its engine is killed, once its work is noted."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox import places, processes

PLUGIN = Path(__file__).with_name("plugin.py")
ENGINE = """
import subprocess, sys
plugin = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
print(plugin.pid, plugin.stdout.readline().decode().strip(), flush=True)
plugin.wait()
"""
"""Stands in for the engine: starts a plugin, hands on its port."""


class Run:
    """A plugin under an engine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = folder / "creates.jsonl"
        environment = os.environ | {
            "SANDBOX_JOURNAL": str(self.journal),
            "PYTHONPATH": str(places.ROOT),
        }
        self.engine = subprocess.Popen(
            [sys.executable, "-c", ENGINE, sys.executable, str(PLUGIN), str(folder)],
            stdout=subprocess.PIPE,
            env=environment,
        )
        assert self.engine.stdout is not None
        pid, port = self.engine.stdout.readline().split()
        found = processes.look(int(pid))
        assert found is not None
        self.plugin = found
        self.channel = grpc.insecure_channel(f"127.0.0.1:{int(port)}")
        self.stub: Any = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def create(self, name: str, *, preview: bool = False) -> Any:
        """Create as the engine does; None when the plugin went away."""
        request = provider_pb2.CreateRequest(urn=f"urn:{name}", name=name, preview=preview)
        try:
            return self.stub.Create(request)
        except grpc.RpcError:
            return None

    def begin(self, name: str) -> None:
        """Have a creation under way."""
        threading.Thread(target=self.create, args=(name,), daemon=True).start()
        wait_for((self.folder / f"begun-{name}").exists)

    def ended_within(self, seconds: float) -> bool:
        """Whether the plugin is gone that soon."""
        return wait_for(lambda: processes.look(self.plugin.pid) != self.plugin, seconds)

    def noted(self) -> list[dict[str, str]]:
        """The journal."""
        lines = self.journal.read_text().splitlines() if self.journal.exists() else []
        return [json.loads(line) for line in lines]


def wait_for(what: Callable[[], bool], seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if what():
            return True
        time.sleep(0.01)
    return what()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    found = Run(tmp_path)
    yield found
    found.channel.close()
    processes.end(found.plugin)
    found.engine.kill()
    found.engine.wait()
    assert found.engine.stdout is not None
    found.engine.stdout.close()


def test_what_was_created_is_noted_before_the_engine_hears_of_it(run: Run) -> None:
    assert run.create("a").id == "id-a"
    assert run.noted() == [{"urn": "urn:a", "id": "id-a"}]


def test_a_preview_notes_nothing(run: Run) -> None:
    assert run.create("a", preview=True).id == ""
    assert run.noted() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_though_calls_are_open(run: Run, number: signal.Signals) -> None:
    run.begin("a")
    os.kill(run.plugin.pid, number)
    assert run.engine.wait(timeout=5) == 0  # the grace that the engine gives, in seconds
    assert not (run.folder / "done-a").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_whichever_thread_is_given_it(run: Run, number: signal.Signals) -> None:
    """The handler is the main thread's, and that one sleeps."""
    run.begin("a")
    if sys.platform == "linux":
        threads = [int(t.name) for t in Path(f"/proc/{run.plugin.pid}/task").iterdir()]
        other = max(t for t in threads if t != run.plugin.pid)
        tgkill = {"x86_64": 234, "aarch64": 131}[platform.machine()]
        ctypes.CDLL(None).syscall(tgkill, run.plugin.pid, other, int(number))
    else:  # no other system lets a process choose another's thread
        os.kill(run.plugin.pid, number)
    assert run.engine.wait(timeout=5) == 0


def test_it_ends_when_the_engine_is_killed(run: Run) -> None:
    run.engine.kill()
    run.engine.wait()
    assert run.ended_within(1.0)


def test_a_killed_engine_loses_nothing_that_was_under_way(run: Run) -> None:
    run.begin("a")
    run.begin("b")
    run.engine.kill()
    run.engine.wait()
    assert run.ended_within(4.0)
    assert {entry["id"] for entry in run.noted()} == {"id-a", "id-b"}
    assert (run.folder / "done-a").exists()


def test_messages_as_large_as_a_state_pass(run: Run) -> None:
    large = "x" * (8 << 20)
    options = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    target = run.channel._channel.target().decode()  # type: ignore[attr-defined]
    with grpc.insecure_channel(target, options=options) as channel:
        stub: Any = provider_pb2_grpc.ResourceProviderStub(channel)
        request = provider_pb2.CreateRequest(urn="urn:a", name="a", type=large)
        assert stub.Create(request).id == "id-a"
