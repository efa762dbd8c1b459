"""A live process is told from a dead one, and from another with the same number."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sandbox import processes

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('up', flush=True); time.sleep(60)",
]


@pytest.fixture
def child(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(getattr(request, "param", SLEEP), stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_live_process_is_seen_with_its_command(child: subprocess.Popen[bytes]) -> None:
    found = processes.look(child.pid)
    assert found is not None
    assert "time.sleep(60)" in found.command
    assert found == processes.look(child.pid)


def test_both_ways_of_looking_agree_on_who_lives(child: subprocess.Popen[bytes]) -> None:
    by_ps = processes._from_ps(child.pid)
    assert by_ps is not None
    assert by_ps == processes._from_ps(child.pid)
    child.kill()
    child.wait()
    assert processes._from_ps(child.pid) is None


def test_a_dead_process_is_none_even_before_it_is_reaped(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert processes.look(child.pid) is None
    child.wait()
    assert processes.look(child.pid) is None


@pytest.mark.parametrize("pid", [0, -1])
def test_no_process_has_such_a_number(pid: int) -> None:
    assert processes.look(pid) is None


@pytest.mark.parametrize("child", [SLEEP, STUBBORN], indirect=True)
def test_end_ends_also_who_does_not_listen(child: subprocess.Popen[bytes]) -> None:
    found = processes.look(child.pid)
    assert found is not None
    assert processes.end(found, patience_seconds=0.3)
    assert child.wait(timeout=5) != 0


def test_another_process_with_the_same_number_is_left_alone(
    child: subprocess.Popen[bytes],
) -> None:
    found = processes.look(child.pid)
    assert found is not None
    assert processes.end(replace(found, started="another time"))
    assert child.poll() is None
