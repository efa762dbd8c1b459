"""The policy config can tighten a control's threshold and never loosen it below the limit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from controls import CONTROLS
from controls._key_scenarios import OUTSIDE
from core import Control, Scenario, Verdict
from core.scenarios import run

#: Thresholds by control, with the limit of the requirements written a second time on purpose.
LIMITS = {
    ("key-rotation", "maximumDays"): ("maximum", 365),
    ("key-availability", "minimumDays"): ("minimum", 7),
    ("stream-capacity", "minimumShards"): ("minimum", 2),
    ("stream-retention", "minimumHours"): ("minimum", 24),
    ("aurora-backups", "minimumDays"): ("minimum", 30),
    ("redis-snapshots", "minimumDays"): ("minimum", 5),
    ("log-retention", "minimumDays"): ("minimum", 7),
}
BY_ID = {c.id: c for c in CONTROLS}
each_limit = pytest.mark.parametrize("where", LIMITS, ids=" ".join)


def configured(scenario: Scenario, **params: Any) -> Scenario:
    return replace(scenario, settings=replace(scenario.settings, params=params))


def verdicts(control: Control, of: Verdict, params: Mapping[str, Any]) -> dict[str, Verdict]:
    """What becomes of the scenarios that have this verdict without any config."""
    plain = [s for s in control.scenarios if s.verdict is of and not s.settings.params]
    return {s.name: run(control, configured(s, **params)).verdict for s in plain}


def test_every_parameter_is_a_threshold_with_its_limit() -> None:
    declared = {(c.id, name) for c in CONTROLS for name in c.config_schema}
    assert declared == set(LIMITS)


def test_a_policy_config_proves_no_rotation() -> None:
    """Whose rotation was seen live is said in an owned file, not by whoever runs the pack."""
    found = verdicts(
        BY_ID["key-per-service"],
        Verdict.NOT_EVALUATED,
        {"rotationProven": [OUTSIDE]},
    )
    assert found
    assert set(found.values()) == {Verdict.NOT_EVALUATED}, found


@each_limit
def test_the_schema_ends_at_the_limit(where: tuple[str, str]) -> None:
    bound, limit = LIMITS[where]
    schema = BY_ID[where[0]].config_schema[where[1]]
    assert schema[bound] == limit
    assert schema["type"] == "integer"


@each_limit
def test_a_looser_threshold_loosens_nothing(where: tuple[str, str]) -> None:
    """Even one that reached the control past the engine's check of the schema."""
    bound, limit = LIMITS[where]
    control = BY_ID[where[0]]
    looser = 0 if bound == "minimum" else 100 * limit
    found = verdicts(control, Verdict.FAILED, {where[1]: looser})
    assert found
    assert set(found.values()) == {Verdict.FAILED}, found


@each_limit
def test_the_limit_itself_changes_nothing(where: tuple[str, str]) -> None:
    for of in (Verdict.PASSED, Verdict.FAILED):
        found = verdicts(BY_ID[where[0]], of, {where[1]: LIMITS[where][1]})
        assert found
        assert set(found.values()) == {of}, found


@each_limit
def test_a_tighter_threshold_refuses_what_just_met_the_limit(where: tuple[str, str]) -> None:
    bound, limit = LIMITS[where]
    tighter = limit + 1 if bound == "minimum" else limit - 1
    found = verdicts(BY_ID[where[0]], Verdict.PASSED, {where[1]: tighter})
    assert Verdict.FAILED in found.values(), found


@each_limit
def test_a_threshold_that_is_no_number_opens_nothing(where: tuple[str, str]) -> None:
    found = verdicts(BY_ID[where[0]], Verdict.FAILED, {where[1]: "none"})
    assert not {Verdict.PASSED, Verdict.NOT_APPLICABLE} & set(found.values()), found


def test_the_published_catalogue_says_the_same_limits() -> None:
    catalogue = json.loads((Path(__file__).parents[3] / "policies" / "catalog.json").read_text())
    schemas = {c["id"]: c["config_schema"] for c in catalogue}
    for (control, name), (bound, limit) in LIMITS.items():
        assert schemas[control][name][bound] == limit
