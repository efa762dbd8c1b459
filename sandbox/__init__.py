"""An AWS account in a box: the emulator, the provider plugins for it, the engine's bootstrap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.errors import SandboxError as SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable


def ensure(stack: str, say: Callable[[str], None]) -> dict[str, str]:
    """Install and start what a run on `stack` needs and give the engine's whole environment.

    For the stack `sandbox`: engine, language host, plugins, emulator, backend, stack; a state of
    another emulator is set aside, the lock of a killed run is cleared. For any other stack only the
    engine. `say` gets one line for each step that takes time or changes something.
    Raises SandboxError with one line that names the remedy.
    """
    from sandbox.prepare import prepare

    return prepare(stack, say)
