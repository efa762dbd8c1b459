"""The register refuses what would make a report say more than is true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from compliance_tests.register import (
    Clause,
    Deviation,
    Framework,
    Register,
    RegisterError,
    Requirement,
    load,
    problems,
)

TEST = "compliance_tests/unit/register/test_validate.py::test_a_sound_register_has_no_problems"
REQUIREMENT = Requirement(
    id="REQ-A-1",
    title="a title",
    status="automated",
    owner="a role",
    frequency="every preview",
    nature=("preventive",),
    controls=("a-control",),
    tests=(TEST,),
)
CLAUSE = Clause(
    id="1.1",
    title="a title",
    why="The control does one thing that the clause asks for.",
    strength="partial",
    reader="auditor",
    source="the publisher's own text",
    date=date(2026, 11, 23),
    requirements=("REQ-A-1",),
)
FRAMEWORK = Framework("f", "F", "2022", "a publisher", "supports only", (CLAUSE,))
DEVIATION = Deviation(
    id="DEV-1",
    title="a title",
    requirements=("REQ-A-1",),
    stacks=("dev",),
    reason="a reason that is long enough",
    approver="a role",
    approved=date(2026, 11, 23),
    review=date(2027, 11, 22),
    residual_risk="a risk that is long enough",
    compensating="something that makes up for it",
    clauses=("f 1.1",),
)


def register(
    requirement: Requirement = REQUIREMENT,
    framework: Framework = FRAMEWORK,
    deviation: Deviation = DEVIATION,
) -> Register:
    return Register(
        {requirement.id: requirement}, {framework.id: framework}, {deviation.id: deviation}
    )


def clause(**changes: object) -> Framework:
    return replace(FRAMEWORK, clauses=(replace(CLAUSE, **changes),))  # type: ignore[arg-type]


def test_a_sound_register_has_no_problems() -> None:
    assert problems(register(), {"a-control"}, today=date(2027, 11, 22)) == []


@pytest.mark.requirement("REQ-TEST-1")
@pytest.mark.parametrize(
    ("wrong", "controls", "says"),
    [
        (register(), {"a-control", "b"}, "control b answers no requirement"),
        (register(), set(), "names the control a-control, which the pack does not have"),
        (register(replace(REQUIREMENT, tests=())), None, "names no test as its proof"),
        (register(replace(REQUIREMENT, tests=("x.py::test_x",))), None, "x.py::test_x is no test"),
        (register(replace(REQUIREMENT, tests=(TEST + "x",))), None, "is no test"),
        (register(replace(REQUIREMENT, tests=(TEST, TEST))), None, "tests stands there twice"),
        (register(replace(REQUIREMENT, status="green")), None, "status 'green' is unknown"),
        (register(replace(REQUIREMENT, status="conformance")), None, "rests on conformance alone"),
        (register(replace(REQUIREMENT, status="manual")), None, "say why in reason"),
        (register(replace(REQUIREMENT, nature=("hopeful",))), None, "nature must be of"),
        (register(replace(REQUIREMENT, owner=" ")), None, "owner is empty"),
        (register(replace(REQUIREMENT, id="REQ-A")), None, "no requirement id"),
        (
            Register({"REQ-A-1": replace(REQUIREMENT, status="deviation", reason="x" * 30)}),
            None,
            "no entry of deviations.toml names it",
        ),
        (register(framework=clause(source="Prowler 5.46, checked")), None, "a tool's data"),
        (register(framework=clause(source="")), None, "a tool's data"),
        (register(framework=clause(strength="full")), None, "strength must be one of"),
        (register(framework=clause(requirements=())), None, "is supported by nothing"),
        (register(framework=clause(requirements=("REQ-Z-1",))), None, "names REQ-Z-1"),
        (register(framework=clause(controls=("z",))), {"a-control"}, "names the control z"),
        (register(framework=clause(status="fails")), None, "say in limits"),
        (register(framework=clause(status="green")), None, "status 'green' is unknown"),
        (register(framework=clause(why="The stack meets it.")), None, "claims 'meets'"),
        (register(framework=clause(reader="")), None, "reader is empty"),
        (register(framework=clause(why="It does. And more.")), None, "why must be one sentence"),
        (register(framework=clause(why="It does")), None, "why must be one sentence"),
        (register(deviation=replace(DEVIATION, requirements=("REQ-Z-1",))), None, "REQ-Z-1"),
        (register(deviation=replace(DEVIATION, clauses=("f 9",))), None, "the clause f 9"),
        (register(deviation=replace(DEVIATION, review=date(2028, 1, 1))), None, "12 months"),
        (register(deviation=replace(DEVIATION, review=date(2026, 1, 1))), None, "12 months"),
        (register(deviation=replace(DEVIATION, reason="cost")), None, "reason says too little"),
        (register(deviation=replace(DEVIATION, approver="")), None, "approver"),
    ],
)  # fmt: skip
def test_refuses(wrong: Register, controls: set[str] | None, says: str) -> None:
    found = problems(wrong, controls)
    assert any(says in line for line in found), found


def test_a_deviation_past_its_review_date_is_a_problem() -> None:
    (line,) = problems(register(), today=date(2027, 11, 23))
    assert "was to be reviewed by 2027-11-22" in line


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[requirement]]\nid = 'REQ-A-1'", "title is missing"),
        ("[[requirement]]\nid = 'REQ-A-1'\ncolour = 'red'", "unknown key 'colour'"),
        ("[[requirement]]\nid = 'REQ-A-1'\ncontrols = 'a'", "controls must be a list"),
        ("[[requirements]]\nid = 'REQ-A-1'", "unknown table 'requirements'"),
        ("[[requirement]", "no TOML"),
        (None, "is missing: restore it"),
    ],
)
def test_a_file_that_is_wrong_is_one_line(tmp_path: Path, text: str | None, says: str) -> None:
    (tmp_path / "deviations.toml").write_text("")
    if text is not None:
        (tmp_path / "requirements.toml").write_text(text)
    with pytest.raises(RegisterError) as error:
        load(tmp_path)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_an_id_is_never_reused(tmp_path: Path) -> None:
    (tmp_path / "deviations.toml").write_text("")
    entry = (
        "[[requirement]]\nid='REQ-A-1'\ntitle='t'\nstatus='manual'\nowner='o'\nfrequency='f'\n"
        "nature=['detective']\n"
    )
    (tmp_path / "requirements.toml").write_text(entry * 2)
    with pytest.raises(RegisterError, match="REQ-A-1 stands there twice"):
        load(tmp_path)


def test_a_clause_needs_a_source_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "requirements.toml").write_text("")
    (tmp_path / "deviations.toml").write_text("")
    (tmp_path / "frameworks").mkdir()
    (tmp_path / "frameworks" / "f.toml").write_text(
        "[framework]\nid='f'\n[source.text]\ntext='t'\ndate=2026-01-01\n[[clause]]\nid='1'\nsource='x'\n"
    )
    with pytest.raises(RegisterError, match="clause 1 names the source 'x'"):
        load(tmp_path)
