"""A requirement is proven by tests that ran and passed in this run, not by their being named.

After a run of everything, each test that the register names as a proof must be among the passed.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest


class Proofs:
    """Keeps which test functions passed, and refuses a whole run in which a proof is missing."""

    def __init__(self, wanted: Iterable[str]):
        self.wanted = frozenset(wanted)
        self.passed: set[str] = set()
        self.red: set[str] = set()

    @property
    def missing(self) -> list[str]:
        """The proofs that did not run, or that were red with one of their parameters."""
        return sorted(self.wanted - self.passed | (self.wanted & self.red))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one test is over."""
        test = report.nodeid.split("[", 1)[0]
        if not report.passed:
            self.red.add(test)
        elif report.when == "call":
            self.passed.add(test)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A run of everything that lacks a proof is no success."""
        if is_whole(session.config) and self.missing and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """How many of the register's proofs there were."""
        if not is_whole(terminalreporter.config):
            return
        there = len(self.wanted) - len(self.missing)
        terminalreporter.section("proofs")
        terminalreporter.write_line(f"{there} of {len(self.wanted)} proofs of the register passed")
        for test in self.missing:
            terminalreporter.write_line(f"missing: {test}", red=True)


def is_whole(config: pytest.Config) -> bool:
    """True when everything was asked for: no path, no -k, no -m, no --collect-only."""
    chosen = config.option.keyword or config.option.markexpr or config.option.collectonly
    return not chosen and config.args_source is config.ArgsSource.TESTPATHS
