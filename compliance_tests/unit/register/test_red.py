"""Every proof names the mutant that turns it red; a proof that names none is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from compliance_tests.drift.run import CHANGES
from compliance_tests.register import Register, RegisterError, load, red
from compliance_tests.register.red import Red

from .test_validate import REQUIREMENT, TEST

REGISTER = Register({"REQ-A-1": REQUIREMENT})
SOUND = Red({TEST: "a change"}, {}, {})


def lines(table: Red, register: Register = REGISTER) -> str:
    return "\n".join(red.problems(table, register, {"a change"}))


@pytest.mark.requirement("REQ-TEST-1")
def test_every_proof_of_the_register_names_its_mutant() -> None:
    found = list(red.problems(red.read(), load(), {c.name for c in CHANGES}))
    assert not found, "\n".join(found)


def test_a_sound_table_has_no_problems() -> None:
    assert lines(SOUND) == ""
    manual = Register({"REQ-A-1": replace(REQUIREMENT, status="manual")})
    assert lines(Red({}, {}, {}), manual) == ""


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (Red({}, {}, {}), "names no mutant that turns it red"),
        (Red({TEST: "a change"}, {TEST: TEST}, {}), "stands there twice"),
        (Red({TEST: "a change", "x.py::test_x": "a change"}, {}, {}), "proves no automated"),
        (Red({TEST: "another"}, {}, {}), "there is no change 'another'"),
        (Red({}, {TEST: "x.py::test_x"}, {}), "x.py::test_x is no test"),
        (Red({}, {}, {TEST: "because"}), "say why nothing turns it red"),
        (Red({}, {}, {TEST: "a reason that is long enough"}), "no proof of REQ-A-1 turns red"),
    ],
)
def test_refuses(table: Red, says: str) -> None:
    assert says in lines(table)


def test_a_proof_that_stays_green_is_told() -> None:
    assert list(red.green(SOUND, {"a change": {TEST}})) == []
    assert list(red.green(SOUND, {"another": set()})) == [], "its change was not made"
    (line,) = red.green(SOUND, {"a change": {"x.py::test_x"}})
    assert line == f"{TEST} is green on the change 'a change'"


@pytest.mark.parametrize("text", ["[changes]\n", "[", "[changes]\n[elsewhere]\n[untouched]\n[x]\n"])
def test_a_file_that_is_wrong_is_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "red.toml"
    file.write_text(text)
    with pytest.raises(RegisterError, match=r"^red\.toml") as error:
        red.read(file)
    assert "\n" not in str(error.value)
