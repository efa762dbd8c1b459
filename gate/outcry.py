"""What the engine writes to standard error: shown as it comes, and its last error kept.

An engine that stops before it begins (a backend, a passphrase, a pack that does not start) says why
there and nowhere else. A process of its own passes it on: a pipe into the gate would break when the
gate is killed, and an engine that then writes to it dies before it has saved its state. What it
keeps is in a file without a name: a gate that is killed leaves nothing behind.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO

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
    with tempfile.TemporaryFile() as kept:
        tee = _tee(kept)
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
            found.last = _last(kept)


def _tee(kept: IO[bytes]) -> subprocess.Popen[bytes] | None:
    number = kept.fileno()
    try:
        return subprocess.Popen(
            ["tee", f"/dev/fd/{number}"],
            stdin=subprocess.PIPE,
            stdout=2,
            start_new_session=True,
            pass_fds=(number,),
        )
    except OSError:
        return None


def _last(kept: IO[bytes]) -> str:
    with suppress(OSError):
        kept.seek(0)
        lines = kept.read().decode("utf-8", "replace").split("\n")
        said = [line.removeprefix(ERROR).strip() for line in lines if line.startswith(ERROR)]
        return said[-1] if said else ""
    return ""
