"""After a killed run: what was created is taken into the state, what was not is cleared.

The provider plugins note each resource that they created in a journal, before they tell the engine;
they finish the calls that are under way when the engine dies. So what a killed engine had begun to
create either is in the journal, with its id, or does not exist.
"""

from __future__ import annotations

import json
import tempfile
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
    _take_in(created(), found)
    _run(["refresh", "--yes", "--skip-preview", "--stack", places.STACK], found)
    present = backend.ids()
    for item in pending:
        urn = item["resource"]["urn"]
        outcome = f"is {present[urn]}" if present.get(urn) else "does not exist, cleared"
        say(f"sandbox: {item['type']} {urn.rpartition('::')[2]} was cut off: it {outcome}")
    say(f"sandbox: recovered, {backend.resource_count()} resources in the state")


def _take_in(ids: dict[str, str], environment: dict[str, str]) -> None:
    """Move what was created from the pending operations to the resources, and drop the rest.

    The engine's own `refresh --import-pending-creates` (3.259) drops the operation without taking
    the resource in, which would orphan it.
    """
    exported = json.loads(_run(["stack", "export", "--stack", places.STACK], environment))
    deployment = exported["deployment"]
    for item in deployment.pop("pending_operations", None) or []:
        resource = item["resource"]
        if item["type"] == "creating" and resource["urn"] in ids:
            for old in deployment["resources"]:
                if old["urn"] == resource["urn"]:  # it was being replaced: the old one has to go
                    old["delete"] = True
            # Without outputs: the refresh that follows reads them, or finds that it is gone.
            deployment["resources"].append(resource | {"id": ids[resource["urn"]]})
    with tempfile.NamedTemporaryFile("w", dir=places.STATE, suffix=".json") as file:
        json.dump(exported, file)
        file.flush()
        _run(["stack", "import", "--stack", places.STACK, "--file", file.name], environment)


def _run(arguments: list[str], environment: dict[str, str]) -> str:
    answer = backend.run(arguments, environment)
    if answer.returncode != 0:
        output = (answer.stdout + answer.stderr).splitlines()
        errors = [line.strip() for line in output if "error:" in line] or output[-1:]
        raise SandboxError(
            f"the state could not be recovered ({' '.join(errors)[:300]}): `make sandbox-stop` and "
            "`make sandbox` start afresh"
        )
    return answer.stdout


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
