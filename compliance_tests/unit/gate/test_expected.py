"""What the shipped stack must contain: each resource of its plan taken away in turn is missed.

fixtures/shipped.json is the shipped stack's plan as the engine's events named it, cut down to what
tells one resource from another.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from gate import expected
from gate.events import Planned

from .recorded import FIXTURES

SHIPPED: dict[str, Any] = json.loads((FIXTURES / "shipped.json").read_text(encoding="utf-8"))
RESOURCES = {
    urn: Planned(urn, r["type"], ("create",), custom=True, inputs=r["inputs"])
    for urn, r in SHIPPED["resources"].items()
}
OUTPUTS = frozenset(SHIPPED["outputs"])


def missed(resources: dict[str, Planned], outputs: frozenset[str] = OUTPUTS) -> list[str]:
    found = expected.shortages(expected.table(), resources.values(), outputs, "sandbox")
    return [line for _, line in found]


def test_the_shipped_plan_has_everything() -> None:
    assert missed(RESOURCES) == []


@pytest.mark.parametrize("urn", RESOURCES, ids=[r.name for r in RESOURCES.values()])
def test_each_resource_is_missed(urn: str) -> None:
    left = {u: r for u, r in RESOURCES.items() if u != urn}
    lines = missed(left)
    assert lines
    assert all(line.startswith("REQ-") and RESOURCES[urn].type in line for line in lines)


@pytest.mark.parametrize("urn", RESOURCES, ids=[r.name for r in RESOURCES.values()])
def test_a_resource_that_goes_is_missed(urn: str) -> None:
    gone = RESOURCES[urn]
    left = RESOURCES | {urn: Planned(urn, gone.type, ("delete",), custom=True, inputs=gone.inputs)}
    assert missed(left)


@pytest.mark.parametrize("urn", RESOURCES, ids=[r.name for r in RESOURCES.values()])
def test_a_resource_that_is_only_read_is_missed(urn: str) -> None:
    own = RESOURCES[urn]
    left = RESOURCES | {urn: Planned(urn, own.type, ("read",), custom=True, inputs=own.inputs)}
    assert missed(left)


def required_outputs() -> list[str]:
    return [name for names in expected.table().outputs.values() for name in names]


@pytest.mark.parametrize("name", required_outputs())
def test_each_output_is_missed(name: str) -> None:
    (line,) = missed(RESOURCES, OUTPUTS - {name})
    assert line == f"REQ-OUT-1 needs the output {name}, the plan has none"


def test_a_suffix_is_no_pattern() -> None:
    need = expected.Need("REQ-X", "t", 1, "x", {"name": "stream-{suffix}"})
    planned = Planned("urn", "t", ("create",), custom=True, inputs={"name": "stream-abc"})
    assert not need.matches(planned, "*")
    assert not need.matches(planned, "ab")
    assert need.matches(planned, "abc")
    some = expected.Need("REQ-X", "t", 1, "x", {"name": "*-{suffix}"})
    assert some.matches(planned, "abc")
    assert not some.matches(planned, "*")


def test_numbers_are_compared_as_written() -> None:
    need = expected.Need("REQ-X", "t", 1, "x", {"length": "32"})
    for length, fits in ((32, True), (32.0, True), (31, False), (True, False)):
        planned = Planned("urn", "t", ("create",), custom=True, inputs={"length": length})
        assert need.matches(planned, "x") is fits
