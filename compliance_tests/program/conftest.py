"""The program's runs that tests share."""

from __future__ import annotations

import pytest

from compliance_tests.program.recorded import Program, run


@pytest.fixture(scope="session")
def shipped() -> Program:
    """The sandbox stack with the defaults of Pulumi.yaml."""
    return run()
