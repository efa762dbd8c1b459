"""The disk and the files of the checkout break."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from compliance_tests.engine.checkout import Ran

from .fault import Table
from .place import Place, ended

fault = Table("Disk and files")
# root writes where it may not, as long as it has these
UNPRIVILEGED = ("setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search")
NO_ROOT = UNPRIVILEGED if os.geteuid() == 0 else ()


@fault("the disk is full: the engine cannot write", (2, 3), r"event log|free space|too large")
def full(place: Place) -> Ran:
    return place.gate("preview", before=("prlimit", "--fsize=100000"))


@fault("the disk is full: the evidence cannot be written", 3, r"free space")
def full_for_evidence(place: Place) -> Ran:
    # the evidence is larger than what the engine leaves in one file
    return place.gate("preview", before=("prlimit", "--fsize=700000"))


@fault("the checkout is read-only", 3, r"[Pp]ermission denied|Read-only", quick=True)
def read_only(place: Place) -> Ran:
    folders = [place.root / ".state", place.plans]
    with closed(*folders):
        return place.gate("preview", before=NO_ROOT)


@fault("reports/ cannot be written", 3, r"reports.*(Permission denied|cannot be)")
def reports(place: Place) -> Ran:
    folder = place.root / "reports" / "sandbox"
    folder.mkdir(parents=True, exist_ok=True)
    with closed(folder):
        return place.gate("preview", before=NO_ROOT)


@fault("the event log is deleted while the engine runs", 2, r"^the engine left no event log")
def log_missing(place: Place) -> Ran:
    return spoilt(place, lambda log: log.unlink())


@fault(
    "the event log is cut while the engine runs",
    2,
    r"of the event log is not JSON|no single beginning|empty",
)
def log_cut(place: Place) -> Ran:
    return spoilt(place, lambda log: os.truncate(log, 0))


@fault("the event log of another run lies in its place", 2, r"^the event log is of another run")
def log_of_another_run(place: Place) -> Ran:
    log = place.plans / "sandbox.events.jsonl"
    assert place.gate("preview").code == 0
    older = place.root / "older.jsonl"
    shutil.copy(log, older)
    place.wait_for(lambda: older.stat().st_mtime + 5 < _now(), 10)

    def swap(path: Path) -> None:
        path.unlink()
        shutil.copy(older, path)

    return spoilt(place, swap)


@fault("the program is missing", 3, r"infra")
def no_program(place: Place) -> Ran:
    away = place.root / "infra-away"
    (place.root / "infra").rename(away)
    try:
        return place.gate("preview")
    finally:
        away.rename(place.root / "infra")


@fault(
    "the catalogue is cut off",
    3,
    r"^catalog\.json cannot be read.*python -m core\.catalog",
    quick=True,
)
def catalogue(place: Place) -> Ran:
    file = place.root / "policies" / "catalog.json"
    with place.instead(file, file.read_bytes()[:1000]):
        return place.gate("preview")


@fault("the populations are empty", 2, r"^stream-customer-key .*no line in gate/populations\.json")
def populations(place: Place) -> Ran:
    with place.instead(place.root / "gate" / "populations.json", b"{}"):
        return place.gate("preview")


@fault("the stack's config is no YAML", 3, r"Pulumi\.sandbox\.yaml|yaml")
def config(place: Place) -> Ran:
    with place.instead(place.root / "Pulumi.sandbox.yaml", b"config: [\n"):
        return place.gate("preview")


@fault("the state is cut off", 3, r"^the state .* cannot be read.*set aside", quick=True)
def state(place: Place) -> Ran:
    with place.instead(place.state_file, b'{"version": 3, "checkpoint": {"la'):
        return place.gate("up")


@fault("the state is empty", 3, r"^the state .* cannot be read.*set aside", quick=True)
def empty_state(place: Place) -> Ran:
    with place.instead(place.state_file, b""):
        return place.gate("up")


@fault("a lock of a run that was killed: it is cleared", 0, r"^sandbox: cleared the lock")
def stale_lock(place: Place) -> Ran:
    with place.instead(lock_file(place), lock_of(2**22 - 1)):
        return place.gate("preview")


@fault("a lock of a run that lives", 3, r"^another run works on the stack", quick=True)
def live_lock(place: Place) -> Ran:
    engine = place.root / "pulumi"
    engine.symlink_to(shutil.which("sleep") or "/bin/sleep")
    child = __import__("subprocess").Popen([str(engine), "60"])
    try:
        with place.instead(lock_file(place), lock_of(child.pid)):
            return place.gate("preview")
    finally:
        child.kill()
        child.wait()
        engine.unlink()


def lock_file(place: Place) -> Path:
    """A lock of the engine's on the sandbox stack."""
    locks = place.root / ".state/backend/.pulumi/locks/organization/iot-data-platform/sandbox"
    return locks / "6b1d5a4e-0000-4000-8000-000000000000.json"


def lock_of(pid: int) -> bytes:
    text = '{"pid": %d, "username": "u", "hostname": "h", "timestamp": "2026-01-01T00:00:00Z"}'
    return (text % pid).encode()


def spoilt(place: Place, how: Callable[[Path], object]) -> Ran:
    """A preview whose event log is spoilt as soon as it has grown."""
    log = place.plans / "sandbox.events.jsonl"
    log.unlink(missing_ok=True)
    run = place.begin("preview")
    place.wait_for(lambda: log.exists() and log.stat().st_size > 20000)
    how(log)
    return ended(run)


@contextmanager
def closed(*folders: Path) -> Iterator[None]:
    """Nobody may write to the folders for a while."""
    before = [(folder, folder.stat().st_mode) for folder in folders]
    try:
        for folder in folders:
            folder.chmod(0o555)
        yield
    finally:
        for folder, mode in before:
            folder.chmod(mode)


def _now() -> float:
    import time

    return time.time()
