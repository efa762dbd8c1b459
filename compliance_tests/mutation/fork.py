"""Work in a process of its own, within limits, so that nothing it does stays."""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SECONDS = 60  # of the processor that the tests of a mutant may take: an endless loop is noticed
LONGEST = 900.0  # seconds by the clock
ASLEEP = 10.0  # seconds by the clock in which it used no processor: it waits for nobody
MEMORY = 4 << 30


def in_fork(work: Callable[[], object], seconds: int = SECONDS) -> tuple[bool, str]:
    """Whether `work` ended well in a fork within the limits, and what it returned as JSON."""
    reading, writing = os.pipe()
    if not (pid := os.fork()):
        _child(work, writing, seconds)
    os.close(writing)
    deadline = time.monotonic() + LONGEST
    idle = _Idle(pid)
    text, done = b"", (0, 0)
    with _ended(pid), os.fdopen(reading, "rb") as pipe:
        os.set_blocking(reading, False)
        while done[0] == 0:
            text += pipe.read() or b""
            done = os.waitpid(pid, os.WNOHANG)
            if done[0] == 0 and (time.monotonic() > deadline or idle.seconds() > ASLEEP):
                os.killpg(pid, signal.SIGKILL)
                done = os.waitpid(pid, 0)
            elif done[0] == 0:
                time.sleep(0.002)
        text += pipe.read() or b""
    return done[1] == 0, text.decode()


@contextmanager
def _ended(group: int) -> Iterator[None]:
    """Afterwards nothing that the fork started is left."""
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


class _Idle:
    """How long a process has slept. Without /proc nobody sleeps, and LONGEST ends it."""

    def __init__(self, pid: int):
        self._stat = Path(f"/proc/{pid}/stat")
        self._seen = ("", "", "")
        self._since = self._next = time.monotonic()

    def seconds(self) -> float:
        """Since when its state is sleep and its processor time the same, looked at each second."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + 1
            try:
                fields = self._stat.read_text("ascii").rpartition(")")[2].split()
            except OSError:
                fields = [""] * 13
            seen = (fields[0], fields[11], fields[12])  # state, seconds in user and in kernel mode
            if seen != self._seen or seen[0] != "S":
                self._seen, self._since = seen, now
        return now - self._since


def _child(work: Callable[[], object], writing: int, seconds: int) -> None:
    status = 1
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        gc.disable()
        found = work()
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(found).encode())
        status = 0 if found is not False else 1
    finally:
        os._exit(status)
