"""Each change on a fork of the deployed sandbox, and what the verification says of it."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from compliance_tests.deployed.stack import Cloud
from compliance_tests.register import red

from . import (
    cache,
    compared,
    database,
    groups,
    keys,
    logs,
    network,
    roles_and_messages,
    secrets,
    strangers,
    stream,
)
from .change import COMPARISON, Change, Here
from .snapshot import Snapshot, deployed
from .verify import run as verify

#: The table, by what is changed.
CHANGES: tuple[Change, ...] = tuple(
    c
    for module in (
        keys, groups, network, stream, secrets, database, cache, logs, roles_and_messages,
        strangers, compared,
    )
    for c in module.change
)  # fmt: skip
AT_ONCE = 2
DRIFT = "drift: "


@dataclass(frozen=True)
class Noticed:
    """Who turned red on a change, and what the gate printed.

    `resource` is what was changed; `broken` says why the change itself could not be made.
    """

    change: Change
    resource: str = ""
    red: frozenset[str] = frozenset()
    errors: frozenset[str] = frozenset()
    lines: tuple[str, ...] = ()
    broken: str = ""
    tests: frozenset[str] = frozenset()  # the test functions that failed

    @property
    def missed(self) -> list[str]:
        """Why the change does not count as caught; empty when it does."""
        if self.broken:
            return [f"could not be made: {self.broken}"]
        first, *_ = self.change.noticed
        compared = {COMPARISON} if self.drift else set()
        silent = sorted(set(self.change.noticed) - self.red - compared)
        found = [f"{one} is green" for one in silent]
        if first in self.errors:
            found.append(f"{first} could not be examined")
        own = [line for line in self.lines if line.startswith(first)]
        if first not in silent and not any(self.resource in line for line in own):
            found.append(f"{first} does not name {self.resource}")
        return found

    @property
    def collateral(self) -> list[str]:
        """Who turned red without a reason."""
        found = sorted(self.red - set(self.change.noticed))
        strange = [x for x in self.lines if not x.startswith((DRIFT, *self.red))]
        return found + strange  # a line of drift is true of whatever was changed, never collateral

    @property
    def drift(self) -> list[str]:
        """The lines that name a property on which state and cloud differ."""
        return [x for x in self.lines if x.startswith(DRIFT)]

    @property
    def right(self) -> bool:
        """Caught by all who must, named, and nobody else turned red."""
        return not self.missed and not self.collateral


def attack(
    changes: Sequence[Change], say: Callable[[Noticed], None] = lambda _: None
) -> list[Noticed]:
    """Make all of the changes, each by itself. Raises AssertionError when red before any."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with deployed(folder / "copy") as snapshot:
            # here, not in a fork: what it loads, the forks have loaded
            with snapshot.served() as here:
                before = verify(here, folder)
            assert not before.lines, f"red before any change: {before.lines}"
            seen = []
            for one in forked(snapshot, changes, folder):
                say(one)
                seen.append(one)
    return seen


def forked(snapshot: Snapshot, changes: Sequence[Change], folder: Path) -> Iterator[Noticed]:
    """What became of the changes, in the order in which they end, a few at a time."""
    waiting = list(changes)
    running: dict[int, tuple[Change, Path]] = {}
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            change = waiting.pop(0)
            own = Path(tempfile.mkdtemp(dir=folder))
            sys.stdout.flush()
            pid = os.fork()
            if pid == 0:
                child(snapshot, change, own)
            running[pid] = change, own
        pid, _ = os.wait()
        if pid in running:
            yield read(*running.pop(pid))


def child(snapshot: Snapshot, change: Change, folder: Path) -> None:
    """Make one change and verify, in a process that ends with it."""
    try:
        with snapshot.served() as here:
            told = examine(here, change, folder)
        (folder / "noticed.json").write_text(json.dumps(told), encoding="utf-8")
    except BaseException:  # noqa: BLE001  whatever it is, the parent tells it
        (folder / "broken.txt").write_text(traceback.format_exc(), encoding="utf-8")
    finally:
        os._exit(0)


def examine(snapshot: Snapshot, change: Change, folder: Path) -> dict[str, object]:
    cloud = Cloud(snapshot.stack.region, emulated=True)
    resource = change.act(Here(snapshot.stack, cloud))
    found = verify(snapshot, folder)
    return {
        "resource": resource,
        "red": sorted(found.red),
        "errors": sorted(found.errors),
        "lines": found.lines,
        "tests": sorted(found.tests),
    }


def read(change: Change, folder: Path) -> Noticed:
    """What a child left."""
    broken = folder / "broken.txt"
    if broken.exists():
        return Noticed(change, broken=broken.read_text("utf-8").strip().splitlines()[-1])
    if not (folder / "noticed.json").exists():
        return Noticed(change, broken="its process was ended")
    told = json.loads((folder / "noticed.json").read_text("utf-8"))
    return Noticed(
        change,
        told["resource"],
        frozenset(told["red"]),
        frozenset(told["errors"]),
        tuple(told["lines"]),
        tests=frozenset(told["tests"]),
    )


def stayed_green(seen: Sequence[Noticed]) -> list[str]:
    """The proofs of the register that did not fail on the change that must turn them red."""
    return list(red.green(red.read(), {n.change.name: n.tests for n in seen}))


def summary(seen: Sequence[Noticed]) -> str:
    """The counts in one line."""
    missed = sum(bool(n.missed) for n in seen)
    collateral = sum(bool(n.collateral) for n in seen)
    drifted = sum(bool(n.drift) for n in seen)
    return (
        f"{len(seen)} changes: {len(seen) - missed} caught, {missed} missed, "
        f"{collateral} with collateral, {drifted} with a property that state and cloud have "
        "differently"
    )


def covering(changes: Sequence[Change]) -> list[Change]:
    """Those that a proof must turn red on, and so few others that each control and requirement
    among them is still noticed.
    """
    named = set(red.read().changes.values())
    chosen = [c for c in changes if c.name in named]
    open_ = {i for c in changes for i in c.noticed} - {i for c in chosen for i in c.noticed}
    while open_:
        best = max(changes, key=lambda c: len(open_ & set(c.noticed)))  # of equals the first
        chosen.append(best)
        open_ -= set(best.noticed)
    return chosen
