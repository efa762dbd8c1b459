"""Every remedy names arguments that the type it stands on takes, in the pinned SDK."""

from __future__ import annotations

import pytest
from controls import CONTROLS
from core import Control
from core.scenarios import run

from .remedies import unknown


@pytest.mark.parametrize("control", CONTROLS, ids=lambda c: c.id)
def test_the_remedies_of_every_scenario_can_be_written(control: Control) -> None:
    wrong: dict[str, str] = {}
    for scenario in control.scenarios:
        for decision in run(control, scenario).decisions:
            type_ = decision.subject.type
            for finding in decision.findings:
                remedy = control.remedy(type_, finding)
                for name in unknown(remedy, type_, finding.property):
                    wrong.setdefault(f"{name}, by: {remedy}", scenario.name)
    assert not wrong, "\n".join(f"{what} ({name})" for what, name in wrong.items())
