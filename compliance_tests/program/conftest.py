"""The program's runs that tests share."""

from __future__ import annotations

import warnings

import pytest

from compliance_tests.program.recorded import Program, run

with warnings.catch_warnings():
    # the SDK warns of a deprecated type of its own when the module is imported, used or not
    warnings.simplefilter("ignore", DeprecationWarning)
    import pulumi_aws.ec2  # noqa: F401


@pytest.fixture(scope="session")
def shipped() -> Program:
    """The sandbox stack with the defaults of Pulumi.yaml."""
    return run()
