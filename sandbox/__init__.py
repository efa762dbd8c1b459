"""An AWS account in a box: the emulator, the provider plugins for it, the engine's bootstrap."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from sandbox.errors import SandboxError as SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager


def ensure(
    stack: str,
    say: Callable[[str], None],
    part: Callable[[str], AbstractContextManager[object]] = nullcontext,
) -> dict[str, str]:
    """Install and start what a run on `stack` needs and give the engine's whole environment.

    For the stack `sandbox`: engine, language host, plugins, emulator, backend, stack; a state of
    another emulator is set aside, the lock of a killed run is cleared. For any other stack only the
    engine. `say` gets one line for each step that takes time or changes something,
    each step runs inside `part(its name)`, which may measure it.
    Raises SandboxError with one line that names the remedy.
    """
    from sandbox.prepare import prepare

    return prepare(stack, say, part)
