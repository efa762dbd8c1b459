"""Makes each change on a deployed copy, asks the deployed tests, and undoes it again."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from compliance_tests.deployed.stack import SANDBOX, Cloud, Deployed, read
from compliance_tests.engine.checkout import Checkout, run

from . import keys, network, stores, stream_and_secrets
from .change import CHANGES, Change

__all__ = [
    "CHANGES",
    "Noticed",
    "deployed",
    "keys",
    "network",
    "notice",
    "stores",
    "stream_and_secrets",
]
CONFORMANCE = "conformance"


@dataclass(frozen=True)
class Noticed:
    """Who turned red on a change."""

    change: Change
    red: frozenset[str]
    text: str

    @property
    def right(self) -> bool:
        """Everybody who must notice did, and nobody else."""
        return self.red == self.change.noticed


@contextmanager
def deployed(copy: Checkout) -> Iterator[tuple[Deployed, Cloud]]:
    """The stack, deployed from the copy on its own sandbox, and destroyed afterwards."""
    ran = copy.python("-m", "gate", "up")
    assert ran.code == 0, ran.text
    stack = read(SANDBOX, copy.environ, copy.root)
    cloud = Cloud(stack.region, emulated=True, endpoint=copy.environ["AWS_ENDPOINT_URL"])
    try:
        yield stack, cloud
    finally:
        copy.python("-m", "gate", "destroy")


def verify(copy: Checkout) -> tuple[frozenset[str], str]:
    """What the deployed tests find wrong now: controls, and requirements without a control."""
    file = copy.root / ".state" / "drift.jsonl"
    file.unlink(missing_ok=True)
    environ = {**os.environ, "EVIDENCE_LIVE_FILE": str(file), "STACK": SANDBOX}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line"]
    ran = run([*command, "compliance_tests/deployed"], copy.root, environ)
    assert file.is_file(), ran.text
    return frozenset(red(file)), ran.text


def red(file: Path) -> Iterator[str]:
    """The controls and requirements of the records that are no pass."""
    for line in file.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["verdict"] in ("passed", "not_applicable"):
            continue
        if record["control"] == CONFORMANCE:
            yield from record["requirements"]
        else:
            yield record["control"]


def notice(copy: Checkout, stack: Deployed, cloud: Cloud, change: Change) -> Noticed:
    """Make one change, ask, undo it."""
    with change.act(stack, cloud):
        found, text = verify(copy)
    return Noticed(change, found, text)


def attack(copy: Checkout, changes: list[Change], say: Callable[[Noticed], None]) -> list[Noticed]:
    """All of the changes, one after the other, on one deployed copy."""
    seen = []
    with ExitStack() as leave:
        stack, cloud = leave.enter_context(deployed(copy))
        before, text = verify(copy)
        assert not before, f"red before any change: {sorted(before)}\n{text}"
        for change in changes:
            seen.append(notice(copy, stack, cloud, change))
            say(seen[-1])
        after, text = verify(copy)
        assert not after, f"red after everything was undone: {sorted(after)}\n{text}"
    return seen
