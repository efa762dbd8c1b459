"""The emulator's life: started in the background, found again, stopped only when it is ours.

One per checkout. `.state/emulator/process.json` notes process, port and instance id; a note is
believed only when that process lives, is the emulator, and answers with that instance id.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sandbox import places, processes
from sandbox.ask import ask
from sandbox.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOST = "127.0.0.1"
FIRST_PORT, PORTS = 20000, 10000
"""Default ports: below every system's ephemeral range, one for each checkout's path."""
START_SECONDS = 30
ATTEMPTS = 8


@dataclass(frozen=True)
class Emulator:
    """A running emulator of this checkout."""

    pid: int
    started: str
    port: int
    instance: str
    code: str = ""
    """Names the emulator's source when it was started."""

    @property
    def url(self) -> str:
        """Where AWS is, for this checkout."""
        return f"http://{HOST}:{self.port}"


def endpoint() -> str:
    """The URL of the running emulator, else where `make sandbox` will try first."""
    noted = _noted()
    return noted.url if noted and _process(noted) else f"http://{HOST}:{_wanted_port()}"


def running() -> Emulator | None:
    """The emulator of this checkout if it lives and answers, else None."""
    noted = _noted()
    if noted is None or _process(noted) is None:
        return None
    return noted if _instance(noted.port) == noted.instance else None


def start(say: Callable[[str], None]) -> Emulator:
    """Give the running emulator, started now when there is none. Raises SandboxError."""
    from sandbox.locks import held

    with held(places.EMULATOR / "lock"):
        found = running()
        if found is None:
            _end_noted()
            return _start(say)
        asked = os.environ.get("SANDBOX_PORT")
        if asked and int(_valid(asked)) != found.port:
            raise SandboxError(
                f"the sandbox of this checkout runs on port {found.port}, SANDBOX_PORT says {asked}"
                ": run `make sandbox-stop` first, or unset SANDBOX_PORT"
            )
        if found.code != _code():
            say(
                "sandbox: the embedded AWS that runs was started from older code: "
                "`make sandbox-stop` lets the next command start it anew, empty"
            )
        return found


def stop() -> int | None:
    """End this checkout's emulator; give its process number, or None when none was running."""
    from sandbox.locks import held

    if not places.EMULATOR.is_dir():
        return None
    with held(places.EMULATOR / "lock"):
        return _end_noted()


def _start(say: Callable[[str], None]) -> Emulator:
    fixed = "SANDBOX_PORT" in os.environ
    port = _wanted_port()
    for attempt in range(ATTEMPTS):
        if _is_free(port):
            found = _try_to_start(port)
            if found is not None:
                say(f"sandbox: an embedded AWS runs at {found.url} (process {found.pid})")
                return found
        if fixed:
            raise SandboxError(
                f"port {port} is in use by another program: set SANDBOX_PORT to a free one"
            )
        port = FIRST_PORT + (port - FIRST_PORT + 1 + attempt * 37) % PORTS
    raise SandboxError(
        f"no free port was found near {port} for the sandbox: set SANDBOX_PORT to a free one"
    )


def _try_to_start(port: int) -> Emulator | None:
    """Start on `port`; None when another program took the port in the meantime."""
    log = places.EMULATOR / "log"
    code = _code()
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "sandbox.emulator", "--port", str(port)],
            cwd=places.ROOT,
            env=_emulator_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            if not _is_free(port):
                return None
            words = log.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
            raise SandboxError(
                f"the embedded AWS ended at once ({words[-1]}): see {places.shown(log)}, "
                "then run `make setup`"
            )
        instance = _instance(port)
        process = processes.look(child.pid)
        if instance and process:
            found = Emulator(child.pid, process.started, port, instance, code)
            _note(found)
            return found
        time.sleep(0.03)
    child.kill()
    raise SandboxError(
        f"the embedded AWS did not answer within {START_SECONDS} s: see {places.shown(log)}"
    )


def _code() -> str:
    """Name the emulator's source by its files' names and content."""
    folder = places.ROOT / "sandbox" / "emulator"
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _emulator_environment() -> dict[str, str]:
    from sandbox.environment import account_free

    return account_free(dict(os.environ)) | {"PYTHONPATH": str(places.ROOT)}


def _end_noted() -> int | None:
    noted = _noted()
    if noted is None:
        return None
    process = _process(noted)
    if process is not None and not processes.end(process):
        raise SandboxError(
            f"the sandbox's process {noted.pid} does not end: end it with `kill -9 {noted.pid}`"
        )
    _note_path().unlink(missing_ok=True)
    return noted.pid if process else None


def _process(noted: Emulator) -> processes.Process | None:
    """The noted process if it still is that emulator, not another with the same number."""
    process = processes.look(noted.pid)
    if process is None or process.started != noted.started:
        return None
    return process if "sandbox.emulator" in process.command else None


def _instance(port: int) -> str | None:
    """Ask who listens there; None when nobody does, or not an emulator of ours."""
    try:
        request = f"GET /sandbox/instance HTTP/1.0\r\nHost: {HOST}:{port}\r\n\r\n"
        found = json.loads(ask(HOST, port, request, seconds=2)[1]).get("instance")
    except (OSError, ValueError, AttributeError):
        return None
    return found if isinstance(found, str) else None


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do it: a port whose last connections are still in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _wanted_port() -> int:
    asked = os.environ.get("SANDBOX_PORT")
    if asked:
        return int(_valid(asked))
    noted = _noted()
    if noted:
        return noted.port
    digest = hashlib.sha256(str(places.ROOT).encode()).digest()
    return FIRST_PORT + int.from_bytes(digest[:4], "big") % PORTS


def _valid(port: str) -> str:
    if not port.isdecimal() or not 1024 <= int(port) <= 65535:
        raise SandboxError(f"SANDBOX_PORT is {port!r}: it must be a port from 1024 to 65535")
    return port


def _note_path() -> Path:
    return places.EMULATOR / "process.json"


def _note(found: Emulator) -> None:
    from sandbox.locks import write_whole

    write_whole(_note_path(), json.dumps(asdict(found)))


def _noted() -> Emulator | None:
    try:
        return Emulator(**json.loads(_note_path().read_text()))
    except (OSError, ValueError, TypeError):
        return None
