"""A state of another emulator is set aside; a dead run's lock is cleared, a live one's not."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from sandbox import SandboxError, backend, places

URN = "urn:pulumi:sandbox::iot-data-platform::aws:ec2/vpc:Vpc::main"


@pytest.fixture(autouse=True)
def _folders(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "BOOKKEEPING", places.BACKEND / ".pulumi")
    monkeypatch.setattr(backend, "INSTANCE_NOTE", places.BACKEND / "instance")
    monkeypatch.setattr(backend, "_init_stack", lambda _environment: None)


def write_state(
    resources: list[dict[str, Any]], pending: list[dict[str, Any]] | None = None
) -> None:
    path = backend.state_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    latest = {"resources": resources, "pending_operations": pending or []}
    path.write_text(json.dumps({"version": 3, "checkpoint": {"latest": latest}}))


def write_lock(pid: int) -> Path:
    folder = backend.BOOKKEEPING / "locks" / "organization" / places.PROJECT / places.STACK
    folder.mkdir(parents=True)
    path = folder / "9c0a.json"
    path.write_text(json.dumps({"pid": pid, "timestamp": "2026-01-02T03:04:05.6Z"}))
    return path


VPC = {"urn": URN, "type": "aws:ec2/vpc:Vpc", "custom": True, "id": "vpc-1"}
STACK = {"urn": "urn:...", "type": "pulumi:pulumi:Stack", "custom": False}


def test_a_state_of_another_instance_is_set_aside_with_one_line(said: list[str]) -> None:
    backend.prepare("first", {}, said.append)
    write_state([STACK, VPC])
    backend.prepare("first", {}, said.append)
    assert said == []
    assert backend.resource_count() == 1

    backend.prepare("second", {}, said.append)
    (line,) = said
    (aside,) = places.SET_ASIDE.iterdir()
    assert "set aside in .state/set-aside/" in line or str(aside) in line
    assert json.loads((aside / ".pulumi/stacks" / places.PROJECT / "sandbox.json").read_text())
    assert backend.resource_count() == 0
    assert backend.INSTANCE_NOTE.read_text() == "second"


@pytest.mark.parametrize("resources", [[], [STACK]])
def test_an_empty_state_is_simply_taken_over(
    said: list[str], resources: list[dict[str, Any]]
) -> None:
    backend.prepare("first", {}, said.append)
    write_state(resources)
    backend.prepare("second", {}, said.append)
    assert said == []
    assert backend.state_file().exists()


def test_the_lock_of_a_dead_run_is_explained_and_cleared(said: list[str]) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    lock = write_lock(ended.pid)
    backend.prepare("first", {}, said.append)
    assert not lock.exists()
    (line,) = said
    assert re.search(rf"killed \(process {ended.pid}, since 2026-01-02T03:04:05\)", line)


def test_another_program_with_the_dead_runs_number_holds_no_lock(said: list[str]) -> None:
    lock = write_lock(os.getpid())
    backend.prepare("first", {}, said.append)
    assert not lock.exists()


def test_the_lock_of_a_live_run_is_respected(said: list[str], tmp_path: Path) -> None:
    engine = tmp_path / "pulumi"
    shutil.copy("/bin/sleep", engine)
    run = subprocess.Popen([engine, "30"])
    try:
        time.sleep(0.1)
        lock = write_lock(run.pid)
        with pytest.raises(SandboxError, match=f"another run works .* .process {run.pid}"):
            backend.prepare("first", {}, said.append)
        assert lock.exists()
    finally:
        run.kill()
        run.wait()


def test_what_a_killed_run_left_half_done_stops_the_next_one(said: list[str]) -> None:
    backend.prepare("first", {}, said.append)
    write_state([STACK], [{"type": "creating", "resource": VPC}])
    places.JOURNAL.write_text("{}")
    with pytest.raises(SandboxError, match=r"1 operation was cut .*creating main.* `make recover"):
        backend.prepare("first", {}, said.append)
    assert places.JOURNAL.exists()

    write_state([STACK, VPC])
    backend.prepare("first", {}, said.append)
    assert not places.JOURNAL.exists()


def test_a_state_that_cannot_be_read_is_one_line(said: list[str]) -> None:
    backend.prepare("first", {}, said.append)
    write_state([])
    backend.state_file().write_text("{")
    with pytest.raises(SandboxError, match="cannot be read"):
        backend.prepare("first", {}, said.append)
    backend.prepare("second", {}, said.append)
    assert len(list(places.SET_ASIDE.iterdir())) == 1
