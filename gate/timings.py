"""Where a command's time goes: `--timings` prints it on standard error when the command ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
BEGAN = time.perf_counter()
_SPENT: dict[str, list[float]] = {}  # by part: the seconds of each time it ran
_LOCK = Lock()


@contextmanager
def part(name: str) -> Iterator[None]:
    """Count what happens inside as this part, an exception included."""
    start = time.perf_counter()
    try:
        yield
    finally:
        with _LOCK:
            _SPENT.setdefault(name, []).append(time.perf_counter() - start)


def timed(name: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """The function, counted as this part whenever it runs."""

    def wrap(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def inner(*args: P.args, **kwargs: P.kwargs) -> T:
            with part(name):
                return function(*args, **kwargs)

        return inner

    return wrap


def table() -> str:
    """A line for each part in the order of its first end, and the whole. What is marked
    "meanwhile" runs beside the engine: the parts may come to more than the whole.
    """
    with _LOCK:
        spent = {name: list(times) for name, times in _SPENT.items()}
    lines = [
        f"{name:<40}{sum(times):>8.2f} s" + (f"  {len(times)} times" if len(times) > 1 else "")
        for name, times in spent.items()
    ]
    lines.append(f"{'whole command':<40}{time.perf_counter() - BEGAN:>8.2f} s")
    return "\n".join(lines)
