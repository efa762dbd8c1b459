"""What every handler must do: the whole life of a resource, checked from outside at each step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.engine import DEFAULT_TAGS, Engine
from compliance_tests.unit.providers.world import World
from sandbox.providers.aws.package import AwsPackage
from sandbox.providers.comparing import equal
from sandbox.providers.framework import TypeRule
from sandbox.providers.schema import type_schema
from sandbox.providers.values import UNKNOWN, without_defaults

State = dict[str, Any]


def run(case: Case, engine: Engine, world: World) -> None:
    """Live through a case; AssertionError at the first thing that is not as it must be."""
    news = case.inputs(world)
    inputs, mistakes = engine.check(case.token, news)
    assert not mistakes, mistakes
    previewed(case, engine, inputs)
    id_, state = engine.create(case.token, inputs)
    assert id_, "created without an id"
    assert state["id"] == id_
    holds(case, world, id_, state, inputs)
    settled(case, engine, id_, state, inputs)
    imported(case, engine, id_, state, inputs)
    if case.update is not None:
        inputs, state = updated(case, engine, world, id_, state, news, inputs)
    if case.replace is not None:
        other, mistakes = engine.check(case.token, {**news, **case.replace(world)}, inputs)
        assert not mistakes, mistakes
        found = engine.diff(case.token, id_, state, other)
        assert found.replaces == set(case.replace(world)), found
    if case.drift is not None:
        state = drifted(case, engine, world, id_, state, inputs)
    deleted(case, engine, world, id_, state, inputs)


def previewed(case: Case, engine: Engine, inputs: State) -> None:
    """The plan has the inputs, and unknown is what AWS computes."""
    planned = engine.preview(case.token, inputs)
    assert planned["id"] == UNKNOWN
    for name, value in without_defaults(inputs).items():
        assert planned.get(name) == value or name.endswith("Wo"), name
    assert planned.keys() == type_schema(case.token).outputs.keys() | {"id"}


def settled(case: Case, engine: Engine, id_: str, state: State, inputs: State) -> None:
    """Nothing differs right after a step, and a refresh finds what the step left."""
    assert not engine.diff(case.token, id_, state, inputs).changes, engine.diff(
        case.token, id_, state, inputs
    )
    again, refreshed, fresh = engine.read(case.token, id_, state, inputs)
    assert again == id_
    assert refreshed == state, {
        key: (state.get(key), refreshed.get(key))
        for key in state
        if state.get(key) != refreshed.get(key)
    }
    assert fresh == inputs


def imported(case: Case, engine: Engine, id_: str, state: State, inputs: State) -> None:
    """Read with nothing but an id finds the resource, and the program's inputs match it."""
    found, outputs, _ = engine.read(case.token, case.import_id(id_, state))
    assert found == case.imports_as(id_, state), found
    paths = engine.diff(case.token, id_, outputs, inputs).diffs - set(case.not_imported)
    assert not paths, {path: (outputs.get(path), inputs.get(path)) for path in paths}


def updated(
    case: Case, engine: Engine, world: World, id_: str, state: State, news: State, inputs: State
) -> tuple[State, State]:
    """A change in place shows as just that change, and is there afterwards."""
    assert case.update is not None
    change = case.update(world)
    changed, mistakes = engine.check(case.token, {**news, **change}, inputs)
    assert not mistakes, mistakes
    found = engine.diff(case.token, id_, state, changed)
    assert found.diffs - {"tagsAll"} == set(change), found
    assert not found.replaces, found
    planned = engine.update(case.token, id_, state, changed, preview=True)
    assert planned["id"] == id_
    after = engine.update(case.token, id_, state, changed)
    holds(case, world, id_, after, changed)
    settled(case, engine, id_, after, changed)
    return changed, after


def drifted(
    case: Case, engine: Engine, world: World, id_: str, state: State, inputs: State
) -> State:
    """A refresh shows a change made behind the provider's back, and an update undoes it."""
    assert case.drift is not None
    case.drift(world, id_, state)
    found, refreshed, fresh = engine.read(case.token, id_, state, inputs)
    assert found == id_
    assert refreshed[case.drifts] != state[case.drifts], f"the drift of {case.drifts} does not show"
    assert case.drifts in engine.diff(case.token, id_, refreshed, inputs).diffs
    assert fresh.get(case.drifts) != inputs.get(case.drifts)
    if engine.diff(case.token, id_, refreshed, inputs).replaces:
        return refreshed
    after = engine.update(case.token, id_, refreshed, inputs)
    holds(case, world, id_, after, inputs)
    return after


def deleted(
    case: Case, engine: Engine, world: World, id_: str, state: State, inputs: State
) -> None:
    """Deleted is gone from the cloud; deleting twice is fine; a refresh says it is gone."""
    engine.delete(case.token, id_, state)
    if case.removable:
        assert case.view(world, id_, state) is None, "deleted, but still there"
        engine.delete(case.token, id_, state)
        found = engine.read(case.token, id_, state, inputs)[0]
        assert found == "" or case.leaves_another, "gone, but a refresh still finds it"


def holds(
    case: Case, world: World, id_: str, state: Mapping[str, Any], inputs: Mapping[str, Any]
) -> None:
    """The cloud, asked without the handler, has what the inputs say; so have the outputs."""
    seen = case.view(world, id_, state)
    assert seen is not None, "created, but not in the cloud"
    assert seen, "the view looks at nothing"
    rule = AwsPackage().rule(case.token) if case.token.startswith("aws:") else TypeRule()
    wanted = without_defaults(dict(inputs))
    for name, value in seen.items():
        if name == "tags":
            assert value == {**DEFAULT_TAGS, **(wanted.get("tags") or {})}, value
        else:
            assert equal(value, wanted.get(name), rule, name), (
                f"{name}: {value} in the cloud, {wanted.get(name)} wanted"
            )
    for name, value in wanted.items():
        assert equal(state.get(name), value, rule, name) or name.endswith("Wo"), (
            f"{name}: {state.get(name)} in the outputs"
        )
