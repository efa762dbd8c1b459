"""What changed between two runs, and whether it is worse."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from compliance_tests.samples import replay, stories, world
from evidence.diff import Change, Kind, compare
from evidence.formats import changes, html, registry
from evidence.model import Evidence, Outcome, Stage, Verdict, WaiverState

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


ASKED = {Kind.FAILURE, Kind.FIXED, Kind.WAIVED, Kind.EXPIRED, Kind.VANISHED, Kind.THRESHOLD}


def test_the_sample_reports_show_each_kind_of_change(tmp_path: Path) -> None:
    base = world.triple(1, (CONTROL, "ingress-inside-vpc", "key-rotation"))
    found: set[Kind] = set()
    for name, steps in stories.STORIES.items():
        runs = [s.evidence for s in replay.history(base, tmp_path / name, steps)]
        for stage in Stage:
            of_stage = [e for e in runs if e.run.stage is stage]
            for old, new in itertools.pairwise(of_stage):
                found |= {c.kind for c in compare(old, new).changes}
    assert found >= {*ASKED, Kind.LOWERED}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("lang", registry.LANGUAGES)
def test_each_kind_has_its_words_in_each_format(kind: Kind, lang: str) -> None:
    made = replace(compare(run(), run()), changes=(Change(kind, CONTROL, "x", "a", "b"),))
    assert kind.value in changes.terminal(made)
    assert kind.value in changes.markdown(made)
    assert CONTROL in html.render_changes(made, lang)
