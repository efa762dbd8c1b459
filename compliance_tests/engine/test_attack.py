"""The pack against thousands of wrong settings, on what the engine really shows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from compliance_tests.attack.record import record
from compliance_tests.attack.run import Result, reviewed, run


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder: Path = tmp_path_factory.mktemp("views")
    return run(record(folder, say=lambda _: None), reviewed())


def test_every_wrong_setting_is_blocked_or_reviewed(
    result: Result, tell: Callable[[str], None]
) -> None:
    tell(f"attack: {result.summary().splitlines()[-1]}")
    assert not result.unclean, "\n".join(result.unclean)
    assert not result.survivors, result.summary()
    assert not result.stale, result.summary()
    assert result.well


def test_no_compliant_variant_is_blocked(result: Result, tell: Callable[[str], None]) -> None:
    tell(f"attack: {result.variants} compliant variants, {len(result.blocked)} blocked")
    assert result.variants >= 120  # sixty in each view
    assert not result.blocked, "\n".join(result.blocked)
