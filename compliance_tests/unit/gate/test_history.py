"""A run that did not come in time is reported, wherever in the history it is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gate import history
from gate.errors import GateError
from gate.paths import Paths

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def entries(*days_ago: float) -> list[dict[str, str]]:
    return [{"finished_at": (NOW - d * DAY).isoformat()} for d in days_ago]


@pytest.mark.parametrize(
    ("days_ago", "count"),
    [
        ((), 1),
        ((2, 1, 0.1), 0),
        ((2.4, 1, 0.1), 0),  # late, and no gap yet
        ((3, 1, 0.1), 1),  # one is missing in the middle
        ((3, 2), 1),  # the last is missing
        ((5, 2), 2),
    ],
)
def test_gaps(days_ago: tuple[float, ...], count: int) -> None:
    assert len(list(history.gaps(entries(*days_ago), DAY, NOW))) == count


def test_a_stack_without_history_is_a_gap(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert history.history(Paths("dev", tmp_path), "verify", 24, NOW) == 2
    assert "no run at all" in capsys.readouterr().out


def test_an_interval_of_nothing_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(GateError, match="--every"):
        history.history(Paths("dev", tmp_path), "verify", 0, NOW)
