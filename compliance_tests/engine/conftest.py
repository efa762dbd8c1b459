"""Two copies of the product, and the previews of all tests that were asked for, two at a time.

They begin when the tests are collected: the tiers before this one keep one processor busy, and the
engine has the other meanwhile.
"""

from __future__ import annotations

import os
import queue
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import pytest

from .checkout import Checkout, checkout

COUNT = max(2, min(4, (os.cpu_count() or 2) // 2))  # an engine keeps two processors busy
T = TypeVar("T")
Job = Callable[[Checkout], T]
#: A test's case is a parameter of this name; its `run` is started before the test's turn comes.
CASE = "case"


def begun_early(job: Job[T]) -> pytest.MarkDecorator:
    """Hands the job to a test as its case: it runs while the tests before it are waited for."""
    return pytest.mark.parametrize(CASE, [job], ids=[getattr(job, "__name__", CASE)])


class Copies:
    """Runs jobs, each on a copy that no other job uses meanwhile."""

    def __init__(self, count: int):
        self._stack = ExitStack()
        self._free: queue.SimpleQueue[Checkout | BaseException] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(count)
        self._begun: dict[int, Future[object]] = {}
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="copies-")))
        for number in range(count):
            self._pool.submit(self._make, folder / f"copy-{number}")

    def begin(self, job: Job[T]) -> Future[T]:
        """Start a job as soon as a copy is free."""
        return self._pool.submit(self._run, job)

    def ahead(self, cases: list[Job[object]]) -> None:
        """Start the jobs of later tests."""
        for case in cases:
            if id(case) not in self._begun:
                self._begun[id(case)] = self.begin(case)

    def result(self, job: Job[T]) -> T:
        """The job's result, whether it was begun ahead or not."""
        begun = self._begun.get(id(job))  # several tests may ask for one job's result
        future = begun if begun is not None else self.begin(job)
        return future.result()  # type: ignore[return-value]

    def close(self) -> None:
        """Forget jobs that no test will ask for, and the copies."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._stack.close()

    def _make(self, folder: Path) -> None:
        try:
            self._free.put(self._stack.enter_context(checkout(folder)))
        except BaseException as e:  # noqa: BLE001 (told by each test that needs this copy)
            self._free.put(e)

    def _run(self, job: Job[T]) -> T:
        copy = self._free.get()
        try:
            if isinstance(copy, BaseException):
                raise RuntimeError("no copy of the product could be made") from copy  # noqa: TRY004
            return job(copy)
        finally:
            self._free.put(copy)


MADE = pytest.StashKey[Copies]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begins what the collected tests will ask for."""
    wanted = [item for item in session.items if "copies" in getattr(item, "fixturenames", ())]
    if not wanted or session.config.option.collectonly:
        return
    session.config.stash[MADE] = copies = Copies(COUNT)
    session.config.add_cleanup(copies.close)
    specs = [getattr(item, "callspec", None) for item in wanted]
    copies.ahead([s.params[CASE] for s in specs if s is not None and callable(s.params.get(CASE))])


@pytest.fixture(scope="session")
def copies(pytestconfig: pytest.Config) -> Copies:
    """The copies, already at work on what the collected tests will ask for."""
    return pytestconfig.stash[MADE]
