"""`python -m gate destroy`: delete the stack's resources, and say what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evidence.urns import short_name

from . import approval, binding, changes, console, engine, preview, state
from .cloud import identity
from .errors import GateError, NotProven
from .paths import Paths


def destroy(paths: Paths, env: Mapping[str, str]) -> int:
    """Delete what the state names. 0: nothing is left; 2: not approved; 3: not all went."""
    deployed = state.export(paths, env)
    before = deployed.resources
    if not before:
        console.show(f"the stack {paths.stack} has no resources: nothing to delete\n")
        return 0
    losses = changes.of_state(before)
    for line in changes.told(losses):
        console.say(f"goes for good: {line}")
    held = [short_name(r["urn"]) for r in before if r.get("protect")]
    if held:
        raise GateError(
            f"{', '.join(held)} is protected; take the protection off first: set protectResources"
            " to false in the stack's config, then up, then destroy"
        )
    question = f"delete {len(before)} resources of {paths.stack}"
    answer = approval.ask(
        approval.Request(
            stack=paths.stack,
            digest=deployed.digest,
            action="destroy",
            question=question,
            losses=losses,
            production=binding.is_production(paths),
            root=paths.root,
            file=paths.approval,
        )
    )
    if answer.approval is None:
        console.fail(answer.missing)
        return 2
    if late := list(binding.clock(paths, identity(paths.stack, env))):
        raise NotProven(f"nothing was deleted: {late[0]}")
    args = ["destroy", "--stack", paths.stack, "--non-interactive", "--yes", "--skip-preview"]
    args += ["--event-log", paths.shown(paths.destroy_events)]
    preview.clear(paths.destroy_events)
    ran = engine.run(args, env=env, root=paths.root, log=paths.destroy_events)
    preview.clear(paths.approval, paths.ticket)  # an approval is good for one destroy
    left = state.export(paths, env).resources
    _say_what_is_left(paths, left)
    if left or ran.exit:
        console.fail("not everything was deleted; mend what the engine says above and run it again")
        return 3
    return 0


def _say_what_is_left(paths: Paths, left: Sequence[Mapping[str, Any]]) -> None:
    if not left:
        console.show(f"nothing of the stack {paths.stack} is left in its state\n")
        return
    console.show(f"{len(left)} resources of the stack {paths.stack} are left:\n")
    for resource in left:
        console.show(f"  {resource['urn']}\n")
