"""One gate at a time on a stack of this checkout."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .errors import GateError

if TYPE_CHECKING:
    from .paths import Paths


@contextmanager
def held(paths: Paths) -> Iterator[None]:
    """Hold the stack's lock; it goes with the process, however that ends. Raises GateError."""
    try:
        paths.plans.mkdir(parents=True, exist_ok=True)
        file = paths.lock.open("w")
    except OSError as e:
        raise GateError(
            f".state/plans cannot be written ({e.strerror}); free space or mend permissions"
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise GateError(
                f"another gate is at work on the stack {paths.stack}; wait for it to end"
            ) from None
        yield
