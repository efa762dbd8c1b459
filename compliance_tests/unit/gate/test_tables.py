"""The gate's own tables against the pack's catalogue and the register: nothing is left out."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from gate import catalog, digests, expected, population, verify
from gate.errors import GateError
from gate.paths import ROOT, Paths

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


def test_what_pytest_caches_is_no_part_of_a_folder_and_is_deleted_before_its_tests(
    tmp_path: Path,
) -> None:
    cache = tmp_path / "inner" / "__pycache__"
    cache.mkdir(parents=True)
    (tmp_path / "inner" / "test_x.py").write_text("")
    before = digests.of_folder(tmp_path)
    theirs, python = (cache / f"test_x.cpython-311{end}.pyc" for end in ("-pytest-9.2.0", ""))
    theirs.write_bytes(b"magi" + b"\x03\0\0\0" + b"x")
    python.write_bytes(b"magi" + bytes(4) + b"x")
    assert digests.of_folder(tmp_path) == before
    digests.forget_pytests(tmp_path)
    assert not theirs.exists()
    assert python.exists()
    python.write_bytes(b"magi" + b"\x03\0\0\0" + b"x")
    with pytest.raises(GateError, match="it may be other code"):
        digests.of_folder(tmp_path)


def test_the_live_proof_lets_pytest_find_no_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "compliance_tests" / "deployed" / "__pycache__"
    cache.mkdir(parents=True)
    planted = cache / "test_x.cpython-311-pytest-9.2.0.pyc"
    planted.write_bytes(b"x")
    there: list[bool] = []

    def run(*_: object, **__: object) -> subprocess.CompletedProcess[bytes]:
        there.append(planted.exists())
        return subprocess.CompletedProcess([], 0)

    monkeypatch.setattr(subprocess, "run", run)
    verify._run_tests(Paths("sandbox", tmp_path), {}, tmp_path / "r" / "x", tmp_path / "y", ())
    assert there == [False]
