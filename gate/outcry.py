"""What the engine writes to standard error: shown as it comes, and its last error kept.

An engine that stops before it begins (a backend, a passphrase, a pack that does not start) says why
there and nowhere else. A process of its own passes it on: a pipe into the gate would break when the
gate is killed, and an engine that then writes to it dies before it has saved its state.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

ERROR = "error: "
LAST_WORDS = 1.0  # seconds after the engine's end; only what outlives it could hold them up


@dataclass
class Shown:
    """`pipe` is for the engine's standard error; None where it goes where ours goes."""

    pipe: int | None = None
    last: str = ""


@contextmanager
def shown() -> Iterator[Shown]:
    """Pass on what is written to the pipe; at the end `last` is the last line of an error."""
    found = Shown()
    with tempfile.TemporaryDirectory(prefix="gate-", ignore_cleanup_errors=True) as folder:
        file = os.path.join(folder, "said")  # noqa: PTH118 - the module is on the way to each run
        tee = _tee(file)
        if tee is None or tee.stdin is None:
            yield found
            return
        found.pipe = tee.stdin.fileno()
        try:
            yield found
        finally:
            with suppress(OSError, subprocess.TimeoutExpired):
                tee.stdin.close()
                tee.wait(LAST_WORDS)
            found.last = _last(file)


def _tee(file: str) -> subprocess.Popen[bytes] | None:
    try:
        return subprocess.Popen(
            ["tee", file], stdin=subprocess.PIPE, stdout=2, start_new_session=True
        )
    except OSError:
        return None


def _last(file: str) -> str:
    with suppress(OSError), open(file, encoding="utf-8", errors="replace") as lines:  # noqa: PTH123
        said = [line.removeprefix(ERROR).strip() for line in lines if line.startswith(ERROR)]
        return said[-1] if said else ""
    return ""
