"""The gate's own tables against the pack's catalogue and the register: nothing is left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gate import catalog, digests, expected, population
from gate.errors import GateError
from gate.paths import ROOT

CATALOG = catalog.load(ROOT)
TABLE = population.table()


def test_every_control_has_a_population_and_every_population_a_control() -> None:
    assert set(TABLE) == {c.id for c in CATALOG.controls}


@pytest.mark.parametrize("control", CATALOG.controls, ids=lambda c: c.id)
def test_kind_and_types_agree_with_the_control(control: catalog.Control) -> None:
    rule = TABLE[control.id]
    assert rule.kind == control.kind
    assert set(rule.types) == set(control.subjects)
    assert set(rule.exempts) <= {population.EVERY, *rule.types}


def test_needed_resources_are_those_of_known_requirements() -> None:
    known = {r.id for r in CATALOG.requirements}
    needs = expected.table()
    assert {n.requirement for n in needs.needs} | set(needs.outputs) <= known
    assert set(needs.no_subject) <= set(TABLE)
    assert all(n.count > 0 for n in needs.needs)


def test_stacks_have_the_profiles_that_the_owned_file_says() -> None:
    assert catalog.profile_of(ROOT, "sandbox") == "baseline"
    assert catalog.profile_of(ROOT, "prod") == "production"
    assert catalog.profile_of(ROOT, "unheard-of") == catalog.DEFAULT_PROFILE


@pytest.mark.parametrize("text", ["", "[]", "{", '{"x": {}}', '{"x": 1}'])
def test_a_damaged_table_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "table.json"
    path.write_text(text)
    for read in (population.table, expected.table):
        with pytest.raises(GateError, match="restore it from git"):
            read(path)


def test_the_digest_of_a_folder_changes_with_each_name_and_byte(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.py").write_text("1")
    seen = {digests.of_folder(tmp_path)}
    (tmp_path / "a" / "x.py").write_text("2")
    seen.add(digests.of_folder(tmp_path))
    (tmp_path / "a" / "x.py").rename(tmp_path / "a" / "y.py")
    seen.add(digests.of_folder(tmp_path))
    (tmp_path / "y.py").write_text("")
    seen.add(digests.of_folder(tmp_path))
    assert len(seen) == 4
    before = digests.of_folder(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "x.pyc").write_bytes(b"magi" + bytes(4) + b"x")
    (tmp_path / ".hidden").write_text("x")
    assert digests.of_folder(tmp_path) == before


def test_a_pattern_matches_only_inputs_that_are_there() -> None:
    need = expected.Need("REQ-X", "t", 1, "x", {"tags.Name": "a-{suffix}"})
    assert json.dumps(need.where)
    assert expected.glob_escape("a*[b]?") == "a[*][[]b][?]"
