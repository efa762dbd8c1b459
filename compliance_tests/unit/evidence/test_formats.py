"""What is drawn from evidence: complete, no wider than asked, harmless whatever the names are."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.formats import escape, markdown, matrix, terminal
from evidence.model import (
    Assurance,
    Evidence,
    Outcome,
    Problem,
    Stage,
    Subject,
    Verdict,
)

from . import sample

HOSTILE = [
    "a|b",
    "`code`",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "![x](http://x.test/i.png)",
    "@everyone",
    "line\nbreak\r\n# heading",
    "\x1b[31mred\x1b]0;title\x07",
    "right\u202eleft",
    "zero\u200bwidth",
    "\u0000null",
    "宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽宽",
    "x" * 500,
]


def with_name(text: str) -> Evidence:
    made = sample.failing()
    bad = replace(
        made.records[0], message=text, subject=Subject(urn=text, name=text), observed={text: text}
    )
    return replace(
        made,
        controls=(sample.control(verdict=Verdict.FAILED, reasons=(text,), statement=text),),
        records=(bad,),
        problems=(Problem(Outcome.VIOLATIONS, text),),
        outside=(Subject(urn=text, name=text, type=text),),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_does_nothing_in_a_terminal(text: str) -> None:
    drawn = terminal.render(with_name(text), columns=80)
    assert "\x1b" not in drawn
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\u200b]", drawn)
    assert all(escape.width(line) <= 80 for line in drawn.splitlines())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_does_nothing_in_markdown(text: str) -> None:
    plain = markdown.render(with_name("harmless"))
    drawn = markdown.render(with_name(text))
    assert len(drawn.splitlines()) == len(plain.splitlines())
    assert "<script" not in drawn
    assert "](" not in drawn
    assert "\x1b" not in drawn
    for ours, theirs in zip(plain.splitlines(), drawn.splitlines(), strict=True):
        assert ours.count("|") == theirs.count("|")


@given(st.text(max_size=60))
@settings(max_examples=150)
def test_any_text_stays_in_its_cell(text: str) -> None:
    assert "|" not in escape.markdown(text)
    assert "\n" not in escape.code(text)
    assert "|" not in escape.code(text)
    assert escape.width(escape.fit(escape.line(text), 10)) <= 10


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 100, 200])
def test_the_table_is_no_wider_than_the_terminal(columns: int) -> None:
    long = sample.control(id="a-control-with-a-very-long-name-indeed-and-more-of-it")
    made = replace(sample.failing(), controls=(long, sample.control()))
    for line in terminal.render(made, columns).splitlines():
        assert escape.width(line) <= columns


def test_colours_only_where_asked() -> None:
    assert "\x1b[" not in terminal.render(sample.failing(), colour=False)
    coloured = terminal.render(sample.failing(), colour=True)
    assert terminal.RED in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured) == terminal.render(sample.failing())


def test_the_table_has_every_control_with_verdict_and_subjects() -> None:
    drawn = terminal.render(sample.evidence())
    assert re.search(r"^key-rotation +passed +1$", drawn, flags=re.MULTILINE)
    assert "verdict: passed as planned (exit 0)" in drawn
    assert "EMULATED" in drawn


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_word_a_colour_and_a_mark(verdict: Verdict) -> None:
    made = replace(sample.failing(), controls=(sample.control(verdict=verdict),))
    assert terminal.render(made, colour=True)
    assert markdown.render(made)


def test_the_markdown_names_control_resource_and_remedy() -> None:
    drawn = markdown.render(sample.failing())
    assert "`key-rotation` | **FAILED**" in drawn
    assert sample.URN in drawn
    assert "enable_key_rotation=True" in drawn
    assert "It says nothing about an AWS account" in drawn


def test_a_real_run_is_not_called_emulated() -> None:
    live = Assurance.LIVE
    made = sample.evidence(run=sample.run(assurance=live), records=())
    assert "Emulated" not in markdown.render(made)
    assert "EMULATED" not in terminal.render(made)


def test_the_matrix_says_what_has_no_proof() -> None:
    stages = (sample.evidence(), None, None)
    drawn = matrix.terminal(stages, Assurance.EMULATED, 100, colour=False)
    assert "emulated" in drawn.splitlines()[0]
    assert "live" not in drawn.splitlines()[0]
    assert drawn.splitlines()[1].count(matrix.NO_PROOF) == 2
    text = matrix.markdown("sandbox", stages, Assurance.EMULATED, ["x: the file is gone"])
    assert "the file is gone" in text
    assert "no proof yet" in text


def test_the_matrix_calls_a_real_answer_live() -> None:
    assert matrix.headings(Assurance.LIVE) == ("planned", "deployed", "live")


def test_the_worst_stage_stands_for_a_requirement() -> None:
    planned = sample.evidence()
    bad = replace(planned.requirements[0], verdict=Verdict.FAILED, reasons=("it is off",))
    lived = replace(planned, run=sample.run(stage=Stage.LIVE), requirements=(bad,))
    text = matrix.markdown("sandbox", (planned, None, lived), Assurance.EMULATED)
    row = next(line for line in text.splitlines() if line.startswith("| `REQ-KMS-2`"))
    assert row.count("**FAILED**") == 2


@pytest.mark.parametrize("columns", [30, 40, 56, 57, 60, 80, 200])
@pytest.mark.parametrize("colour", [True, False])
def test_the_matrix_is_no_wider_than_the_terminal(columns: int, colour: bool) -> None:
    long = sample.control(id="a-control-with-a-very-long-name-indeed-and-more-of-it")
    made = sample.evidence(controls=(long, sample.control(verdict=Verdict.NOT_EVALUATED)))
    drawn = matrix.terminal((made, None, made), Assurance.EMULATED, columns, colour)
    for text in re.sub(r"\x1b\[\d+m", "", drawn).splitlines():
        assert escape.width(text) <= columns
    assert "key-rotation" in drawn
