"""After a killed run: what was created is taken into the state, what was not is cleared.

The provider plugins note each resource that they created in a journal, before they tell the engine;
they finish the calls that are under way when the engine dies. So what a killed engine had begun to
create either is in the journal, with its id, or does not exist.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sandbox import backend, lifecycle, places
from sandbox.errors import SandboxError
from sandbox.prepare import set_up

if TYPE_CHECKING:
    from collections.abc import Callable


def recover(say: Callable[[str], None]) -> None:
    """Bring the sandbox stack's state back in line with the emulator. Raises SandboxError."""
    from sandbox.environment import environment

    set_up(say)
    emulator = lifecycle.start(say)
    found = environment(places.STACK)
    try:
        backend.prepare(emulator.instance, found, say)
    except SandboxError:
        if not backend.pending_operations():
            raise
    pending = backend.pending_operations()
    if not pending:
        say("sandbox: nothing was cut off")
        return
    ids = created()
    arguments = ["refresh", "--yes", "--skip-preview", "--clear-pending-creates"]
    arguments += ["--stack", places.STACK]
    for urn in (item["resource"]["urn"] for item in pending if item["type"] == "creating"):
        if urn in ids:
            arguments += ["--import-pending-creates", urn, "--import-pending-creates", ids[urn]]
    answer = backend.run(arguments, found)
    if answer.returncode != 0 or backend.pending_operations():
        lines = [line for line in (answer.stdout + answer.stderr).splitlines() if "error:" in line]
        words = lines[-1].strip() if lines else "the engine left operations pending"
        raise SandboxError(
            f"the state could not be recovered ({words}): run `make sandbox-stop` to start afresh"
        )
    present = backend.ids()
    for item in pending:
        urn = item["resource"]["urn"]
        outcome = f"is {present[urn]}" if present.get(urn) else "does not exist, cleared"
        say(f"sandbox: {item['type']} {urn.rpartition('::')[2]} was cut off: it {outcome}")
    say(f"sandbox: recovered, {backend.resource_count()} resources in the state")


def created() -> dict[str, str]:
    """The journal: URN to the id of the resource that a plugin last created for it."""
    found: dict[str, str] = {}
    if places.JOURNAL.is_file():
        for line in places.JOURNAL.read_text().splitlines():
            try:
                entry = json.loads(line)
            except ValueError:  # a line cut off by a kill was never told to the engine either
                continue
            found[entry["urn"]] = entry["id"]
    return found
