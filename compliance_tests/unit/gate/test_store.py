"""The store outside: what is there stays, and what somebody does to it is told."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from compliance_tests.unit.gate.test_prune import shipped
from gate import prune, store
from gate.errors import GateError, NotProven
from gate.paths import Paths
from sandbox.emulator.server import start

NOW = datetime.now(UTC)
NAMES = itertools.count()
HISTORY = "SANDBOX-history.jsonl"


@pytest.fixture(scope="module")
def environ() -> Iterator[dict[str, str]]:
    emulator = start()
    key = {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox"}
    yield {"AWS_ENDPOINT_URL": emulator.url, **key}
    emulator.stop()


def bucket(environ: dict[str, str], **settings: Any) -> store.Store:
    name = f"evidence-{next(NAMES)}"
    made = store.opened(Paths("sandbox"), name, "kept", environ)
    where = {"LocationConstraint": "sa-east-1"}
    made.s3.create_bucket(Bucket=name, CreateBucketConfiguration=where, **settings)
    return made


@pytest.fixture
def kept(tmp_path: Path, environ: dict[str, str]) -> tuple[Paths, store.Store]:
    """A stack's evidence, pushed."""
    paths, made = shipped(tmp_path), bucket(environ, ObjectLockEnabledForBucket=True)
    assert store.push(paths, made, 13, NOW) == 0
    return paths, made


Kept = tuple[Paths, store.Store]


def told(kept: Kept, capsys: pytest.CaptureFixture[str], code: int = 2) -> str:
    capsys.readouterr()
    assert store.verify(*kept, 13, NOW) == code
    return capsys.readouterr().out


def evidence(kept: Kept) -> str:
    return next(iter(sorted(kept[0].reports.glob("SANDBOX-20261103*.evidence.json")))).name


def test_what_was_pushed_is_verified_and_pushed_once(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "0 faults" in told(kept, capsys, 0)
    assert store.push(*kept, 13, NOW) == 0
    assert "0 files put" in capsys.readouterr().out


def test_each_object_is_locked_for_the_months_of_its_run(kept: Kept) -> None:
    paths, made = kept
    there = made.listed()
    assert len(there) == len(list(store.files(paths, 13, NOW)))
    for file in store.files(paths, 13, NOW):
        _, until = made.read(file.name, there[file.name].versions[0])
        assert until is not None
        assert abs(until - file.until) < timedelta(days=1)


@pytest.mark.parametrize(
    ("versioned", "line"), [(False, "is not versioned"), (True, "has no object lock")]
)
def test_a_bucket_that_could_be_emptied_is_refused(
    tmp_path: Path, environ: dict[str, str], versioned: bool, line: str
) -> None:
    made = bucket(environ)
    if versioned:
        on = {"Status": "Enabled"}
        made.s3.put_bucket_versioning(Bucket=made.bucket, VersioningConfiguration=on)
    for action in (store.push, store.verify):
        with pytest.raises(GateError, match=line):
            action(shipped(tmp_path / action.__name__), made, 13, NOW)


def deleted(made: store.Store, name: str) -> None:
    made.s3.delete_object(Bucket=made.bucket, Key=made.folder + name)


def overwritten(made: store.Store, name: str) -> None:
    made.s3.put_object(Bucket=made.bucket, Key=made.folder + name, Body=b"{}")


@pytest.mark.parametrize(
    ("act", "lines"),
    [
        (deleted, ["deleted in the store"]),
        (
            overwritten,
            ["overwritten in the store, 2 versions", "in the store sha256", "not locked"],
        ),
    ],
)
def test_what_is_done_to_an_object_is_told(
    kept: Kept,
    capsys: pytest.CaptureFixture[str],
    act: Callable[[store.Store, str], None],
    lines: list[str],
) -> None:
    act(kept[1], evidence(kept))
    found = told(kept, capsys)
    assert all(f"{evidence(kept)}: {line}" in found for line in lines)


def test_what_was_never_pushed_is_missing(
    tmp_path: Path, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    made = bucket(environ, ObjectLockEnabledForBucket=True)
    assert "missing in the store" in told((shipped(tmp_path), made), capsys)


def test_a_short_lock_is_told(
    tmp_path: Path, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    paths, made = shipped(tmp_path), bucket(environ, ObjectLockEnabledForBucket=True)
    store.push(paths, made, 13, NOW)
    capsys.readouterr()
    assert store.verify(paths, made, 24, NOW) == 2
    assert "locked until" in capsys.readouterr().out


def test_runs_that_vanish_here_are_told_by_the_store(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    paths, _ = kept
    history = paths.reports / HISTORY
    lines = history.read_text().splitlines(keepends=True)
    history.write_text("".join(lines[:-1]))  # the newest run: no link is broken by that
    found = told(kept, capsys)
    assert f"{evidence(kept)}: gone from the chain here" in found


def test_pruned_runs_are_not_missed(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    paths, made = kept
    prune.prune(paths, "13", datetime(2026, 11, 25, 12, tzinfo=UTC))
    store.push(paths, made, 13, NOW)
    assert "gone from the chain here" not in told(kept, capsys, 0)


def test_a_broken_chain_is_not_pushed(tmp_path: Path, environ: dict[str, str]) -> None:
    paths, made = shipped(tmp_path), bucket(environ, ObjectLockEnabledForBucket=True)
    next(paths.reports.glob("*.evidence.json")).write_text("{}")
    with pytest.raises(NotProven, match="the chain is broken here"):
        store.push(paths, made, 13, NOW)
    assert made.listed() == {}


def test_another_file_of_the_name_is_not_overwritten(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    overwritten(kept[1], evidence(kept))
    assert store.push(*kept, 13, NOW) == 2
    assert "holds another file" in capsys.readouterr().out


def test_a_bucket_that_is_none_is_one_line(tmp_path: Path, environ: dict[str, str]) -> None:
    paths = shipped(tmp_path)
    with pytest.raises(GateError, match="the store none"):
        store.run(paths, "push", store.opened(paths, "none", "", environ), 13)
    with pytest.raises(GateError, match="name the bucket"):
        store.opened(paths, "", "", environ)
