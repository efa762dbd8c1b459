"""What the gate says: progress and errors to standard error, results to standard output."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TextIO


def say(text: str) -> None:
    """One line of progress."""
    print(text, file=sys.stderr, flush=True)


def fail(text: str) -> None:
    """One line that says what is wrong and what to do."""
    print(f"error: {' '.join(text.split())}", file=sys.stderr, flush=True)


def show(text: str) -> None:
    """A result, as it is; a reader that went away (`| head`) is no error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain again when it closes the stream at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()


def columns() -> int:
    """How wide the terminal is; 100 where there is none."""
    return shutil.get_terminal_size((100, 24)).columns


def colour(stream: TextIO | None = None) -> bool:
    """Colours only on a terminal that has them, and never where NO_COLOR asks for none."""
    stream = stream or sys.stdout
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()
