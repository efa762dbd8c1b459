"""Each operation of each handler, replaced by one that does nothing, turns its lifecycle red."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from compliance_tests.unit.providers import lifecycle
from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.engine import RpcError, engine_for
from compliance_tests.unit.providers.table import CASES
from compliance_tests.unit.providers.world import World
from sandbox.providers.framework import Clients, Handler, Inputs, Outputs


class Without:
    """A handler with one operation taken away."""

    def __init__(self, handler: Handler, operation: str) -> None:
        self.handler, self.operation = handler, operation

    def create(self, aws: Clients, inputs: Inputs) -> str:
        return "nothing" if self.operation == "create" else self.handler.create(aws, inputs)

    def read(self, aws: Clients, id_: str, inputs: Inputs) -> Outputs | None:
        return {} if self.operation == "read" else self.handler.read(aws, id_, inputs)

    def update(
        self, aws: Clients, id_: str, olds: Outputs, news: Inputs, changed: set[str]
    ) -> None:
        if self.operation != "update":
            self.handler.update(aws, id_, olds, news, changed)

    def delete(self, aws: Clients, id_: str, state: Outputs) -> None:
        if self.operation != "delete":
            self.handler.delete(aws, id_, state)


def survives(case: Case, operation: str, world: World) -> bool:
    """Whether the lifecycle of a case does not notice that an operation does nothing."""
    handler = engine_for(case.token).package.handler(case.token)
    assert handler is not None
    engine = engine_for(case.token, {case.token: Without(handler, operation)})
    try:
        lifecycle.run(case, engine, world)
    except (AssertionError, RpcError, KeyError):
        return False
    return True


MUTANTS = [
    (case, operation)
    for case in CASES
    for operation in case.operations
    # Without a change in place in the table there is no update to lose.
    if operation != "update" or case.update or case.drift
]


@pytest.mark.parametrize(
    ("case", "operation"), MUTANTS, ids=lambda x: x if isinstance(x, str) else x.name
)
def test_the_lifecycle_notices_a_lost_operation(case: Case, operation: str, world: World) -> None:
    assert not survives(case, operation, world), f"nothing tests {operation} of {case.token}"


def test_every_deployable_type_has_a_lifecycle(tell: Callable[[str], None]) -> None:
    tested = {case.token for case in CASES}
    assert tested == set(deployable())
    tell(
        f"provider operations: {len(MUTANTS)} of {len(MUTANTS)} noticed when lost, "
        f"{len(tested)} types"
    )


def deployable() -> list[str]:
    """All resource types that a handler is registered for."""
    import importlib

    from sandbox.providers.aws.package import SERVICES
    from sandbox.providers.random.resources import HANDLERS

    found: list[str] = list(HANDLERS)
    for names in SERVICES.values():
        for name in names:
            module: Any = importlib.import_module(f"sandbox.providers.aws.services.{name}")
            found.extend(module.HANDLERS)
    return found
