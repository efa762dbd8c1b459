"""The emulator that the providers are tested against: one for all tests, in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from compliance_tests.unit.providers.engine import REGION
from compliance_tests.unit.providers.world import World
from sandbox.emulator.server import Emulator, start
from sandbox.providers.clients import Clients


@pytest.fixture(scope="package")
def emulator() -> Iterator[Emulator]:
    """The patched emulator on a free port of this machine, named by AWS_ENDPOINT_URL."""
    running = start()
    before = os.environ.get("AWS_ENDPOINT_URL")
    os.environ["AWS_ENDPOINT_URL"] = running.url
    yield running
    if before is None:
        del os.environ["AWS_ENDPOINT_URL"]
    else:
        os.environ["AWS_ENDPOINT_URL"] = before
    running.stop()


@pytest.fixture(scope="package")
def clients(emulator: Emulator) -> Clients:
    """boto3 clients on the emulator."""
    return Clients(emulator.url, REGION)


@pytest.fixture
def world(clients: Clients) -> World:
    """A fresh surrounding for one resource."""
    return World(clients)
