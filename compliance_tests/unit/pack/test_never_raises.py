"""Whatever the engine sends, every control answers with a verdict and printable messages."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import NoReturn

import pytest
from controls import CONTROLS
from core import (
    UNKNOWN,
    Control,
    Item,
    Malformed,
    Props,
    Resource,
    Scenario,
    Settings,
    Stack,
    Undecided,
    Value,
    Verdict,
)
from core.evaluate import Decision, decide, decide_stack
from core.replay import Replay
from core.scenarios import build
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2 as pb

from compliance_tests.unit.pack.shapes import (
    HOLD_JSON,
    KEYS,
    PARAMS,
    TOLD_PROVIDER,
    WRONG,
    documents,
    items,
    paths,
    put,
    values,
)

SETTINGS = Settings(stack="test", project="p", suffix="test")
RESOURCE = [c for c in CONTROLS if c.check]
STACK = [c for c in CONTROLS if c.stack_check]
FEW = settings(max_examples=60, suppress_health_check=list(HealthCheck))


def assert_answered(control: Control, decision: Decision) -> None:
    assert decision.verdict in Verdict
    broke = [m for m in decision.messages if m.startswith("[error] ")]
    assert not broke, f"{control.id}: {broke}"
    assert all(m.isprintable() and m for m in decision.messages)


def assert_all_answered(control: Control, resources: list[Resource], scenario: Scenario) -> None:
    stack = Stack(resources)
    for resource in resources:
        assert_answered(control, decide(control, resource, scenario.settings, stack))


def crashing(control: Control) -> Control:
    """The control with a check that breaks, and would tell a secret."""

    def crash(*_: object) -> NoReturn:
        raise RuntimeError("the password is hunter2")

    if control.check:
        return replace(control, check=crash)
    suspects = None if control.stack_suspects is None else crash
    return replace(control, stack_check=crash, stack_suspects=suspects)


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


@pytest.mark.parametrize("control", CONTROLS, ids=lambda c: c.id)
def test_every_property_of_the_scenarios_in_every_wrong_shape(control: Control) -> None:
    """Each property that a scenario writes, at any depth and in any resource beside the subject."""
    seen = set()
    for scenario in control.scenarios:
        for place, item in enumerate(scenario.items):
            for path in paths(dict(item.props)):
                if (item.type, plain := tuple(p for p in path if isinstance(p, str))) in seen:
                    continue
                seen.add((item.type, plain))
                for value in WRONG:
                    spoiled = list(scenario.items)
                    spoiled[place] = replace(item, props=put(dict(item.props), path, value))
                    assert_all_answered(control, build(spoiled, scenario.settings), scenario)


@FEW
@given(document=documents, data=st.data())
def test_documents_of_any_shape(document: str, data: st.DataObject) -> None:
    """JSON that is no policy, in every property that holds JSON in some scenario."""
    for control, scenario, place, key in data.draw(st.sampled_from(HOLD_JSON)):
        spoiled = list(scenario.items)
        item = spoiled[place]
        spoiled[place] = replace(item, props={**item.props, key: document})
        assert_all_answered(control, build(spoiled, scenario.settings), scenario)


@FEW
@given(
    found=st.lists(items, min_size=1, max_size=4),
    told=st.dictionaries(st.sampled_from(TOLD_PROVIDER), st.one_of(values, documents), max_size=3),
    ignored=st.lists(st.text(max_size=6), max_size=3).map(tuple),
    config=st.builds(
        Settings,
        stack=st.text(max_size=3),
        profile=st.sampled_from(("baseline", "production", "")),
        suffix=st.one_of(st.none(), st.text(max_size=4)),
        allowed_regions=st.lists(st.text(max_size=4), max_size=2).map(tuple),
        external_keys=st.lists(st.text(max_size=4), max_size=2).map(tuple),
        params=st.dictionaries(st.sampled_from(PARAMS), values, max_size=4),
    ),
)
def test_providers_options_and_settings_of_any_shape(
    found: list[Item],
    told: dict[str, Value],
    ignored: tuple[str, ...],
    config: Settings,
) -> None:
    spoiled = [replace(i, provider_props=told, ignore_changes=ignored) for i in found]
    resources = build(spoiled, config)
    nowhere = dict.fromkeys(KEYS[::7], ("urn:nowhere", "", resources[0].urn))
    resources[0] = replace(
        resources[0], inputs=None, property_dependencies=nowhere, dependencies=("",)
    )
    stack = Stack(resources)
    for control in CONTROLS:
        for resource in resources:
            assert_answered(control, decide(control, resource, config, stack))


@settings(parent=FEW, max_examples=40)
@given(found=st.lists(items, min_size=1, max_size=4))
def test_the_servicer_answers_for_every_control(found: list[Item]) -> None:
    """The same over the wire, as the engine sends it, in both phases."""
    settings = replace(SETTINGS, profile="production")
    pack = Replay(CONTROLS, settings)
    resources = build(found, settings)
    answers = [("resource", pack.analyze(r)) for r in resources]
    answers.append(("stack", pack.analyze_stack(resources)))
    for kind, answer in answers:
        told = answer.passed | answer.failed | set(answer.not_applicable)
        on = {c.id for c in CONTROLS if c.kind == kind and pack.levels[c.id] != pb.DISABLED}
        assert told == on
        assert not [d.message for d in answer.diagnostics if d.message.startswith("[error] ")]


@pytest.mark.parametrize("stock", [False, True], ids=["ours", "stock"])
def test_the_servicer_makes_a_crash_of_any_control_an_error(stock: bool) -> None:
    """Of both kinds: a violation that blocks, whatever the level, and never the secret's text."""
    pack = Replay([crashing(c) for c in CONTROLS], SETTINGS, stock)
    kinds = sorted(
        {next(s for s in (*c.subjects, "aws:kms/key:Key") if s != "*") for c in CONTROLS}
    )
    resources = build([Item(kind, f"r{i}") for i, kind in enumerate(kinds)], SETTINGS)
    answers = [*map(pack.analyze, resources), pack.analyze_stack(resources)]
    for control in CONTROLS:
        if pack.levels[control.id] == pb.DISABLED:
            continue
        said = [d for a in answers for d in a.diagnostics if d.policyName == control.id]
        assert said, control.id
        for diagnostic in said:
            assert diagnostic.message.startswith("[error] the control itself broke (RuntimeError")
            assert "hunter2" not in diagnostic.message
            assert diagnostic.enforcementLevel == pb.MANDATORY
        broken = [a for a in answers if control.id in a.failed]
        assert {a.verdict(control) for a in broken} == {Verdict.ERROR}


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
    broken = crashing(control)
    kind = control.subjects[0] if control.subjects[0] != "*" else "aws:kms/key:Key"
    [resource] = build([Item(kind, "x", {"a": UNKNOWN})], SETTINGS)
    decision = decide(broken, resource, SETTINGS, Stack([resource]))
    assert decision.verdict is Verdict.ERROR
    assert "RuntimeError" in decision.messages[0]
    assert "hunter2" not in decision.messages[0]
