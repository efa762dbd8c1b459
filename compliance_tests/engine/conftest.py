"""Two copies of the product, and the previews of all tests that were asked for, two at a time."""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TypeVar

import pytest

from .checkout import Checkout, checkout

COPIES = max(2, min(4, (os.cpu_count() or 2) // 2))  # an engine keeps two processors busy
T = TypeVar("T")
Job = Callable[[Checkout], T]
#: A test's case is a parameter of this name; its `run` is started before the test's turn comes.
CASE = "case"


def begun_early(job: Job[T]) -> pytest.MarkDecorator:
    """Hands the job to a test as its case: it runs while the tests before it are waited for."""
    return pytest.mark.parametrize(CASE, [job], ids=[getattr(job, "__name__", CASE)])


class Copies:
    """Runs jobs, each on a copy that no other job uses meanwhile."""

    def __init__(self, copies: list[Checkout]):
        self._free: queue.SimpleQueue[Checkout] = queue.SimpleQueue()
        for copy in copies:
            self._free.put(copy)
        self._pool = ThreadPoolExecutor(len(copies))
        self._begun: dict[int, Future[object]] = {}

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
        """Forget jobs that no test will ask for."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: Job[T]) -> T:
        copy = self._free.get()
        try:
            return job(copy)
        finally:
            self._free.put(copy)


@pytest.fixture(scope="session")
def copies(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Copies]:
    """The copies, already at work on what the collected tests will ask for."""
    with ExitStack() as stack:
        made = [
            stack.enter_context(checkout(tmp_path_factory.mktemp(f"copy-{n}")))
            for n in range(COPIES)
        ]
        copies = Copies(made)
        stack.callback(copies.close)
        specs = [getattr(item, "callspec", None) for item in request.session.items]
        copies.ahead(
            [s.params[CASE] for s in specs if s is not None and callable(s.params.get(CASE))]
        )
        yield copies
