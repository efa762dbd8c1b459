"""A deviation past its review date shuts the gate of its stacks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from compliance_tests.register import load
from evidence.model import Outcome
from gate import deviations, reference
from gate.deviations import Deviation
from gate.errors import GateError

from .recorded import judged, recorded

ROOT = Path(__file__).parents[3]
ENTRY = Deviation("DEV-1", "a title", ("sandbox",), "head of compliance", date(2026, 11, 23))
PUBLISHED = {
    "id": "DEV-1",
    "title": "a title",
    "stacks": ["sandbox"],
    "approver": "head of compliance",
    "review": "2026-11-23",
}


def test_on_its_last_day_it_holds_and_the_day_after_it_shuts_the_gate(tmp_path: Path) -> None:
    for at, problems in (("2026-11-23T23:59:59.999Z", 0), ("2026-11-24T00:00:00.000Z", 1)):
        found = judged(
            tmp_path,
            recorded("passing"),
            change=lambda facts, at=at: replace(  # type: ignore[misc]
                facts, stack="sandbox", deviations=(ENTRY,), at=at
            ),
        )
        assert len(found.problems) == problems
        assert found.outcome is (Outcome.NOT_PROVEN if problems else Outcome.PASSED)
    assert "DEV-1 (a title) was to be reviewed by 2026-11-23" in found.problems[0].text
    assert "head of compliance" in found.problems[0].text


def test_another_stacks_deviation_shuts_nothing_here() -> None:
    assert not list(deviations.overdue([ENTRY], "dev", "2030-01-01T00:00:00.000Z"))


def test_the_published_register_holds_every_deviation_as_it_was_written() -> None:
    published = deviations.of(reference.published(ROOT)["deviations"])
    written = load().deviations.values()
    assert [(d.id, d.stacks, d.review) for d in published] == [
        (d.id, d.stacks, d.review) for d in written
    ]
    late = max(d.review for d in written) + timedelta(1)
    for stack in ("sandbox", "dev", "prod"):
        named = {d.id for d in written if stack in d.stacks}
        lines = list(deviations.overdue(published, stack, late.isoformat()))
        assert len(lines) == len(named) > 0


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        {"DEV-1": PUBLISHED},
        [{**PUBLISHED, "review": "soon"}],
        [{k: v for k, v in PUBLISHED.items() if k != "review"}],
        ["DEV-1"],
    ],
    ids=json.dumps,
)
def test_deviations_that_cannot_be_read_are_one_line(wrong: Any) -> None:
    with pytest.raises(GateError, match=r"python -m compliance_tests\.register --write") as error:
        deviations.of(wrong)
    assert "\n" not in str(error.value)
