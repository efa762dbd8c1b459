"""One emulator for these tests, in this process; each test begins with an empty account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from compliance_tests.unit.emulator.account import REGION, Account
from sandbox.emulator import Emulator, patches, start
from sandbox.providers.clients import Clients


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    """The emulator, with all patches in place."""
    emulator = start()
    for service in patches.MODULES:
        patches.install(service)
    yield emulator
    emulator.stop()


@pytest.fixture(scope="session")
def clients(running: Emulator) -> Clients:
    """boto3 clients on it."""
    return Clients(running.url, REGION)


@pytest.fixture
def account(running: Emulator, clients: Clients) -> Iterator[Account]:
    """An account with nothing in it, before and after."""
    running.reset()
    yield Account(clients)
    running.reset()
