"""Telling a live process from a dead one, and ours from one that was given the same number."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """A running process as the system shows it."""

    pid: int
    command: str
    started: str
    """Opaque: equal for two looks at one process, different for another with the same number."""


def look(pid: int) -> Process | None:
    """Describe the process, or None when there is none (or only its unreaped remains)."""
    if pid <= 0:
        return None
    if Path("/proc/self/stat").exists():
        return _from_proc(pid)
    return _from_ps(pid)


def end(process: Process, patience_seconds: float = 5.0) -> bool:
    """Ask the process to end (SIGTERM), then make it (SIGKILL). True when it is gone.

    Never touches a process that only has the same number.
    """
    for number, patience in ((signal.SIGTERM, patience_seconds), (signal.SIGKILL, 2.0)):
        if look(process.pid) != process:
            return True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process.pid, number)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if look(process.pid) != process:
                return True
            time.sleep(0.02)
    return look(process.pid) != process


def _from_proc(pid: int) -> Process | None:
    folder = Path("/proc") / str(pid)
    try:
        # The name of the process, in parentheses, may itself hold spaces and parentheses.
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return None
    state, started = fields[0], fields[19]
    return None if state in "ZX" else Process(pid, command.strip(), started)


def _from_ps(pid: int) -> Process | None:
    answer = subprocess.run(
        ["ps", "-o", "stat=", "-o", "lstart=", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    if len(answer) < 7 or answer[0].startswith("Z"):
        return None
    return Process(pid, " ".join(answer[6:]), " ".join(answer[1:6]))
