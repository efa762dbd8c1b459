"""What the gate reads of the register is the register."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from compliance_tests.register import load, publish
from compliance_tests.register.coverage import ROOT
from gate import reference
from gate.errors import GateError


def test_the_published_register_is_fresh() -> None:
    assert publish.FILE.read_text("utf-8") == publish.document(load())


def test_the_snapshot_holds_all_of_it() -> None:
    register, held = load(), reference.snapshot(ROOT)
    assert {r["id"] for r in held["requirements"]} == set(register.requirements)
    assert {d["id"] for d in held["deviations"]} == set(register.deviations)
    clauses = {(f["id"], c["id"]) for f in held["frameworks"] for c in f["clauses"]}
    assert clauses == {(f.id, c.id) for f in register.frameworks.values() for c in f.clauses}
    assert all(c["rationale"] and c["scenarios"] for c in held["controls"])


@pytest.mark.parametrize("name", ["requirements.toml", "deviations.toml", "frameworks/soc-2.toml"])
def test_an_edited_register_is_refused_until_it_is_published(tmp_path: Path, name: str) -> None:
    folder = tmp_path / reference.REGISTER
    shutil.copytree(ROOT / reference.REGISTER, folder)
    reference.published(tmp_path)
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write("# edited\n")
    with pytest.raises(GateError, match=f"older than {name}.*--write"):
        reference.published(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"digests": {}}'])
def test_a_damaged_publication_is_one_line(tmp_path: Path, text: str) -> None:
    folder = tmp_path / reference.REGISTER
    folder.mkdir(parents=True)
    (folder / "register.json").write_text(text)
    with pytest.raises(GateError, match="--write"):
        reference.published(tmp_path)
