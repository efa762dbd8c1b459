"""Evidence files: whole or not at all, chained, the sandbox's apart."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from evidence import chain
from evidence import store as files
from evidence.errors import EvidenceError
from evidence.formats import markdown
from evidence.load import load
from evidence.model import Assurance, Evidence, Stage, Verdict

from . import sample


def keep(folder: Path, made: Evidence | None = None) -> files.Stored:
    return files.store(made or sample.evidence(), folder, markdown.render)


def later(seconds: int, **changes: object) -> Evidence:
    at = f"2026-11-23T14:00:{seconds:02}.000Z"
    return sample.evidence(run=sample.run(finished_at=at, **changes))


def test_what_is_stored_comes_back(tmp_path: Path) -> None:
    stored = keep(tmp_path / "new" / "folder")
    assert load(stored.file) == stored.evidence
    assert "# sandbox: passed as planned" in stored.report.read_text()


def test_names_of_sandbox_runs_say_so(tmp_path: Path) -> None:
    keep(tmp_path)
    assert all(p.name.startswith("SANDBOX-") for p in tmp_path.iterdir())


def test_a_real_run_has_no_such_name_and_another_history(tmp_path: Path) -> None:
    keep(tmp_path)
    live = Assurance.LIVE
    real = sample.evidence(run=sample.run(assurance=live), records=(sample.record(assurance=live),))
    stored = keep(tmp_path, real)
    assert not stored.file.name.startswith("SANDBOX-")
    assert stored.evidence.run.previous is None


def test_runs_are_chained(tmp_path: Path) -> None:
    first, second = keep(tmp_path, later(1)), keep(tmp_path, later(2))
    assert first.evidence.run.previous is None
    assert second.evidence.run.previous is not None
    assert second.evidence.run.previous.digest == first.digest
    assert chain.read(tmp_path, Assurance.EMULATED).warnings == []


def test_a_changed_missing_or_removed_run_is_reported(tmp_path: Path) -> None:
    stored = [keep(tmp_path, later(n)) for n in range(1, 5)]
    stored[0].file.write_text(stored[0].file.read_text() + " ")
    stored[1].file.unlink()
    history = tmp_path / "SANDBOX-history.jsonl"
    lines = history.read_text().splitlines()
    history.write_text("\n".join([*lines[:2], lines[3]]) + "\n")
    found = "\n".join(chain.read(tmp_path, Assurance.EMULATED).warnings)
    assert "was changed" in found
    assert "is gone" in found
    assert "missing from the history" in found


def test_latest_leads_to_the_newest_of_each_stage(tmp_path: Path) -> None:
    keep(tmp_path, later(1))
    newest = keep(tmp_path, later(2))
    keep(
        tmp_path,
        replace(later(3), run=sample.run(stage=Stage.LIVE, command="verify"), records=()),
    )
    link = tmp_path / "SANDBOX-latest-planned.evidence.json"
    assert link.resolve() == newest.file.resolve()


def test_what_breaks_the_schema_is_not_written(tmp_path: Path) -> None:
    bad = sample.evidence(controls=(sample.control(verdict=Verdict.FAILED),))
    with pytest.raises(EvidenceError, match="breaks its schema"):
        keep(tmp_path, bad)
    assert list(tmp_path.iterdir()) == []


def test_a_writer_that_dies_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "x.json"
    files.write_atomically(target, b"old")

    def dies(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", dies)
    with pytest.raises(OSError, match="No space"):
        files.write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


def test_a_full_disk_is_one_line_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_atomically", full)
    with pytest.raises(EvidenceError, match=r"No space left on device.*free space"):
        keep(tmp_path)


def test_the_file_is_stable_json(tmp_path: Path) -> None:
    text = keep(tmp_path).file.read_text()
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def test_a_planted_secret_is_in_no_artefact(tmp_path: Path) -> None:
    secret = "hunter2-hunter2"
    bad = sample.record(
        verdict=Verdict.FAILED,
        message=f"login with {secret} failed",
        observed={"masterPassword": "another", "endpoint": f"postgres://a:{secret}@b"},
    )
    made = replace(sample.failing(), records=(bad,))
    stored = files.store(made, tmp_path, markdown.render, [secret])
    for artefact in tmp_path.iterdir():
        assert secret not in artefact.read_text()
        assert "another" not in artefact.read_text()
    assert load(stored.file) == stored.evidence
