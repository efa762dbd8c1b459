"""The chain is read once: every file digested, none validated twice, nothing lost that is shown."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from compliance_tests.samples import replay, stories, world
from compliance_tests.samples.__main__ import drawn_from
from evidence import canonical, chain
from evidence.formats import html
from evidence.formats.registry import View
from evidence.load import load
from evidence.model import Assurance, Evidence
from evidence.store import Stored

CHOSEN = (stories.DRIFTED, "ingress-inside-vpc", "key-rotation")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Stored]:
    folder = tmp_path_factory.mktemp("chain")
    return replay.history(world.triple(1, CHOSEN), folder, stories.STORIES["history"])


@pytest.fixture
def stored(made: list[Stored], tmp_path: Path) -> list[Stored]:
    """A copy that a test may spoil."""
    shutil.copytree(made[0].file.parent, tmp_path, symlinks=True, dirs_exist_ok=True)
    return [replace(s, file=tmp_path / s.file.name) for s in made]


def test_the_report_is_the_same_as_from_all_files_whole(
    stored: list[Stored], tmp_path: Path
) -> None:
    whole = drawn_from(stored)
    found = chain.read(tmp_path, Assurance.EMULATED)
    assert found.warnings == []
    assert found.digests == whole["files"]
    light = View(whole["runs"], tuple(found.runs), files=found.digests)
    assert html.render(light) == html.render(View(**whole))
    assert sum(bool(e.records) for e in found.runs) == 3 * chain.LATEST


def test_no_file_that_the_history_vouches_for_is_validated_again(
    stored: list[Stored], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []

    def counted(document: dict[str, dict[str, str]], **_: int) -> list[str]:
        judged.append(document["run"]["id"])
        return []

    monkeypatch.setattr(chain, "faults", counted)
    chain.read(tmp_path, Assurance.EMULATED)
    assert judged == []
    stored[3].file.write_text(stored[3].file.read_text("utf-8") + " ", "utf-8")
    chain.read(tmp_path, Assurance.EMULATED)
    assert judged == [stored[3].evidence.run.id]


def ids(found: chain.Chain) -> list[str]:
    return [e.run.id for e in found.runs]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema_version": 1, "run": 3}'])
def test_what_is_no_evidence_any_more_is_left_out_and_told(
    stored: list[Stored], tmp_path: Path, content: str
) -> None:
    stored[3].file.write_text(content, "utf-8")
    found = chain.read(tmp_path, Assurance.EMULATED)
    assert found.warnings == [f"{stored[3].file.name}: the file was changed after it was written"]
    assert ids(found) == [s.evidence.run.id for s in stored if s is not stored[3]]


def test_a_changed_file_that_is_still_evidence_is_shown_with_its_own_digest(
    stored: list[Stored], tmp_path: Path
) -> None:
    file = stored[3].file
    file.write_text(file.read_text("utf-8") + "\n", "utf-8")
    found = chain.read(tmp_path, Assurance.EMULATED)
    assert len(found.warnings) == 1
    assert found.digests[stored[3].evidence.run.id] == canonical.digest_bytes(file.read_bytes())


def test_a_history_that_vouches_for_what_is_no_evidence(
    stored: list[Stored], tmp_path: Path
) -> None:
    """A forger who writes the history too; an auditor asks for the attestation."""
    file = stored[-1].file
    document = json.loads(file.read_text("utf-8"))
    document["controls"][0]["verdict"] = "splendid"
    file.write_text(json.dumps(document), "utf-8")
    history = tmp_path / "SANDBOX-history.jsonl"
    old, new = stored[-1].digest, canonical.digest_bytes(file.read_bytes())
    history.write_text(history.read_text("utf-8").replace(old, new), "utf-8")
    found = chain.read(tmp_path, Assurance.EMULATED)
    assert len(ids(found)) == len(stored) - 1
    assert found.warnings == [f"{file.name}: it is no evidence, whatever the history says"]


def test_a_kept_run_is_as_it_was_stored(stored: list[Stored], tmp_path: Path) -> None:
    newest: Evidence = chain.read(tmp_path, Assurance.EMULATED).runs[-1]
    assert newest == load(stored[-1].file)
