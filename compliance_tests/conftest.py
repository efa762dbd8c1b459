"""Marks every test with its tier, which is its folder, and runs the cheap tiers first."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import _pytest.runner
import hypothesis
import pytest

from compliance_tests.proofs import Proofs
from compliance_tests.register import load

ROOT = Path(__file__).parent
TIERS = ("unit", "scenario", "program", "attack", "engine", "deployed", "outside")
#: The attack speaks to the same engine.
MARKS = {"attack": "engine"}
TOLD = pytest.StashKey[list[str]]()
#: The same examples in every run, on a machine that may be slow: red means changed.
hypothesis.settings.register_profile(
    "tests",
    derandomize=True,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("tests")


def _say_which_test(item: pytest.Item, when: str | None) -> None:
    """As pytest does it, but the name is never taken out of the environment between two tests: the
    engine's tests begin in threads, and to copy an environment fails when a name goes meanwhile.
    """
    told = f"{item.nodeid} ({when})".replace("\x00", "(null)") if when else ""
    os.environ["PYTEST_CURRENT_TEST"] = told


_pytest.runner._update_current_test_var = _say_which_test


def tier_of(path: Path) -> str:
    """The tier of a test file. Raises UsageError for a folder that is none."""
    parts = path.relative_to(ROOT).parts
    if parts[0] not in TIERS:
        tiers = ", ".join(TIERS)
        raise pytest.UsageError(f"{path.name} is in {parts[0]}, no tier: move it to one of {tiers}")
    return parts[0]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The judges from outside need tools of others: only who names them asks them."""
    asked = any("outside" in argument for argument in config.args)
    return True if collection_path == ROOT / "outside" and not asked else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks each test with its tier; whatever is cheap to find out is found out first."""
    tiers = {}
    for item in items:
        tiers[item.nodeid] = tier = tier_of(item.path)
        item.add_marker(MARKS.get(tier, tier))
    items.sort(key=lambda item: TIERS.index(tiers[item.nodeid]))


def pytest_configure(config: pytest.Config) -> None:
    """Room for the lines that tests print at the end; the proofs that a whole run must hold."""
    config.stash[TOLD] = []
    proofs = {test for r in load().requirements.values() for test in r.tests}
    config.pluginmanager.register(Proofs(proofs), "proofs")


@pytest.fixture(scope="session")
def tell(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Prints a line at the end of the run: a count that says how much was examined."""
    return pytestconfig.stash[TOLD].append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The lines told by tests."""
    lines = terminalreporter.config.stash[TOLD]
    if lines:
        terminalreporter.section("counted")
        for line in lines:
            terminalreporter.write_line(line)
