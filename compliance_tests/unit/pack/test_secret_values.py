"""A value is judged the same when the engine marks it as secret, and its text is never told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from controls import CONTROLS
from core import Control, Item, Scenario
from core.scenarios import run

from compliance_tests.attack.secret import marked

CASES = [
    pytest.param(control, scenario, id=f"{control.id}: {scenario.name}")
    for control in CONTROLS
    for scenario in control.scenarios
    # to be a secret is all that these ask
    if "in clear in" not in scenario.says
]


def hidden(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(
        replace(
            item,
            props={key: marked(value) for key, value in item.props.items()},
            outputs={key: marked(value) for key, value in item.outputs.items()},
        )
        for item in items
    )


@pytest.mark.parametrize(("control", "scenario"), CASES)
def test_a_secret_is_judged_as_what_it_is(control: Control, scenario: Scenario) -> None:
    outcome = run(control, replace(scenario, items=hidden(scenario.items)))
    assert outcome.verdict is scenario.verdict, "\n".join(outcome.messages)
