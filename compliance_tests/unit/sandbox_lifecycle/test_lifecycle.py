"""The emulator starts once, is found again, and only our own is ever stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from sandbox import SandboxError, lifecycle, places, processes


def test_start_is_idempotent_and_stop_too(checkout: Path, said: list[str]) -> None:
    first = lifecycle.start(said.append)
    again = lifecycle.start(said.append)

    assert again == first == lifecycle.running()
    assert lifecycle.endpoint() == first.url
    assert len(said) == 1
    assert first.url in said[0]
    assert lifecycle.stop() == first.pid
    assert lifecycle.running() is None
    assert lifecycle.stop() is None
    assert processes.look(first.pid) is None


def test_a_killed_emulator_is_replaced_by_another_instance(checkout: Path, said: list[str]) -> None:
    first = lifecycle.start(said.append)
    os.kill(first.pid, signal.SIGKILL)
    os.waitpid(first.pid, 0)

    second = lifecycle.start(said.append)
    assert second.instance != first.instance
    assert second.port == first.port


def test_an_emulator_of_older_code_is_mentioned_not_replaced(
    checkout: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = lifecycle.start(said.append)
    monkeypatch.setattr(lifecycle, "_code", lambda: "newer")
    assert lifecycle.start(said.append) == first
    assert "older code" in said[-1]


def test_a_taken_default_port_is_passed_by(checkout: Path, said: list[str]) -> None:
    with socket.socket() as other:
        port = int(lifecycle.endpoint().rpartition(":")[2])
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind((lifecycle.HOST, port))
        other.listen()
        assert lifecycle.start(said.append).port != port


def test_a_taken_port_that_was_asked_for_is_an_error(
    checkout: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as other:
        other.bind((lifecycle.HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("SANDBOX_PORT", str(port))
        with pytest.raises(SandboxError, match=f"port {port} is in use .* SANDBOX_PORT"):
            lifecycle.start(said.append)


@pytest.mark.parametrize("port", ["http", "80", "70000", "-1", "2e4"])
def test_a_port_that_is_none_is_refused(
    checkout: Path, said: list[str], monkeypatch: pytest.MonkeyPatch, port: str
) -> None:
    monkeypatch.setenv("SANDBOX_PORT", port)
    with pytest.raises(SandboxError, match="from 1024 to 65535"):
        lifecycle.start(said.append)


def test_another_port_than_the_running_ones_is_explained(
    checkout: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    running = lifecycle.start(said.append)
    monkeypatch.setenv("SANDBOX_PORT", str(running.port + 1))
    with pytest.raises(SandboxError, match="make sandbox-stop"):
        lifecycle.start(said.append)


def test_a_process_that_got_the_number_meanwhile_is_not_stopped(
    checkout: Path, said: list[str]
) -> None:
    ours = lifecycle.start(said.append)
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        note = places.EMULATOR / "process.json"
        note.write_text(json.dumps(asdict(replace(ours, pid=other.pid))))
        assert lifecycle.running() is None
        assert lifecycle.stop() is None
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
        os.kill(ours.pid, signal.SIGKILL)
        os.waitpid(ours.pid, 0)


@pytest.mark.parametrize("text", ["", "{}", "no json", '{"pid": 1}'])
def test_a_broken_note_is_no_emulator(checkout: Path, text: str) -> None:
    places.EMULATOR.mkdir()
    (places.EMULATOR / "process.json").write_text(text)
    assert lifecycle.running() is None
    assert lifecycle.stop() is None


def test_the_emulator_gets_no_real_credentials(
    checkout: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real-secret")
    environ = Path(f"/proc/{lifecycle.start(said.append).pid}/environ")
    text = environ.read_bytes() if environ.exists() else b""
    assert b"real-secret" not in text
