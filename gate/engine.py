"""Runs the engine as a child whose output is its own and which never outlives the gate."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from . import outcry, silence, timings, variables
from .errors import GateError

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 30  # seconds that a cancelled engine gets to save its state
# The keeper outlives a killed gate: when the gate's end of its pipe closes without a word, it asks
# the engine to stop in order (it saves the state and gives up its lock), and kills its group if it
# does not.
KEEPER = f"""read word && exit 0
kill -INT "$1" 2>/dev/null || exit 0
n=0
while kill -0 "$1" 2>/dev/null && [ $n -lt {PATIENCE * 10} ]; do sleep 0.1; n=$((n+1)); done
kill -KILL -- "-$1" 2>/dev/null"""


@dataclass(frozen=True)
class Ran:
    """How the engine's run went: its exit code and when it ran, in seconds since 1970.

    `silent` is how many seconds it had said nothing when it was stopped for that, else 0. `error`
    is the last error that it printed: what stops it early is in no event log.
    """

    exit: int
    started: float
    ended: float
    interrupted: bool = False
    silent: int = 0
    error: str = ""


@timings.timed("engine")
def run(
    args: Sequence[str],
    *,
    env: Mapping[str, str],
    root: Path,
    quiet: bool = False,
    log: Path | None = None,
    starting: Callable[[], None] | None = None,
) -> Ran:
    """Run `pulumi ARGS` in the checkout. Its output goes where ours goes, unchanged.

    `starting` is called while the engine starts, which takes it a quarter of a second before it
    reads a first file; what that raises ends the engine, and is raised here.

    The engine is in a process group of its own: Ctrl-C reaches it once, forwarded by us; the third
    one kills it. An engine that adds nothing to its event `log` for too long is stopped (see
    silence.py). Raises GateError when there is no engine.
    """
    clean = variables.kept(env)
    limit = silence.limit(args[0])
    sys.stdout.flush()
    sys.stderr.flush()
    # The handlers stand before there is a child: no signal in between may leave it alone.
    with _forwarded() as signals, outcry.shown() as shown:
        started = time.time()
        child = _start(args, clean, root, quiet=quiet, stderr=shown.pipe)
        signals.child = child
        with _keeper(child.pid), silence.watched(child, log, limit) as watch:
            signals.pass_on()
            if starting is not None:
                with _ended_by_a_fault(child):
                    starting()
            code = child.wait()
        ended = time.time()
    return Ran(code, started, ended, bool(signals.received), watch.stopped_after, shown.last)


@contextmanager
def _ended_by_a_fault(child: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with suppress(ProcessLookupError):
            child.send_signal(signal.SIGINT)
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        raise


def _start(
    args: Sequence[str], env: Mapping[str, str], root: Path, *, quiet: bool, stderr: int | None
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            ["pulumi", *args],
            cwd=root,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if quiet else None,
            stderr=stderr,
            process_group=0,
        )
    except FileNotFoundError:
        raise GateError("pulumi is not on PATH; install it with: make setup") from None
    except OSError as e:
        raise GateError(f"pulumi cannot be started ({e.strerror}); run: make setup") from None


def captured(
    args: Sequence[str], *, env: Mapping[str, str], root: Path, quiet: bool = False
) -> tuple[int, str]:
    """Exit code and standard output of a short `pulumi ARGS`; its errors go where ours go."""
    done = _short(args, env=env, root=root, stderr=subprocess.DEVNULL if quiet else None)
    return done.returncode, done.stdout


def output(args: Sequence[str], *, env: Mapping[str, str], root: Path) -> str:
    """What a short `pulumi ARGS` prints; raises GateError with its last line when it fails."""
    done = _short(args, env=env, root=root, stderr=subprocess.PIPE)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["no message"]
        raise GateError(f"pulumi {args[0]} failed: {lines[-1].strip()}")
    return done.stdout


def _short(
    args: Sequence[str], *, env: Mapping[str, str], root: Path, stderr: int | None
) -> subprocess.CompletedProcess[str]:
    clean = variables.kept(env)
    patience = silence.limit("")
    try:
        return subprocess.run(
            ["pulumi", *args],
            cwd=root,
            env=clean,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            check=False,
            timeout=patience,
        )
    except subprocess.TimeoutExpired:
        raise GateError(
            f"pulumi {' '.join(args[:2])} did not answer within {patience} s; is the backend "
            "reachable? Run it again"
        ) from None
    except OSError as e:
        raise GateError(f"pulumi cannot be started ({e.strerror}); run: make setup") from None


@contextmanager
def _keeper(pid: int) -> Iterator[None]:
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "keeper", str(pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        with suppress(OSError):
            keeper.communicate(b"done\n", timeout=5)


class _Signals:
    """Hands SIGINT, SIGTERM and SIGHUP on to the engine; the third kills it with its group."""

    def __init__(self) -> None:
        self.received = 0
        self.child: subprocess.Popen[bytes] | None = None

    def handle(self, _number: int, _frame: FrameType | None) -> None:
        self.received += 1
        self.pass_on()

    def pass_on(self) -> None:
        if self.child is None or not self.received:
            return
        with suppress(ProcessLookupError):
            if self.received > 2:
                os.killpg(self.child.pid, signal.SIGKILL)
            else:
                self.child.send_signal(signal.SIGINT)


@contextmanager
def _forwarded() -> Iterator[_Signals]:
    signals = _Signals()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {n: signal.signal(n, signals.handle) for n in numbers}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
