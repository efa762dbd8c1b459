"""What the tests that begin in threads rest on."""

from __future__ import annotations

import os

import _pytest.runner
import pytest


def test_the_name_of_the_test_never_leaves_the_environment(request: pytest.FixtureRequest) -> None:
    """A copy of the environment, made in a thread between two tests, would fail for it."""
    name = "PYTEST_CURRENT_TEST"
    before = os.environ[name]
    try:
        _pytest.runner._update_current_test_var(request.node, None)
        assert os.environ[name] == ""
    finally:
        _pytest.runner._update_current_test_var(request.node, "call")
    assert os.environ[name] == before
