"""`make verify` of a snapshot, without starting a process: the deployed tests, then the gate."""

from __future__ import annotations

import contextlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from compliance_tests.deployed import conftest
from compliance_tests.engine.checkout import ROOT
from evidence import canonical
from evidence.live import FILE
from evidence.load import record as read_record
from evidence.model import Record, Verdict
from gate import catalog, junit, live_proof, proofs, verify
from gate.cloud import Identity
from gate.paths import Paths

from .snapshot import Snapshot

GREEN = (Verdict.PASSED, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True)
class Verified:
    """`red`: controls, and requirements of tests without one, that did not pass; `errors`: those
    that could not be examined; `lines`: what the gate prints; `tests`: the test functions that
    failed, as the register names its proofs.
    """

    red: frozenset[str]
    errors: frozenset[str]
    lines: tuple[str, ...]
    tests: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Before:
    """What a run of all the tests left; of `only` these tests a later run has its own word."""

    records: tuple[Record, ...]
    cases: tuple[junit.Case, ...]
    only: tuple[str, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> Before:
        """The run whose files are in this folder."""
        return cls(_records(folder / "live.jsonl"), junit.read(folder / "live.xml"))

    def kept(self) -> tuple[list[Record], list[junit.Case]]:
        """What the tests of `only` did not say."""
        names = {name.partition("[")[0] for name in self.only}
        records = [r for r in self.records if r.test.partition("[")[0] not in names]
        return records, [c for c in self.cases if not any(c.is_named(n) for n in names)]


class Failed:
    """Keeps the test functions of a run that failed."""

    def __init__(self) -> None:
        self.tests: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one test is over."""
        if report.failed:
            self.tests.add(report.nodeid.partition("[")[0])


def run(snapshot: Snapshot, folder: Path, before: Before | None = None) -> Verified:
    """Verify a snapshot that is being served; `folder` takes the files of the run.

    With a run `before`, only its tests `only` run again, and the rest is taken from it.
    """
    names = dict.fromkeys(n.partition("[")[0] for n in before.only) if before else {}
    if before and not all(names):
        raise ValueError("no test to run again")
    chosen = [str(ROOT / n) for n in names] or [str(ROOT / live_proof.TESTS)]
    records, results = folder / "live.jsonl", folder / "live.xml"
    arguments = ["-q", "-p", "no:cacheprovider", "--tb=line", f"--junitxml={results}"]
    found: dict[str, Any] = {
        "read": lambda *_: snapshot.stack,
        "environment": lambda _: dict(os.environ),
    }
    os.environ[FILE] = str(records)
    with mock.patch.multiple(conftest, **found), contextlib.redirect_stdout(io.StringIO()):
        failed = Failed()
        ended = pytest.main([*arguments, *chosen], plugins=[failed])
    kept, cases = before.kept() if before else ([], [])
    seen = [*kept, *_records(records)]
    live = live_proof.Live(
        records=tuple(seen),
        tests=(*cases, *junit.read(results)),
        gaps=verify._gaps(Paths(snapshot.stack.name)),
        pytest_exit=int(ended),
    )
    return Verified(
        frozenset(i for r in seen if r.verdict not in GREEN and not told(r) for i in ids(r)),
        frozenset(i for r in seen if r.verdict is Verdict.ERROR for i in ids(r)),
        printed(snapshot, live),
        frozenset(failed.tests),
    )


def _records(file: Path) -> tuple[Record, ...]:
    return tuple(read_record(line) for line in file.read_text("utf-8").splitlines())


def told(record: Record) -> bool:
    """A comparison that differs turns nobody red by itself: its lines say `drift: ...`."""
    return bool(proofs.differing(record)) and record.verdict is Verdict.FAILED


def ids(record: Record) -> tuple[str, ...]:
    """Whom a record speaks for: its control, or its requirements."""
    return record.requirements if record.control == conftest.CONFORMANCE else (record.control,)


def printed(snapshot: Snapshot, live: live_proof.Live) -> tuple[str, ...]:
    """The lines with which the gate says what is wrong."""
    paths = Paths(snapshot.stack.name)
    known = catalog.load(paths.root)
    nobody = mock.patch.object(live_proof, "identity", return_value=Identity())
    with nobody:  # the header of a report nobody reads
        evidence = live_proof.join(
            paths,
            known,
            catalog.profile_of(paths.root, paths.stack),
            live=live,
            env=os.environ,
            started_at=canonical.utc(),
        )
    return tuple(p.text for p in evidence.problems)
