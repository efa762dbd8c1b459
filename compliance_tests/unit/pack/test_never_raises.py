"""Whatever the engine sends, every control answers with a verdict and printable messages."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest
from controls import CONTROLS
from core import (
    UNKNOWN,
    Control,
    Item,
    Malformed,
    Props,
    Settings,
    Stack,
    Undecided,
    Value,
    Verdict,
)
from core.evaluate import Decision, decide, decide_stack
from core.scenarios import build
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance_tests.unit.pack.shapes import KEYS, items, values

SETTINGS = Settings(stack="test", project="p", suffix="test")
RESOURCE = [c for c in CONTROLS if c.check]
STACK = [c for c in CONTROLS if c.stack_check]
FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def assert_answered(control: Control, decision: Decision) -> None:
    assert decision.verdict in Verdict
    broke = [m for m in decision.messages if m.startswith("[error] ")]
    assert not broke, f"{control.id}: {broke}"
    assert all(m.isprintable() and m for m in decision.messages)


@FEW
@given(item=items)
def test_resource_controls_answer_on_any_resource(item: Item) -> None:
    for control in RESOURCE:
        for kind in {item.type, *[s for s in control.subjects if s != "*"]}:
            [resource] = build([replace(item, type=kind)], SETTINGS)
            assert_answered(control, decide(control, resource, SETTINGS))


@FEW
@given(found=st.lists(items, max_size=6))
def test_stack_controls_answer_on_any_stack(found: list[Item]) -> None:
    stack = Stack(build(found, SETTINGS))
    for control in STACK:
        for decision in decide_stack(control, stack, SETTINGS):
            assert_answered(control, decision)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda c: c.id)
@settings(parent=FEW, max_examples=25)
@given(data=st.data())
def test_scenarios_with_one_value_replaced(control: Control, data: st.DataObject) -> None:
    """Nearer to the mark: a scenario's own items, one value made anything."""
    scenario = data.draw(st.sampled_from(control.scenarios))
    if not scenario.items:
        return
    spoiled = list(scenario.items)
    place = data.draw(st.integers(0, len(spoiled) - 1))
    key = data.draw(st.sampled_from((*spoiled[place].props, *KEYS)))
    value = data.draw(values)
    spoiled[place] = replace(spoiled[place], props={**spoiled[place].props, key: value})
    resources = build(spoiled, scenario.settings)
    stack = Stack(resources)
    for resource in resources:
        assert_answered(control, decide(control, resource, scenario.settings, stack))


@settings(parent=FEW, max_examples=300)
@given(value=values)
def test_props_raise_nothing_but_their_own(value: Value) -> None:
    props = Props({"a": value})
    for read in (props.text, props.number, props.flag, props.items, props.texts, props.block):
        with contextlib.suppress(Undecided, Malformed):
            read("a")
    with contextlib.suppress(Undecided, Malformed):
        list(props.blocks("a"))
    assert props.known("a") in (True, False)
    assert props.show("a").isprintable()


@pytest.mark.parametrize("control", CONTROLS, ids=lambda c: c.id)
def test_a_crash_is_an_error_and_never_a_pass(control: Control) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("the password is hunter2")

    broken = (
        replace(control, check=crash) if control.check else replace(control, stack_check=crash)  # type: ignore[arg-type]
    )
    kind = control.subjects[0] if control.subjects[0] != "*" else "aws:kms/key:Key"
    [resource] = build([Item(kind, "x", {"a": UNKNOWN})], SETTINGS)
    decision = decide(broken, resource, SETTINGS, Stack([resource]))
    assert decision.verdict is Verdict.ERROR
    assert "RuntimeError" in decision.messages[0]
    assert "hunter2" not in decision.messages[0]
