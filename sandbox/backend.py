"""The sandbox's stack state: a file backend, bound to the emulator instance it describes.

The emulator forgets everything when it stops, the backend does not. So the backend notes the
instance it belongs to, and a backend of another instance is renamed, never planned against.
"""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING, Any

from sandbox import places, processes
from sandbox.errors import SandboxError
from sandbox.locks import held, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BOOKKEEPING = places.BACKEND / ".pulumi"
INSTANCE_NOTE = places.BACKEND / "instance"


def prepare(instance: str, environment: dict[str, str], say: Callable[[str], None]) -> None:
    """Make the backend fit for a run on emulator `instance`. Raises SandboxError."""
    with held(places.STATE / "backend.lock"):
        _clear_stale_locks(say)
        _set_foreign_aside(instance, say)
        _init_stack(environment)
        pending = pending_operations()
        if not pending:
            places.JOURNAL.unlink(missing_ok=True)  # it is for what was cut off only
    if pending:
        what = "1 operation was" if len(pending) == 1 else f"{len(pending)} operations were"
        raise SandboxError(
            f"{what} cut off by a killed run ({_told(pending)}): run `make recover`, it takes in "
            "what was created and clears the rest"
        )


def state_file() -> Path:
    """Where the engine keeps the sandbox stack's state."""
    return BOOKKEEPING / "stacks" / places.PROJECT / f"{places.STACK}.json"


def deployment() -> dict[str, Any]:
    """The stack's state as the engine left it, {} when there is none."""
    try:
        found = json.loads(state_file().read_text())
    except OSError:
        return {}
    except ValueError:
        raise SandboxError(
            f"the state {places.shown(state_file())} cannot be read: run `make sandbox-stop`, "
            "then `make sandbox`; it is set aside then"
        ) from None
    return dict(found.get("checkpoint", {}).get("latest") or {})


def pending_operations() -> list[dict[str, Any]]:
    """The operations that a killed engine had begun and not noted as done."""
    return list(deployment().get("pending_operations") or [])


def ids() -> dict[str, str]:
    """Each resource of the state that a cloud made: URN to id."""
    resources = deployment().get("resources") or []
    return {item["urn"]: item.get("id", "") for item in resources if item.get("custom")}


def resource_count() -> int:
    """How many resources of a cloud the state has: the stack itself and providers are none."""
    return sum(
        resource.get("custom", False) and not resource["type"].startswith("pulumi:")
        for resource in deployment().get("resources") or []
    )


def _clear_stale_locks(say: Callable[[str], None]) -> None:
    """Clear what a killed engine holds; raise SandboxError for the lock of a live one."""
    for path, lock in engine_locks():
        owner = _owner(lock)
        if owner is not None:
            raise SandboxError(
                f"another run works on the stack (process {owner.pid}, since {lock['timestamp']}): "
                "wait for it, or end it"
            )
        path.unlink(missing_ok=True)
        say(
            f"sandbox: cleared the lock of a run that was killed (process {lock['pid']}, "
            f"since {str(lock['timestamp'])[:19]})"
        )


def engine_locks() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Each lock file of the sandbox stack with its content."""
    folder = BOOKKEEPING / "locks" / "organization" / places.PROJECT / places.STACK
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            lock = json.loads(path.read_text())
        except (OSError, ValueError):
            lock = {}
        yield path, {"pid": 0, "timestamp": "an unknown time"} | lock


def _owner(lock: dict[str, Any]) -> processes.Process | None:
    """The engine that holds the lock, or None when it is dead.

    A state folder is never shared between machines, so the process would be one of this machine;
    another program that got its number meanwhile is no `pulumi`.
    """
    process = processes.look(int(lock["pid"]))
    return process if process is not None and "pulumi" in process.command.split(" ")[0] else None


def _set_foreign_aside(instance: str, say: Callable[[str], None]) -> None:
    owner = INSTANCE_NOTE.read_text().strip() if INSTANCE_NOTE.is_file() else ""
    if owner == instance:
        return
    if state_file().exists() and not _is_empty():
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        target = places.SET_ASIDE / f"{stamp}-{owner[:8] or 'unknown'}"
        target.parent.mkdir(parents=True, exist_ok=True)
        places.BACKEND.rename(target)
        say(
            "sandbox: the stack's state belongs to an embedded AWS that is gone; set aside in "
            f"{places.shown(target)}"
        )
    places.JOURNAL.unlink(missing_ok=True)
    places.BACKEND.mkdir(parents=True, exist_ok=True)
    write_whole(INSTANCE_NOTE, instance)


def _is_empty() -> bool:
    try:
        return resource_count() == 0 and not pending_operations()
    except SandboxError:
        return False


def _init_stack(environment: dict[str, str]) -> None:
    if state_file().exists():
        return
    answer = run(["stack", "init", places.STACK], environment)
    if answer.returncode != 0 and "already exists" not in answer.stderr:
        words = " ".join((answer.stderr or answer.stdout).split())
        raise SandboxError(f"the stack could not be made ({words}): run `make setup`")


def run(arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the engine in this checkout, without questions."""
    return subprocess.run(
        [places.BIN / "pulumi", *arguments, "--non-interactive"],
        cwd=places.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def _told(pending: list[dict[str, Any]]) -> str:
    names = [f"{item['type']} {item['resource']['urn'].rpartition('::')[2]}" for item in pending]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
