"""A value is judged the same when the engine marks it as secret, and its text is never told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from controls import CONTROLS
from core import Control, Item, Scenario, SecretText, Value
from core.scenarios import run
from core.values import SecretNumber

CASES = [
    pytest.param(control, scenario, id=f"{control.id}: {scenario.name}")
    for control in CONTROLS
    for scenario in control.scenarios
]


def marked(value: Value) -> Value:
    """The value as a program gives it by pulumi.Output.secret, every leaf of it."""
    if isinstance(value, SecretText | SecretNumber | bool):
        return value
    if isinstance(value, str):
        return SecretText(value)
    if isinstance(value, int | float):
        return SecretNumber(value)
    if isinstance(value, Mapping):
        return {key: marked(item) for key, item in value.items()}
    return [marked(item) for item in value] if isinstance(value, list | tuple) else value


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
