"""docs/bypasses.md: each way round names where it was tried, and that place is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compliance_tests.faults.run import FAULTS

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "bypasses.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in TEXT.splitlines()
    if line.startswith("|") and not line.startswith(("| way", "| ---"))
]
UNTRIED = "not tried here"


def test_every_row_has_three_cells() -> None:
    assert {len(row) for row in ROWS} == {3}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:50])
def test_where_it_was_tried_is_there(row: list[str]) -> None:
    tried = row[2]
    for path in re.findall(r"`(compliance_tests/[\w/.]+)`", tried):
        assert (ROOT / path).exists(), path
    for group in re.findall(r'faults\.md[^`]*?"([^"]+)"', tried):
        assert group in {f.group for f in FAULTS}, group
    named = re.search(r"compliance_tests/|faults\.md|make drift|docs/adopting\.md|the same", tried)
    assert named or UNTRIED in tried, tried
    if UNTRIED in tried:
        assert len(tried.rpartition(UNTRIED)[2]) > 10 or named, "no reason"


def test_the_count_is_that_of_the_rows() -> None:
    whole = sum(UNTRIED not in row[2] for row in ROWS)
    none = sum(row[2].startswith(UNTRIED) for row in ROWS)
    told = f"{len(ROWS)} ways: {whole} tried, {len(ROWS) - whole - none} in part, {none} not."
    assert told in TEXT, told
