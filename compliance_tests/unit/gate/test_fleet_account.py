"""The pack's account of one state of a fleet, which is shorter than a trace, as the gate reads it;
and the population of every control counted with one look at each resource.
"""

from __future__ import annotations

from typing import Any

import pytest

from evidence.model import Verdict
from gate import population, trace
from gate.events import Planned

A, B, C = "aws:x/a:A", "aws:x/b:B", "aws:x/c:C"
HEADER = {
    "pack": "p",
    "controls": [
        {"id": "one", "kind": "resource", "level": "mandatory"},
        {"id": "all", "kind": "stack", "level": "advisory"},
    ],
}


def account(**given: Any) -> dict[str, Any]:
    return {
        "header": HEADER, "resources": [["urn:a", A], ["urn:b", B], ["urn:a", A]],
        "analyze": {}, "stack": {}, "idle": {}, **given,
    }  # fmt: skip


def test_a_number_passed_and_the_rest_is_as_said() -> None:
    said = [1, "not_applicable", "graph", "a replica", ["m"], {"p": "unknown"}]
    found = trace.of_answer(account(analyze={"one": [0]}, stack={"all": [said]}))
    assert found.header is HEADER
    assert found.faults == ()
    assert found.decisions["one", "urn:a"] == trace.Decision(
        "one", "urn:a", A, Verdict.PASSED, "mandatory", by="value"
    )
    assert found.decisions["all", "urn:b"] == trace.Decision(
        "all", "urn:b", B, Verdict.NOT_APPLICABLE, "advisory", ("m",), "a replica",
        {"p": "unknown"}, "graph",
    )  # fmt: skip
    assert len(found.decisions) == 2


def test_of_two_resources_of_one_urn_the_worst_stands() -> None:
    for order in (
        [0, [2, "failed", "value", "", ["m"], {}]],
        [[2, "failed", "", "", ["m"], {}], 0],
    ):
        found = trace.of_answer(account(analyze={"one": order}))
        assert found.decisions["one", "urn:a"].verdict is Verdict.FAILED
        assert found.decisions["one", "urn:a"].messages == ("m",)


@pytest.mark.parametrize("said", [{"analyze": {"all": [0]}}, {"stack": {"one": [0]}}])
def test_the_phase_of_another_kind_is_a_fault(said: dict[str, Any]) -> None:
    found = trace.of_answer(account(**said))
    assert "in the phase of another kind" in found.faults[0]
    assert not found.decisions


def test_who_had_no_subject_is_idle() -> None:
    assert trace.of_answer(account(idle={"all": "none"})).idle == {"all": "none"}


def planned(type_: str, name: str, op: str = "same", custom: bool = True) -> Planned:
    return Planned(f"urn:pulumi:s::p::{type_}::{name}", type_, (op,), custom)


RESOURCES = (
    planned(A, "1"), planned(B, "2"), planned(A, "3"), planned(A, "4", "delete"), planned(C, "5"),
    planned("pulumi:providers:aws", "6"), planned(A, "7", custom=False), planned(B, "8", "read"),
    planned(A, "9", "create"),
)  # fmt: skip


@pytest.mark.parametrize(
    "types", [(A,), (B, A), (A, B), (A, A), (C, B, A), ("none",), (), ("*",), (A, "*")]
)
def test_a_census_counts_as_one_rule_counts_in_the_order_of_the_plan(
    types: tuple[str, ...],
) -> None:
    rule = population.Rule("resource", types)
    found = population.Census(RESOURCES).of(rule)
    assert found == [r for r in RESOURCES if rule.counts(r)]
