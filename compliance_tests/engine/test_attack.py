"""The pack against thousands of wrong settings, on what the engine really shows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from controls import CONTROLS
from core import Level

from compliance_tests.attack.both import differences
from compliance_tests.attack.record import record
from compliance_tests.attack.run import Result, reviewed, run
from compliance_tests.attack.views import View
from compliance_tests.register import load


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> list[View]:
    folder: Path = tmp_path_factory.mktemp("views")
    return record(folder, say=lambda _: None)


@pytest.fixture(scope="module")
def result(views: list[View]) -> Result:
    return run(views, reviewed())


def test_both_servicers_say_the_same_of_what_the_engine_shows(views: list[View]) -> None:
    """The views themselves and a few mutants; all: python -m compliance_tests.attack.both."""
    assert list(differences(views, every=700)) == []


def test_every_wrong_setting_is_blocked_or_reviewed(
    result: Result, tell: Callable[[str], None]
) -> None:
    tell(f"attack: {result.summary().splitlines()[-1]}")
    assert not result.unclean, "\n".join(result.unclean)
    assert not result.survivors, result.summary()
    assert not result.stale, result.summary()
    assert result.well


@pytest.mark.requirement("REQ-TEST-1")
def test_each_control_of_an_automated_requirement_blocks_a_mutant(
    result: Result, tell: Callable[[str], None]
) -> None:
    """An id in a marker is no proof: on this stack, spoilt, the control itself must turn red."""
    red = {c for j in result.judgements for c in (*j.mandatory, *j.advisory)}
    asked = {c for r in load().requirements.values() if r.status == "automated" for c in r.controls}
    # an advisory control's own mutants are its scenarios': here only what blocks counts
    on = {c.id for c in CONTROLS if c.levels["baseline"] is Level.MANDATORY}
    tell(f"attack: {len(red)} controls turned red, {len(asked & on)} must")
    assert not (asked & on) - red, sorted((asked & on) - red)


def test_no_compliant_variant_is_blocked(result: Result, tell: Callable[[str], None]) -> None:
    tell(f"attack: {result.variants} compliant variants, {len(result.blocked)} blocked")
    assert result.variants >= 120  # sixty in each view
    assert not result.blocked, "\n".join(result.blocked)
