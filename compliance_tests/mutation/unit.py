"""The unit tests, collected once in the parent, so that a fork runs just those it is asked for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from _pytest.config import _prepareconfig
from _pytest.runner import runtestprotocol

OPTIONS = ["-q", "-x", "-s", "-p", "no:cacheprovider", "-p", "no:randomly"]


class UnitTests:
    """The collected tests of some files, by number."""

    def __init__(self, files: Sequence[Path], scratch: Path):
        self._options = [*OPTIONS, f"--basetemp={scratch / 'tmp'}"]
        config = _prepareconfig([*self._options, *map(str, files)])
        config._do_configure()
        session = pytest.Session.from_config(config)
        config.hook.pytest_sessionstart(session=session)
        config.hook.pytest_collection(session=session)
        self.items = session.items
        if session.testsfailed or not self.items:
            raise RuntimeError("the unit tests cannot be collected; run python -m pytest")

    def passes(self, number: int) -> bool:
        """Whether the one test passes in this process."""
        reports = runtestprotocol(self.items[number], log=False, nextitem=None)
        return not any(r.failed for r in reports)

    def timed(self, number: int) -> float:
        """The seconds that the test takes; -1 when it is red."""
        start = time.monotonic()
        return time.monotonic() - start if self.passes(number) else -1.0

    def file(self, number: int) -> str:
        """The file that the test is in."""
        return str(self.items[number].path)

    def run_anew(self, names: Sequence[str]) -> bool:
        """Whether the named tests pass, all of them imported again."""
        return pytest.main([*self._options, *names]) == 0
