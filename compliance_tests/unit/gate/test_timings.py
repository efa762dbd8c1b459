"""`--timings` counts each part, and a failing one too."""

from __future__ import annotations

import re

import pytest

from gate import timings


@pytest.fixture(autouse=True)
def nothing_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timings, "_SPENT", {})


def test_each_part_has_a_line_and_repeated_ones_are_added_up() -> None:
    @timings.timed("engine")
    def work(value: int) -> int:
        return value + 1

    assert [work(1), work(2)] == [2, 3]
    with timings.part("store"):
        pass
    lines = timings.table().splitlines()
    assert re.fullmatch(r"engine +\d+\.\d\d s  2 times", lines[0])
    assert re.fullmatch(r"store +\d+\.\d\d s", lines[1])
    assert lines[-1].startswith("whole command")


def test_a_part_that_fails_is_counted() -> None:
    with pytest.raises(ValueError, match="x"), timings.part("engine"):
        raise ValueError("x")
    assert timings.table().startswith("engine")
