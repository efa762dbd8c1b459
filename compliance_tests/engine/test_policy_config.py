"""A policy config that weakens the pack: the engine takes it without a word, the gate does not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from .checkout import Checkout, Ran
from .conftest import Copies

NOT_PROVEN = 2


@dataclass(frozen=True)
class Config:
    """A policy config, and a control that the gate must name."""

    name: str
    config: dict[str, Any]
    control: str

    def __call__(self, copy: Checkout) -> Ran:
        """The gated preview with the config."""
        file = copy.root / f"{self.name.replace(' ', '-')}.json"
        file.write_text(json.dumps(self.config), encoding="utf-8")
        rest = ("--", "--policy-pack-config", file.name)
        return copy.python("-m", "gate", "preview", *rest)


WEAKER = (
    Config("all disabled", {"all": "disabled"}, "database-customer-key"),
    Config("all advisory", {"all": "advisory"}, "database-customer-key"),
    Config("one disabled", {"aurora-backups": "disabled"}, "aurora-backups"),
    Config(
        "a stack control advisory",
        {"store-private-subnets": {"enforcementLevel": "advisory"}},
        "store-private-subnets",
    ),
)
LOOSER = Config("threshold below the limit", {"aurora-backups": {"minimumDays": 7}}, "")


@pytest.mark.requirement("REQ-GATE-1")
@pytest.mark.parametrize("case", WEAKER, ids=lambda c: c.name)
def test_a_weaker_level_is_refused_by_the_gate(copies: Copies, case: Config) -> None:
    ran = copies.result(case)
    assert ran.code == NOT_PROVEN, ran.text
    assert f"{case.control} is " in ran.text
    assert "by the policy config, the profile demands mandatory" in ran.text


@pytest.mark.parametrize("case", [LOOSER], ids=lambda c: c.name)
def test_a_threshold_below_the_limit_is_refused_by_the_engine(copies: Copies, case: Config) -> None:
    ran = copies.result(case)
    assert ran.code not in (0, 1), ran.text
    assert "Must be greater than or equal to 30" in ran.text, ran.text
