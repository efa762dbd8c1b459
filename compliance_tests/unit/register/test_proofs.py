"""A proof that did not run, or was red, is missing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from compliance_tests.proofs import Proofs


def report(nodeid: str, when: str, passed: bool) -> pytest.TestReport:
    made: Any = SimpleNamespace(nodeid=nodeid, when=when, passed=passed)
    return cast("pytest.TestReport", made)


def test_a_test_that_passed_is_a_proof() -> None:
    proofs = Proofs({"a.py::test_a"})
    proofs.pytest_runtest_logreport(report("a.py::test_a[1]", "setup", True))
    assert proofs.missing == ["a.py::test_a"], "to be set up is not to pass"
    proofs.pytest_runtest_logreport(report("a.py::test_a[1]", "call", True))
    assert proofs.missing == []


def test_one_red_parameter_spoils_the_proof() -> None:
    proofs = Proofs({"a.py::test_a"})
    proofs.pytest_runtest_logreport(report("a.py::test_a[1]", "call", True))
    proofs.pytest_runtest_logreport(report("a.py::test_a[2]", "call", False))
    assert proofs.missing == ["a.py::test_a"]


def test_a_proof_whose_teardown_failed_is_missing() -> None:
    proofs = Proofs({"a.py::test_a"})
    proofs.pytest_runtest_logreport(report("a.py::test_a", "call", True))
    proofs.pytest_runtest_logreport(report("a.py::test_a", "teardown", False))
    assert proofs.missing == ["a.py::test_a"]


def test_a_proof_that_did_not_run_is_missing() -> None:
    assert Proofs({"a.py::test_a"}).missing == ["a.py::test_a"]
