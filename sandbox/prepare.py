"""Everything that a run needs, made or started when it is missing; cheap a second time."""

from __future__ import annotations

import subprocess
from contextlib import nullcontext
from typing import TYPE_CHECKING

from sandbox import places
from sandbox.engine import ensure_engine
from sandbox.environment import environment
from sandbox.errors import SandboxError
from sandbox.install import install_engine, install_plugins
from sandbox.locks import held

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager


def prepare(
    stack: str,
    say: Callable[[str], None],
    part: Callable[[str], AbstractContextManager[object]] = nullcontext,
) -> dict[str, str]:
    """Do what `sandbox.ensure` promises."""
    environment(stack)  # refuses before anything is started
    with part("set-up"):
        set_up(say)
    if stack != places.STACK:
        with part("reaching the backend"):
            reach(stack, found := environment(stack))
        return found
    with part("sandbox start"):
        from sandbox import backend, lifecycle

        emulator = lifecycle.start(say)
    with part("sandbox state"):
        found = environment(stack)
        backend.prepare(emulator.instance, found, say)
    return found


def reach(stack: str, environ: dict[str, str]) -> None:
    """Ask the user's own backend for a real stack, before an engine run that would fail late.

    Raises:
        SandboxError: not logged in, or no such stack; one line with the remedy.
    """
    asked = subprocess.run(
        ["pulumi", "stack", "--stack", stack, "--show-name", "--non-interactive"],
        cwd=places.ROOT,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        said = [line.strip() for line in (asked.stderr + asked.stdout).splitlines() if line.strip()]
        why = next((line for line in said if line.startswith("error:")), (said or ["no answer"])[0])
        raise SandboxError(
            f"the stack {stack} cannot be reached ({why.removeprefix('error:').strip()}): log in "
            f"with `pulumi login`, and make the stack with `pulumi stack init {stack}`"
        )


def set_up(say: Callable[[str], None]) -> None:
    """Install engine, language host and plugins. Starts nothing."""
    with held(places.STATE / "setup.lock"):
        engine = ensure_engine(say)
        install_engine(engine)
        install_plugins()
        for folder in (places.BACKEND, places.PLANS):
            folder.mkdir(parents=True, exist_ok=True)
