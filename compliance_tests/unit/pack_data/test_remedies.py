"""Every remedy names arguments that the type it stands on takes, in the pinned SDK."""

from __future__ import annotations

import pytest
from controls import CONTROLS
from core import Control
from core.scenarios import run

from .nested_remedies import blocks, unknown_keys
from .remedies import unknown


@pytest.mark.parametrize("control", CONTROLS, ids=lambda c: c.id)
def test_the_remedies_of_every_scenario_can_be_written(control: Control) -> None:
    wrong: dict[str, str] = {}
    for scenario in control.scenarios:
        for decision in run(control, scenario).decisions:
            type_ = decision.subject.type
            for finding in decision.findings:
                remedy = control.remedy(type_, finding)
                named = (*unknown(remedy, type_, finding.property), *unknown_keys(remedy, type_))
                for name in named:
                    wrong.setdefault(f"{name}, by: {remedy}", scenario.name)
    assert not wrong, "\n".join(f"{what} ({name})" for what, name in wrong.items())


def test_a_blocks_own_keys_are_read_and_held_to_the_sdk() -> None:
    text = 'routes=[{"cidr_block": x, "deep": {"inner": 1}}], tags={"Any": 1}'
    assert list(blocks(text)) == [("routes", ["cidr_block", "deep"]), ("tags", ["Any"])]
    wrong = 'stream_mode_details={"mode": "ON_DEMAND"}'
    right = 'stream_mode_details={"stream_mode": "ON_DEMAND"}, tags={"Any": "1"}'
    assert list(unknown_keys(wrong, "aws:kinesis/stream:Stream"))
    assert not list(unknown_keys(right, "aws:kinesis/stream:Stream"))
    assert list(unknown_keys(f"aws.kinesis.Stream({wrong})", "aws:kms/key:Key"))
