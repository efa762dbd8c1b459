"""The tests of the deployed stack are awake: changes made by hand turn exactly the right ones red.

A few of them; `python -m compliance_tests.drift` makes them all.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from compliance_tests.drift.run import CHANGES, Noticed, attack

from .checkout import Checkout
from .conftest import Copies

#: One for each line of what the deployed tests must look at.
CHOSEN = {
    "way out of the private subnets",
    "rule opened to everybody",
    "rotation off",
    "stream under the key of aws",
    "backups shortened",
    "failover off",
    "secret open to everybody",
    "name of the vpc removed",
}


def some(copy: Checkout) -> list[Noticed]:
    return attack(copy, [c for c in CHANGES if c.name in CHOSEN], lambda _: None)


@pytest.mark.requirement("REQ-TEST-2")
def test_changes_by_hand_are_noticed(copies: Copies, tell: Callable[[str], None]) -> None:
    seen = copies.result(some)
    assert {n.change.name for n in seen} == CHOSEN
    tell(f"changes made by hand: {sum(n.right for n in seen)} of {len(seen)} noticed")
    wrong = {n.change.name: sorted(n.red) for n in seen if not n.right}
    assert not wrong


def test_every_change_says_who_must_notice() -> None:
    assert len({c.name for c in CHANGES}) == len(CHANGES) >= 60
    assert all(c.noticed for c in CHANGES)
