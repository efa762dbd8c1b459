"""`python -m gate preview`: what would be deployed, and whether it may be."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from evidence import canonical

from . import (
    awake,
    backend,
    console,
    digests,
    engine,
    priority,
    project,
    state,
    timings,
)
from .cloud import Identity, identity
from .errors import GateError
from .paths import SANDBOX, Paths
from .state import State

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.model import Commit
    from evidence.store import Stored

    from .inputs import Inputs

SOURCES = "PROGRAM_SOURCES"  # names the file in which our language host notes them
MOVED = "the state changed while the engine ran; run again"


@dataclass(frozen=True)
class Asked:
    """What was asked of the backend, of the cloud, of git and of the pack while the engine ran."""

    state: str  # the digest of the state that the plan is made against
    identity: Identity
    awake: awake.Account
    deployed: State = field(default_factory=State)
    backend: tuple[str, ...] = ()  # what is wrong with where the state is
    commit: Commit | None = None  # what was checked out


def preview(paths: Paths, env: Mapping[str, str], extra: tuple[str, ...] = ()) -> Stored:
    """Run the engine's preview with the pack, judge it, store the evidence, print the table.

    Args:
        paths: the stack's files.
        env: the engine's whole environment.
        extra: more arguments for `pulumi preview`, after the gate's own.

    Raises:
        GateError: it could not even begin, or the evidence could not be kept.
    """
    with timings.part("taking digests"):
        project.check(paths.root)
        taken = digests.of_inputs(paths.root, paths.stack, paths.plan)
    clear(paths.plan, paths.events, paths.trace, paths.ticket, paths.sources)
    started_at = canonical.utc()
    args = ["preview", "--stack", paths.stack, "--non-interactive", "--diff=false"]
    args += ["--policy-pack", "policies", "--save-plan", paths.shown(paths.plan)]
    args += ["--event-log", paths.shown(paths.events), *extra]
    before = state.at_hand(paths, env)
    told = {"POLICY_TRACE": str(paths.trace), SOURCES: str(paths.sources)}
    with meanwhile() as beside:
        found: list[tuple[Inputs, Future[Asked]]] = []

        def starting() -> None:
            from .inputs import after

            given = after(paths, taken)
            found.append((given, beside.submit(_ask, paths, env, given.profile, before)))
            beside.submit(get_ready)

        ran = engine.run(
            args, env={**env, **told}, root=paths.root, log=paths.events, starting=starting
        )
        ((given, answers),) = found
    asked = answers.result()
    if state.at_hand(paths, env) != before:
        asked = replace(asked, backend=(*asked.backend, MOVED))
    return _judged(paths, env, given, ran, asked, started_at)


def _judged(
    paths: Paths,
    env: Mapping[str, str],
    given: Inputs,
    ran: engine.Ran,
    asked: Asked,
    started_at: str,
) -> Stored:
    from evidence.model import Outcome, Stage

    from . import changes, judging

    stored = judging.judged(
        paths, env, given, ran, stage=Stage.PLANNED, started_at=started_at, asked=asked
    )
    for line in changes.told(stored.evidence.losses):
        console.say(f"goes for good: {line}")
    if stored.evidence.losses:
        console.say(f"to be approved apart: {changes.digest(stored.evidence.losses)}")
    if stored.evidence.run.outcome is Outcome.PASSED:
        write_ticket(paths, stored)
    return stored


def meanwhile() -> ThreadPoolExecutor:
    """One thread for what runs beside the engine, which goes first where both want to run."""
    return ThreadPoolExecutor(1, "meanwhile", _step_back)


def _step_back() -> None:
    priority.step_back(threading.get_native_id())


def get_ready() -> None:
    """Import what judges the run, for which the engine's end would have to wait otherwise."""
    from . import judging

    judging.get_ready()


def _ask(paths: Paths, env: Mapping[str, str], profile: str, before: str | None) -> Asked:
    try:
        deployed = state.export(paths, env) if before is None else state.read(before)
    except GateError:
        deployed = State()  # why is said by the engine, which could not read it either
    wrong = () if paths.stack == SANDBOX else backend.faults(paths, profile, env, deployed)
    from .header import commit

    found, who, account = commit(paths.root), identity(paths.stack, env), awake.ask(paths.root)
    return Asked(deployed.digest, who, account, deployed, tuple(wrong), found)


def clear(*files: Path) -> None:
    """Delete what an earlier run left: an old plan or log must not pass for this run's."""
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError as e:
            raise GateError(
                f"{file.name} of an earlier run cannot be deleted ({e.strerror}); "
                "delete .state/plans"
            ) from None


def write_ticket(paths: Paths, stored: Stored) -> None:
    """What `up` needs of this verdict."""
    from evidence.store import write_atomically

    ticket = {"verdict": stored.digest, "evidence": stored.file.name}
    try:
        write_atomically(paths.ticket, json.dumps(ticket, indent=1).encode())
    except OSError as e:
        raise GateError(
            f"the verdict cannot be kept ({e.strerror}); free space and run again"
        ) from None
