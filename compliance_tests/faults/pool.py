"""Makes faults a few at a time, each in a process and a folder of its own, bounded in time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from .child import SEEN, clear
from .fault import Fault, Seen
from .record import ROOT, read
from .run import FAULTS

AT_ONCE = 2  # an engine keeps two processors busy
LIMIT = 480  # seconds; the longest takes about a minute on a quiet machine


class Pool:
    """Runs the faults; `stop` ends those at work and begins no more."""

    def __init__(self, say: Callable[[Seen], None], limit: float = LIMIT):
        self._say, self._limit = say, limit
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._at_work: set[subprocess.Popen[bytes]] = set()

    def run(self, faults: Sequence[Fault]) -> None:
        """Make all of them; each is told as soon as it is over."""
        waiting = list(reversed(faults))

        def work() -> None:
            while not self._over.is_set():
                with self._lock:
                    if not waiting:
                        return
                    fault = waiting.pop()
                one = self._one(fault)
                if not self._over.is_set():
                    with self._lock:
                        self._say(one)

        threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        finally:
            self.stop()
            for thread in threads:
                thread.join()

    def stop(self) -> None:
        """End what is at work."""
        self._over.set()
        for child in list(self._at_work):
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)

    def _one(self, fault: Fault) -> Seen:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="fault-", ignore_cleanup_errors=True) as name:
            folder = Path(name).resolve()
            (folder / "tmp").mkdir()
            text = self._child(fault, folder)
            seconds = time.monotonic() - began
            try:
                return read(fault, (folder / SEEN).read_text(encoding="utf-8"))
            except (OSError, ValueError, KeyError, TypeError):
                late = seconds >= self._limit
                why = f"it was not over after {self._limit:.0f} s" if late else "it ended early"
                return Seen(fault, -1, why, (why,), seconds, text)
            finally:
                for path in folder.rglob("*"):  # a fault may have closed one
                    if path.is_dir() and not path.is_symlink():
                        path.chmod(0o755)
                shutil.rmtree(folder, ignore_errors=True)

    def _child(self, fault: Fault, folder: Path) -> str:
        number = str(FAULTS.index(fault))
        log = folder / "child.log"
        with log.open("wb") as out:
            child = subprocess.Popen(
                [sys.executable, "-m", "compliance_tests.faults.child", number, str(folder)],
                cwd=ROOT,
                env={**os.environ, "TMPDIR": str(folder / "tmp")},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._at_work.add(child)
            try:
                child.wait(self._limit)
            except subprocess.TimeoutExpired:
                pass
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
                self._at_work.discard(child)
                clear(folder)
        return log.read_text(encoding="utf-8", errors="replace")
