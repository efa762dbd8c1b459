"""What changed between two runs, and whether it is worse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compliance_tests.samples import replay, world
from evidence.diff import Kind, compare
from evidence.formats import changes, html
from evidence.model import Evidence, Outcome, Verdict, WaiverState

CONTROL = "aurora-backups"


def run() -> Evidence:
    return world.triple(2)[0]


def kinds(old: Evidence, new: Evidence) -> list[Kind]:
    return [c.kind for c in compare(old, new).changes]


def given(verdict: Verdict) -> Evidence:
    return replay.verdict(CONTROL, verdict, "it is so")(run())


def test_the_same_run_has_no_changes() -> None:
    found = compare(run(), run())
    assert found.changes == ()
    assert found.outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("before", "after", "kind", "outcome"),
    [
        (Verdict.PASSED, Verdict.FAILED, Kind.FAILURE, Outcome.VIOLATIONS),
        (Verdict.PASSED, Verdict.ERROR, Kind.FAILURE, Outcome.VIOLATIONS),
        (Verdict.NOT_EVALUATED, Verdict.FAILED, Kind.FAILURE, Outcome.VIOLATIONS),
        (Verdict.WAIVED, Verdict.FAILED, Kind.EXPIRED, Outcome.VIOLATIONS),
        (Verdict.PASSED, Verdict.NOT_EVALUATED, Kind.UNDECIDED, Outcome.NOT_PROVEN),
        (Verdict.PASSED, Verdict.WAIVED, Kind.WAIVED, Outcome.PASSED),
        (Verdict.FAILED, Verdict.WAIVED, Kind.WAIVED, Outcome.PASSED),
        (Verdict.FAILED, Verdict.PASSED, Kind.FIXED, Outcome.PASSED),
        (Verdict.WAIVED, Verdict.PASSED, Kind.FIXED, Outcome.PASSED),
    ],
)
def test_a_verdict_that_changed(
    before: Verdict, after: Verdict, kind: Kind, outcome: Outcome
) -> None:
    found = compare(given(before), given(after))
    assert [(c.kind, c.control) for c in found.changes] == [(kind, CONTROL)]
    assert found.changes[0].subject
    assert found.outcome is outcome


def test_a_vanished_control_is_not_fixed() -> None:
    bad = given(Verdict.FAILED)
    without = replace(
        bad,
        controls=tuple(c for c in bad.controls if c.id != CONTROL),
        records=tuple(r for r in bad.records if r.control != CONTROL),
    )
    assert kinds(bad, without) == [Kind.VANISHED]
    assert compare(bad, without).outcome is Outcome.NOT_PROVEN
    assert kinds(without, run()) == [Kind.APPEARED]


def changed(**changes_: object) -> Evidence:
    made = run()
    controls = tuple(
        replace(c, **changes_) if c.id == CONTROL else c  # type: ignore[arg-type]
        for c in made.controls
    )
    return replace(made, controls=controls)


def test_levels_and_thresholds() -> None:
    assert kinds(run(), changed(level="advisory")) == [Kind.LOWERED]
    assert kinds(changed(level="advisory"), run()) == [Kind.RAISED]
    assert kinds(run(), changed(statement="Less is enough.")) == [Kind.THRESHOLD]


def test_an_expected_value_that_changed_is_a_threshold() -> None:
    live = world.triple(1)[2]
    first = next(r for r in live.records if r.control == CONTROL)
    other = replace(first, expected=dict.fromkeys(first.expected, "7"))
    lower = replace(live, records=tuple(other if r is first else r for r in live.records))
    assert kinds(live, lower) == [Kind.THRESHOLD]


def test_a_population_that_changed() -> None:
    found = compare(world.triple(2)[0], world.triple(1)[0])
    assert {c.kind for c in found.changes} == {Kind.POPULATION}
    assert all(c.after == "gone" for c in found.changes)


def test_a_waiver_that_expired_unused_is_told_once() -> None:
    active = replay.waived(CONTROL, "2026-08-31")(run())
    over = replay.waived(CONTROL, "2026-08-31", WaiverState.EXPIRED)(run())
    assert set(kinds(active, over)) == {Kind.EXPIRED}
    assert Kind.EXPIRED not in kinds(over, over)


@pytest.mark.parametrize("text", ["a|b", "<b>", "\x1b[31m", "x\ny", "`c`"])
def test_hostile_names_do_nothing(text: str) -> None:
    found = compare(run(), given(Verdict.FAILED))
    bad = replace(found, changes=(replace(found.changes[0], subject=text, after=text),))
    assert "\x1b" not in changes.terminal(bad)
    assert len(changes.terminal(bad).splitlines()) == 3
    row = changes.markdown(bad).splitlines()[-1]
    assert row.count("|") == 6
    assert "<b>" not in html.render_changes(bad)


def test_all_formats_name_the_change() -> None:
    found = compare(run(), given(Verdict.FAILED))
    assert "new failure" in changes.terminal(found)
    assert "EMULATED" in changes.terminal(found)
    assert "new failure" in changes.markdown(found)
    assert changes.plain(found)["changes"][0]["kind"] == "new failure"
    assert "nova falha" in html.render_changes(found, "pt-BR")
    assert all(len(x) <= 60 for x in changes.terminal(found, 60).splitlines())
