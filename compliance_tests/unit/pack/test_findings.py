"""A finding names the property that is wrong: reports group by it, and remedies are told by it."""

from __future__ import annotations

import re

import pytest
from controls import CONTROLS
from controls.foreign_accounts import CONTROL as FOREIGN
from core import Control
from core.replay import Replay
from core.scenarios import build, run

BY_ITSELF = [c for c in CONTROLS if c.check and "*" not in c.subjects]
WHOLE = "id"  # what is wrong is that the resource is there


@pytest.mark.parametrize("control", BY_ITSELF, ids=lambda c: c.id)
def test_it_is_a_property_that_the_control_governs_or_the_resource_has(control: Control) -> None:
    for scenario in control.scenarios:
        for decision in run(control, scenario).decisions:
            known = {*control.properties, *decision.subject.props.keys(), WHOLE}
            for finding in decision.findings:
                top = re.split(r"[.\[ ]", finding.property, maxsplit=1)[0]
                assert not top or top in known, (scenario.name, finding.property)


def test_another_accounts_arn_is_seen_as_the_engine_sends_it() -> None:
    """A whole stack's properties are looked through by their bytes before they are converted."""
    [scenario] = [s for s in FOREIGN.scenarios if s.name.startswith("aws:cloudwatch/metricAlarm")
                  and "alarmActions of another account" in s.name]  # fmt: skip
    ours = next(s for s in FOREIGN.scenarios if "alarmActions of ours" in s.name)
    for found, failed in ((scenario, {FOREIGN.id}), (ours, set())):
        pack = Replay([FOREIGN], found.settings)
        assert pack.analyze_stack(build(found.items, found.settings)).failed == failed


def test_a_stack_that_names_no_arn_has_nobody_elses() -> None:
    alone = next(s for s in FOREIGN.scenarios if s.name == "a provider alone with its role")
    plain = [i for i in build(alone.items, alone.settings) if "arn:" not in str(i.inputs)]
    assert not Replay([FOREIGN], alone.settings).analyze_stack(plain).failed
