"""A limit for an engine that hangs: one that says nothing for too long is told, then stopped.

It is silence that is limited, not the run: AWS takes a quarter of an hour for a database, and what
a stack takes altogether nobody knows. What the engine says is counted by its event log's size.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from . import console
from .errors import GateError

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = "GATE_PATIENCE"  # seconds, instead of all of these
LIMITS = {"preview": 600, "up": 3600, "destroy": 3600}  # seconds without a word
SHORT = 120  # seconds for a command that only asks, such as `pulumi stack export`
TOLD_EVERY = 60  # seconds
GRACE = 30  # seconds to save the state between the first signal and the last


def limit(command: str) -> int:
    """The seconds of silence that a command of the engine is allowed; raises GateError."""
    given = os.environ.get(VARIABLE, "").strip()
    if not given:
        return LIMITS.get(command, SHORT)
    if not given.isdecimal() or not 1 <= int(given) <= 86400:
        raise GateError(f"{VARIABLE} is {given!r}; write whole seconds from 1 to 86400")
    return int(given)


class Watch:
    """Looks at the log once in a while, from a thread of its own."""

    def __init__(self, child: subprocess.Popen[bytes], log: Path | None, seconds: int):
        self.stopped_after = 0
        self._child, self._log, self._limit = child, log, seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="silence", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def end(self) -> None:
        """The engine is over."""
        self._over.set()
        self._thread.join()

    def _size(self) -> int:
        try:
            return self._log.stat().st_size if self._log else 0
        except OSError:
            return 0

    def _look(self) -> None:
        every = max(1, min(TOLD_EVERY, self._limit // 2))
        size, since, told = self._size(), time.monotonic(), 0
        while not self._over.wait(min(1.0, self._limit / 4)):
            now = self._size()
            if now != size:
                size, since, told = now, time.monotonic(), 0
                continue
            silent = int(time.monotonic() - since)
            if silent >= self._limit:
                self._stop(silent)
                return
            if silent >= told + every:
                told = silent
                console.say(
                    f"the engine has said nothing for {silent} s; "
                    f"it is stopped after {self._limit} s ({VARIABLE} sets the limit)"
                )

    def _stop(self, silent: int) -> None:
        """In order first (twice: the second SIGINT does not wait for what is under way)."""
        self.stopped_after = silent
        grace = min(GRACE, max(4, self._limit))
        for wait in (grace / 2, grace / 2):
            with suppress(ProcessLookupError):
                self._child.send_signal(signal.SIGINT)
            if self._over.wait(wait):
                return
        with suppress(ProcessLookupError):
            os.killpg(self._child.pid, signal.SIGKILL)


@contextmanager
def watched(child: subprocess.Popen[bytes], log: Path | None, seconds: int) -> Iterator[Watch]:
    """Watch the engine while the block runs; without a log, the whole run is its silence."""
    watch = Watch(child, log, seconds)
    watch.start()
    try:
        yield watch
    finally:
        watch.end()
