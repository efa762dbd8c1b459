"""What every control's file must hold, so that reader, report and tests can rely on it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import controls
import pytest
from controls import CONTROLS
from core import UNKNOWN, Control, Level, Scenario, Value, Verdict, contains_unknown
from core.catalog import render

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "policies"
FOLDER = POLICIES / "controls"
PROFILES = {"baseline", "production"}
#: Which tests below a control may be excused from, with the reason, in exceptions.toml.
EXCUSES = {"omitted", "unknown"}
EXCEPTIONS: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "exceptions.toml").read_text(encoding="utf-8")
)
each_control = pytest.mark.parametrize("control", CONTROLS, ids=lambda c: c.id)


def stems() -> list[str]:
    return sorted(f.stem for f in FOLDER.glob("[a-z]*.py"))


def with_verdict(control: Control, *verdicts: Verdict) -> list[Scenario]:
    return [s for s in control.scenarios if s.verdict in verdicts]


def excused(control: Control, of: str) -> bool:
    return bool(EXCEPTIONS.get(control.id, {}).get(of, ""))


def test_every_file_is_a_control_of_the_pack() -> None:
    listed = sorted(c.id.replace("-", "_") for c in CONTROLS)
    assert listed == stems(), "controls/__init__.py lists other controls than the folder holds"


def test_ids_are_unique() -> None:
    ids = [c.id for c in CONTROLS]
    assert len(set(ids)) == len(ids)


@each_control
def test_id_is_the_stem_of_its_file(control: Control) -> None:
    module = getattr(controls, control.id.replace("-", "_"))
    assert module.CONTROL is control
    # the engine takes 1 to 100 of these as a policy's name; "all" is reserved
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", control.id)
    assert control.id != "all"


@each_control
def test_words_say_something(control: Control) -> None:
    assert "must" in control.statement or re.match(r"No .* may ", control.statement)
    for text in (control.title, control.statement, control.rationale, control.remediation):
        assert len(text) >= 8, text
        assert "\n" not in text, text
    assert control.owner in OWNERS, f"{control.owner!r} is no role; write one of {sorted(OWNERS)}"
    assert control.subjects
    assert len(control.title) <= 60, "a title stands in a table"


OWNERS = {
    "platform engineering",
    "network engineering",
    "security engineering",
    "data engineering",
    "compliance",
}


@each_control
def test_a_level_for_every_profile(control: Control) -> None:
    assert set(control.levels) == PROFILES
    assert all(isinstance(level, Level) for level in control.levels.values())
    weaker = [Level.OFF, Level.ADVISORY, Level.MANDATORY]
    base, production = (weaker.index(control.levels[p]) for p in ("baseline", "production"))
    assert production >= base, "production never asks for less"


@each_control
def test_accepts_something(control: Control) -> None:
    assert with_verdict(control, Verdict.PASSED)


@each_control
def test_refuses_something_and_says_what(control: Control) -> None:
    refused = with_verdict(control, Verdict.FAILED)
    assert refused
    assert not [s.name for s in refused if not s.says], "a refusal must say what is wrong"


@each_control
def test_refuses_a_property_left_out(control: Control) -> None:
    """What nobody wrote is the commonest mistake, and the one a careless check lets through."""
    keys = {p.split(".")[0].split("[")[0] for p in control.properties} or {"name", "tags"}
    found = [
        scenario.name
        for scenario in with_verdict(control, Verdict.FAILED, Verdict.NOT_EVALUATED)
        for item in scenario.items
        if item.type in control.subjects or "*" in control.subjects
        if any(item.props.get(key) is None for key in keys)
    ]
    ok = bool(found) or excused(control, "omitted")
    assert ok, "add a scenario that leaves a property out, or say why not in exceptions.toml"


@each_control
def test_is_undecided_about_something_unknown(control: Control) -> None:
    ok = bool(with_verdict(control, Verdict.NOT_EVALUATED)) or excused(control, "unknown")
    assert ok, "add an undecided scenario, or say why not in exceptions.toml"


@each_control
def test_scenarios_have_names_of_their_own(control: Control) -> None:
    names = [s.name for s in control.scenarios]
    twice = sorted({n for n in names if names.count(n) > 1})
    assert not twice


@each_control
def test_scenarios_hold_what_a_policy_is_given(control: Control) -> None:
    """Numbers arrive as floats, lists as lists; a scenario in other types proves nothing."""
    for scenario in control.scenarios:
        for item in scenario.items:
            for key, value in item.props.items():
                assert not strange(value), f"{scenario.name}: {key} holds {strange(value)}"


def strange(value: Value) -> str:
    """What no engine would hand to a policy, or nothing."""
    if value is None or value is UNKNOWN or isinstance(value, bool | float | str):
        return ""
    if isinstance(value, int):
        return f"the integer {value}; write {value}.0"
    if isinstance(value, dict):
        return next((s for v in value.values() if (s := strange(v))), "")
    if isinstance(value, list | tuple):
        return next((s for v in value if (s := strange(v))), "")
    return type(value).__name__


def test_exceptions_name_controls_that_need_them() -> None:
    for control in CONTROLS:
        reasons = EXCEPTIONS.get(control.id, {})
        assert set(reasons) <= EXCUSES
        assert all(len(r) >= 20 for r in reasons.values()), f"{control.id}: say why"
        if "unknown" in reasons:
            assert not with_verdict(control, Verdict.NOT_EVALUATED), f"{control.id} needs no excuse"
    assert set(EXCEPTIONS) <= {c.id for c in CONTROLS}


def test_unknown_values_occur_somewhere_in_most_controls() -> None:
    """Key ARNs and ids are unknown at a first preview: a pack that never met one is untested."""
    met = [
        c.id
        for c in CONTROLS
        if any(contains_unknown(v) for s in c.scenarios for i in s.items for v in i.props.values())
    ]
    assert len(met) >= 0.8 * len(CONTROLS), sorted({c.id for c in CONTROLS} - set(met))


@each_control
def test_a_control_is_one_screen(control: Control) -> None:
    file = FOLDER / f"{control.id.replace('-', '_')}.py"
    lines = len(file.read_text(encoding="utf-8").splitlines())
    assert lines <= 300, f"{file.name} has {lines} lines; move what is shared into a _module"


@each_control
def test_config_can_only_tighten(control: Control) -> None:
    """Each parameter of a control has a floor, a ceiling or a list of what is allowed."""
    for name, schema in control.config_schema.items():
        bounds = {"minimum", "maximum", "enum", "maxItems", "minItems", "items", "pattern"}
        assert bounds & set(schema) or schema.get("type") == "boolean", f"{name} has no bound"


def test_catalogue_is_fresh() -> None:
    """Gate and reports read catalog.json; it must be what the controls say today."""
    committed = (POLICIES / "catalog.json").read_text(encoding="utf-8")
    assert committed == render(CONTROLS), "run python -m core.catalog in policies/"
