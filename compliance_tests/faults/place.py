"""A checkout with a sandbox of its own, in which things are made to go wrong."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compliance_tests.engine.checkout import Checkout, Ran, environment, run
from compliance_tests.engine.test_circle import leftovers
from gate.changes import STATEFUL
from sandbox import processes

from .proxy import Proxy

PATIENCE = 180  # seconds that a command of the gate may take here, hangs included
DROPPED = ("AWS_", "PULUMI_", "APPROVE", "STACK", "GATE_", "GITHUB_", "GITLAB_", "CI", "SANDBOX_")


@dataclass(frozen=True)
class Holds:
    """What there is: by Pulumi's state (urn: id), and by the cloud's own answer."""

    state: dict[str, str] = field(default_factory=dict)
    cloud: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """One copy of the product; `copy` is ready to preview."""

    copy: Checkout

    @property
    def root(self) -> Path:
        return self.copy.root

    @property
    def plans(self) -> Path:
        return self.root / ".state" / "plans"

    @property
    def ticket(self) -> Path:
        """What a passed preview leaves for `up`."""
        return self.plans / "sandbox.verdict.json"

    @property
    def state_file(self) -> Path:
        return self.root / ".state/backend/.pulumi/stacks/iot-data-platform/sandbox.json"

    # -- running

    def environ(self, **more: str) -> dict[str, str]:
        """The environment of a user without accounts; wide enough that no line is folded."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(DROPPED)}
        return {**kept, "COLUMNS": "1000", **more}

    def gate(self, *arguments: str, before: Sequence[str] = (), **more: str) -> Ran:
        """Run `python -m gate ARGUMENTS`, perhaps behind a command such as `prlimit`."""
        return self.python("-m", "gate", *arguments, before=before, **more)

    def python(self, *arguments: str, before: Sequence[str] = (), **more: str) -> Ran:
        command = [*before, sys.executable, *arguments]
        return run(command, self.root, self.environ(**more))

    def pulumi(self, *arguments: str) -> Ran:
        """The bare engine, in the environment of `make env`."""
        return self.copy.pulumi(*arguments)

    def begin(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Start `python -m gate ARGUMENTS` and come back at once; `ended` gives its result."""
        return subprocess.Popen(
            [sys.executable, "-m", "gate", *arguments],
            cwd=self.root,
            env=self.environ(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def stand(self) -> None:
        """See to it that the sandbox runs: a fault may have ended it, another taken its port."""
        if self.python("-m", "sandbox", "status").text.find("not running") >= 0:
            self.python("-m", "sandbox", "start")
            self.copy.environ.update(environment(self.copy))

    # -- looking

    def holds(self) -> Holds:
        """What there is now. A state that cannot be read holds nothing that is known."""
        state: dict[str, str] = {}
        with suppress(OSError, ValueError, AttributeError):
            latest = json.loads(self.state_file.read_text())["checkpoint"]["latest"] or {}
            for item in latest.get("resources") or []:
                if item.get("custom") and not item["type"].startswith("pulumi:"):
                    state[item["urn"]] = item.get("id", "")
        return Holds(state, tuple(sorted(leftovers(self.copy))))

    def orphans(self) -> list[str]:
        """Keys and stores of the cloud that the state does not name, and the other way round."""
        held = self.holds()
        keys = {i for u, i in held.state.items() if "aws:kms/key:Key::" in u}
        live = {c.split(" ", 1)[1] for c in held.cloud if c.startswith("kms ")}
        return sorted(f"key {k}" for k in keys ^ live)

    def stateful(self) -> int:
        """How many resources of the state hold data."""
        return sum(urn.split("::")[2].split("$")[-1] in STATEFUL for urn in self.holds().state)

    def pending(self) -> int:
        with suppress(OSError, ValueError):
            latest = json.loads(self.state_file.read_text())["checkpoint"]["latest"] or {}
            return len(latest.get("pending_operations") or [])
        return 0

    # -- spoiling

    @contextmanager
    def changed(self, *changes: tuple[str, str, str]) -> Iterator[None]:
        """The copy with (file, old, new) replaced, for a while."""
        with self.copy.changed(changes):
            yield

    @contextmanager
    def instead(self, path: Path, content: bytes | None) -> Iterator[None]:
        """A file with other content, or none, for a while."""
        before = path.read_bytes() if path.exists() else None
        mode = path.stat().st_mode if path.exists() else None
        try:
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            yield
        finally:
            if before is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(before)
                path.chmod(mode or 0o644)

    @contextmanager
    def proxied(self, proxy: Proxy) -> Iterator[Proxy]:
        """The emulator behind a proxy that spoils what it is told to spoil."""
        note = self.root / ".state" / "emulator" / "process.json"
        told = json.loads(note.read_text())
        proxy.serve(told["port"])
        try:
            with self.instead(note, json.dumps(told | {"port": proxy.port}).encode()):
                yield proxy
        finally:
            proxy.stop()

    # -- killing; only what this copy started

    def own(self, word: str) -> list[int]:
        """The processes of this copy whose command line holds `word`."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal():
                continue
            seen = processes.look(int(entry.name))
            if seen is None or not re.search(word, seen.command):
                continue
            with suppress(OSError):
                here = str((entry / "cwd").readlink())
                if str(self.root) in seen.command or here.startswith(str(self.root)):
                    found.append(seen.pid)
        return found

    def kill(self, word: str) -> int:
        """SIGKILL to those processes; how many there were."""
        pids = self.own(word)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(pids)

    def wait_for(self, what: Callable[[], Any], seconds: float = 170.0, every: float = 0.02) -> Any:
        """Wait until `what` gives something true. Raises AssertionError when it never does."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := what():
                return found
            time.sleep(every)
        raise AssertionError(f"it did not come to {what.__name__}")


def ended(child: subprocess.Popen[str]) -> Ran:
    """The result of a command that was begun; one that hangs is killed and said so."""
    try:
        text, _ = child.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        text, _ = child.communicate()
        return Ran(-9, text + f"\nit hung for {PATIENCE} s")
    return Ran(child.returncode, text)
