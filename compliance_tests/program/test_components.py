"""Each component matters: emptied, at least one check of the program fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import components
import pulumi
import pytest

from compliance_tests.program.checks import CHECKS, private_endpoints
from compliance_tests.program.recorded import Program, run

COMPONENTS = sorted(
    name
    for name in components.__all__
    if isinstance(getattr(components, name), type)
    and issubclass(getattr(components, name), pulumi.ComponentResource)
)


class Ghost(pulumi.ComponentResource):
    """Stands for a resource that is not made; its outputs are texts that fit nowhere."""

    def __getattr__(self, name: str) -> pulumi.Output[str]:
        if name.startswith("_"):
            raise AttributeError(name)
        return pulumi.Output.from_input("<nothing>")


def emptied(component: type[pulumi.ComponentResource]) -> type[pulumi.ComponentResource]:
    """A component with the same attributes that registers none of its resources."""
    annotations = component.__annotations__

    def init(self: Any, name: str, args: object, opts: object = None) -> None:
        pulumi.ComponentResource.__init__(self, "tests:index:Empty", name)
        for attribute, hint in annotations.items():
            stand_in: object = Ghost("tests:index:Ghost", f"{name}-{attribute}")
            setattr(self, attribute, [] if hint.startswith("list[") else stand_in)

    return type(component.__name__, (pulumi.ComponentResource,), {"__init__": init})


def failing(program: Program, checks: tuple[Callable[[Program], None], ...] = CHECKS) -> list[str]:
    """The checks that do not hold."""
    failed = []
    for check in checks:
        try:
            check(program)
        except AssertionError:
            failed.append(check.__name__)
    return failed


def test_every_emptied_component_fails_a_check(
    monkeypatch: pytest.MonkeyPatch, tell: Callable[[str], None]
) -> None:
    assert len(COMPONENTS) == 10
    for name in COMPONENTS:
        # the endpoints are an option: off, they are no part of the shipped stack
        option = name == "Endpoints"
        config = {"privateEndpoints": "true"} if option else {}
        checks = (private_endpoints,) if option else CHECKS
        assert not failing(run(config), checks)
        with monkeypatch.context() as patch:
            patch.setattr(components, name, emptied(getattr(components, name)))
            empty = run(config)
        assert failing(empty, checks), f"{name} registers nothing and no check fails"
    count = len(COMPONENTS)
    tell(f"components replaced by empty ones: {count} of {count} turn a check red")


def test_every_left_out_resource_fails_a_check(
    shipped: Program, tell: Callable[[str], None]
) -> None:
    names = [each.name for each in shipped.custom()]
    for left_out in names:
        rest = [each for each in shipped.resources if each.name != left_out]
        assert failing(Program(rest, shipped.outputs, shipped.log)), left_out
    tell(f"resources left out of the program: {len(names)} of {len(names)} turn a check red")
