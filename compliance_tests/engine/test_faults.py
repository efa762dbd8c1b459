"""Some of what can go wrong around the gate; `make faults` makes all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from compliance_tests.faults.fault import Fault, Seen
from compliance_tests.faults.place import Place
from compliance_tests.faults.run import FAULTS, seen

from .checkout import Checkout
from .conftest import Copies

QUICK = [f for f in FAULTS if f.quick]


@dataclass(frozen=True)
class Made:
    """One fault on a copy of its own."""

    fault: Fault

    def __call__(self, copy: Checkout) -> Seen:
        return seen(Place(copy), self.fault)


@pytest.mark.parametrize(
    "case", [Made(f) for f in QUICK], ids=lambda c: f"{c.fault.group}: {c.fault.name}"
)
def test_the_gate_stays_shut(copies: Copies, case: Made) -> None:
    found = copies.result(case)
    assert not found.wrong, f"{found.wrong}\n{found.text}"


def test_there_are_enough_of_them(tell: Callable[[str], None]) -> None:
    tell(f"faults: {len(QUICK)} of {len(FAULTS)} made here, make faults makes all")
    assert len({(f.group, f.name) for f in FAULTS}) == len(FAULTS) >= 80
    assert {f.group for f in QUICK} >= {"The pack", "Disk and files", "The verdict", "A real stack"}
