"""`python -m gate verify`: run the tests of the deployed stack and judge what they leave."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from evidence import canonical, gaps
from evidence.errors import EvidenceError
from evidence.live import FILE
from evidence.load import record as read_record
from evidence.model import Record

from . import (
    catalog,
    digests,
    header,
    judge,
    judging,
    junit,
    preview,
    reference,
    stages,
    timings,
    updates,
)
from .errors import GateError
from .live_proof import TESTS, Live, join

if TYPE_CHECKING:
    from .paths import Paths


def verify(paths: Paths, env: Mapping[str, str], extra: tuple[str, ...] = ()) -> int:
    """Run the tests, store the evidence, print the table; raises GateError."""
    known = catalog.load(paths.root)
    in_force = reference.snapshot(paths.root)
    profile = catalog.profile_of(paths.root, paths.stack)
    results = paths.plans / f"{paths.stack}.live.xml"
    records = paths.reports / "live" / f"{header.file_stamp(paths.stack)}.jsonl"
    preview.clear(results, records)
    started_at = canonical.utc()
    visible = _gaps(paths)
    # The engine's part takes as long as the tests: on a second processor it costs nothing.
    with ThreadPoolExecutor(1) as meanwhile:
        asked = meanwhile.submit(stages.ask, paths, env)
        exit_code = _run_tests(paths, env, records, results, extra)
        before = asked.result()
    found, faults = _records(records)
    live = Live(
        records=tuple(found),
        tests=junit.read(results),
        gaps=visible,
        pytest_exit=exit_code,
        faults=tuple(faults),
        stages=before,
    )
    evidence = join(paths, known, profile, live=live, env=env, started_at=started_at)
    known_updates = updates.told(paths, env)
    evidence = replace(evidence, reference={**in_force, "updates": known_updates})
    evidence = replace(evidence, judge=judge.told(paths, evidence, known_updates))
    return judging.keep(evidence, paths).evidence.run.outcome.exit_code


@timings.timed("live tests")
def _run_tests(
    paths: Paths, env: Mapping[str, str], records: Path, results: Path, extra: tuple[str, ...]
) -> int:
    records.parent.mkdir(parents=True, exist_ok=True)
    digests.forget_pytests(paths.root / Path(TESTS).parts[0])
    command = [sys.executable, "-m", "pytest", TESTS, "--tb=short", f"--junitxml={results}", *extra]
    own = {FILE: str(records), "STACK": paths.stack, "PYTHONDONTWRITEBYTECODE": "1"}
    sys.stdout.flush()
    try:
        return subprocess.run(command, cwd=paths.root, env={**env, **own}, check=False).returncode
    except OSError as e:
        raise GateError(f"the tests cannot be started ({e.strerror}); run: make setup") from None


def _records(path: Path) -> tuple[list[Record], list[str]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return [], ["the tests left no record"]
    found: list[Record] = []
    faults: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            found.append(read_record(line))
        except ValueError:
            faults.append(f"line {number} of the live records is damaged")
    return found, faults if found else [*faults, "the tests left no record"]


def _gaps(paths: Paths) -> gaps.Gaps:
    """What no API can show, each with its code and what closes the gap."""
    try:
        return gaps.read(paths.root / TESTS / "not_visible.json")
    except EvidenceError as e:
        raise GateError(str(e)) from None
