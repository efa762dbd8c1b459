"""What a control tells to write, and what a control may be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from controls.aurora_backups import CLUSTER, CONTROL, INSTANCE
from core import Finding, Item, Verdict, accepts

REMEDIES = {
    "byProperty": "by its first name",
    f"{CLUSTER} byProperty": "by type and property",
    "last": "by its last name",
    CLUSTER: "by type",
}


@pytest.mark.parametrize(
    ("type_", "property_", "told"),
    [
        (CLUSTER, "byProperty", "by type and property"),
        (CLUSTER, "byProperty[0].last", "by type and property"),
        (CLUSTER, "byProperty statement 1", "by type and property"),
        (INSTANCE, "byProperty[0].other.deep", "by its first name"),
        (INSTANCE, "byProperty.last", "by its first name"),
        (INSTANCE, "other.last", "by its last name"),
        (INSTANCE, "other[0].deep.last[12]", "by its last name"),
        (CLUSTER, "other.last", "by its last name"),
        (CLUSTER, "other", "by type"),
        (CLUSTER, "", "by type"),
        (INSTANCE, "other", "the remediation"),
        (INSTANCE, "lasting", "the remediation"),
    ],
)
def test_the_remedy_that_speaks_most_exactly(type_: str, property_: str, told: str) -> None:
    control = replace(CONTROL, remediation="the remediation", remedies=REMEDIES)
    assert control.remedy(type_, Finding("x", property_)) == told
    assert control.remedy(type_, Finding("x", property_, "its own")) == "its own"


def test_it_decides_in_one_way_exactly() -> None:
    def decide(*_: object) -> tuple[Finding, ...]:
        return ()

    for checks in ({"check": None}, {"check": decide, "stack_check": decide}):
        with pytest.raises(ValueError, match="aurora-backups: exactly one of"):
            replace(CONTROL, **checks)


def test_the_settings_of_a_scenario_that_says_none() -> None:
    example = accepts("x", Item(CLUSTER, "db"))
    assert (example.settings.stack, example.settings.suffix) == ("test", "test")
    assert (example.verdict, example.says) == (Verdict.PASSED, "")
