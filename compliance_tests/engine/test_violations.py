"""Each violating edit is blocked by the bare `pulumi preview --policy-pack policies`."""

from __future__ import annotations

import re

import pytest

from . import edits, edits_beside, edits_network
from .conftest import Copies
from .edits import Edit

EDITS = (*edits.EDITS, *edits_network.EDITS, *edits_beside.EDITS)
LEAST = 60
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.requirement("REQ-GATE-1")
@pytest.mark.requirement("REQ-GATE-2")
@pytest.mark.parametrize("case", EDITS, ids=lambda e: e.name)
def test_bare_preview_blocks(copies: Copies, case: Edit) -> None:
    ran = copies.result(case)
    text = COLOURS.sub("", ran.text)
    assert ran.code != 0, text
    # each violation is a heading that names control, type and resource, and its message
    wanted = re.compile(
        rf"\[mandatory\].*{re.escape(case.control)}\s.*{re.escape(case.resource)}.*\n"
        rf"(?:(?!.*\[mandatory\]).*\n)*?.*Write: .*{re.escape(case.remedy)}"
    )
    assert wanted.search(text), text
    assert "Traceback" not in text


def test_there_are_enough_edits_and_each_is_another() -> None:
    assert len({e.name for e in EDITS}) == len({e.changes for e in EDITS}) == len(EDITS) >= LEAST
