"""Every control on every one of its scenarios."""

from __future__ import annotations

import pytest
from controls import CONTROLS
from core import Control, Scenario, Verdict
from core.scenarios import run

CASES = [
    pytest.param(control, scenario, id=f"{control.id}: {scenario.name}")
    for control in CONTROLS
    for scenario in control.scenarios
]


@pytest.mark.requirement("REQ-GATE-1")
@pytest.mark.parametrize(("control", "scenario"), CASES)
def test_scenario(control: Control, scenario: Scenario) -> None:
    outcome = run(control, scenario)
    said = "\n".join(outcome.messages) or "(nothing)"
    assert outcome.verdict is scenario.verdict, f"{outcome.verdict}, saying:\n{said}"
    if scenario.says:
        assert scenario.says in said


@pytest.mark.parametrize(("control", "scenario"), CASES)
def test_messages_are_one_line_with_the_remedy(control: Control, scenario: Scenario) -> None:
    for message in run(control, scenario).messages:
        assert "\n" not in message
        assert ". Write: " in message, message
        assert "None" not in message.split(". Write: ")[0], message


def test_no_scenario_is_an_error() -> None:
    """A control that breaks is no verdict that a scenario may ask for."""
    assert not [s.name for c in CONTROLS for s in c.scenarios if s.verdict is Verdict.ERROR]
