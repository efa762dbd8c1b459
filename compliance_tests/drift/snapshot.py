"""A deployed sandbox inside this process, of which a fork is a copy.

The emulator keeps its account in memory. So it is started here, the stack is deployed on it once,
and each change is made in a forked process: nothing has to be undone, and no change sees another.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from compliance_tests.deployed.stack import SANDBOX, Deployed, read
from compliance_tests.engine.checkout import checkout
from sandbox.emulator.server import start

ENDPOINT = "AWS_ENDPOINT_URL"


@dataclass(frozen=True)
class Snapshot:
    """The stack and what boto3 needs in the environment to reach a copy of its cloud."""

    stack: Deployed
    environ: dict[str, str]

    @contextmanager
    def served(self) -> Iterator[Snapshot]:
        """This process's copy, answering at an address of its own."""
        emulator = start()
        environ = {**self.environ, ENDPOINT: emulator.url}
        before = dict(os.environ)
        os.environ.clear()
        os.environ.update(environ)
        try:
            yield replace(self, environ=environ)
        finally:
            os.environ.clear()
            os.environ.update(before)
            emulator.stop()


@contextmanager
def deployed(folder: Path) -> Iterator[Snapshot]:
    """The stack, deployed by the engine from a copy of the product in `folder`."""
    emulator = start(warm=True)
    with checkout(folder) as copy:
        try:
            here = replace(copy, environ={**copy.environ, ENDPOINT: emulator.url})
            ran = here.pulumi("up", "--yes", "--skip-preview", "--stack", SANDBOX)
            assert ran.code == 0, ran.text
            stack = read(SANDBOX, here.environ, here.root)
        finally:
            emulator.stop()  # a fork has no threads but the one that forks: it starts its own
        yield Snapshot(stack, here.environ)
