"""Everything that a run needs, made or started when it is missing; cheap a second time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox import places
from sandbox.engine import ensure_engine
from sandbox.environment import environment
from sandbox.install import install_engine, install_plugins
from sandbox.locks import held

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(stack: str, say: Callable[[str], None]) -> dict[str, str]:
    """Do what `sandbox.ensure` promises."""
    environment(stack)  # refuses before anything is started
    set_up(say)
    if stack != places.STACK:
        return environment(stack)
    from sandbox import backend, lifecycle

    emulator = lifecycle.start(say)
    found = environment(stack)
    backend.prepare(emulator.instance, found, say)
    return found


def set_up(say: Callable[[str], None]) -> None:
    """Install engine, language host and plugins. Starts nothing."""
    with held(places.STATE / "setup.lock"):
        engine = ensure_engine(say)
        install_engine(engine)
        install_plugins()
        for folder in (places.BACKEND, places.PLANS):
            folder.mkdir(parents=True, exist_ok=True)
