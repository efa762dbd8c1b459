"""Operation over a period: gaps are gaps, drifts have hours, updates have verdicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from compliance_tests.samples import replay, stories, world
from compliance_tests.samples.__main__ import drawn_from
from evidence import history
from evidence.errors import EvidenceError
from evidence.formats import html
from evidence.formats.registry import View
from evidence.load import load
from evidence.model import Approval, Assurance, Evidence, Link, Outcome, Stage, Verdict
from evidence.overview import overview
from evidence.store import Stored

from . import sample

CONTROL = stories.DRIFTED


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> list[Stored]:
    folder = tmp_path_factory.mktemp("history")
    chosen = (CONTROL, "ingress-inside-vpc", "key-rotation")
    return replay.history(world.triple(1, chosen), folder, stories.STORIES["history"])


@pytest.fixture
def told(stored: list[Stored]) -> list[Evidence]:
    return [s.evidence for s in stored]


def test_no_run_is_no_period() -> None:
    assert history.period([]) is None


def test_twenty_runs(told: list[Evidence]) -> None:
    assert len(told) == 20
    found = history.period(reversed(told))  # the order of the files does not matter
    assert found is not None
    assert (found.first[:10], found.last[:10]) == ("2026-06-01", "2026-09-04")
    assert (found.held, found.expected) == (10, 14)
    assert round(found.longest_gap_days) == 35
    assert (found.gap_from, found.gap_to) == ("2026-07-07", "2026-08-11")
    row = next(r for r in found.rows if r.control == CONTROL)
    assert len(row.cells) == len(found.weeks) == 14
    assert row.cells.count(None) == 4
    by_week = dict(zip(found.weeks, row.cells, strict=True))
    assert by_week["2026-W27"] is Verdict.FAILED
    assert by_week["2026-W23"] is Verdict.PASSED


def test_a_drift_lasts_until_the_run_that_passed(
    told: list[Evidence],
) -> None:
    found = history.period(told)
    assert found is not None
    live = [d for d in found.drifts if d.stage is Stage.LIVE and d.control == CONTROL]
    assert [round(d.hours, 1) for d in live] == [30.0, 580.8]
    assert live[0].waived == ""
    assert live[1].waived.startswith("2026-08-13"), "a waiver does not repair"


def test_what_never_passed_has_not_drifted_and_what_is_open_says_so() -> None:
    live = world.triple(1)[2]
    bad = stories.drifted(replay.at(live, replay.BEGAN, "1"))
    later = stories.drifted(replay.at(live, replay.BEGAN + timedelta(days=2), "2"))
    period = history.period([bad, later])
    assert period is not None
    assert period.drifts == ()
    good = replay.at(live, replay.BEGAN - timedelta(days=1), "0")
    period = history.period([good, bad, later])
    assert period is not None
    assert [(d.control, d.repaired) for d in period.drifts] == [(CONTROL, "")]


def update(start: str, end: str) -> dict[str, object]:
    return {"version": 1, "kind": "update", "start": start, "end": end, "outcome": "succeeded"}


def of_update(deployed: Evidence, *others: Evidence) -> history.Update:
    run = deployed.run
    live = world.triple(1)[2]
    entry = update(run.started_at, run.finished_at)
    told_ = replace(live, reference={"updates": [entry]})
    return history.updates([deployed, *others, told_])[0]


def test_an_update_is_matched_to_the_run_that_made_it() -> None:
    deployed = world.triple(1)[1]
    found = of_update(deployed)
    assert (found.run, found.why) == (deployed.run.id, "")


@pytest.mark.parametrize("command", ["audit", "verify"])
def test_an_update_that_no_run_of_the_gate_made_is_an_exception(command: str) -> None:
    deployed = world.triple(1)[1]
    stage = Stage.LIVE if command == "verify" else Stage.DEPLOYED
    other = replace(deployed, run=replace(deployed.run, command=command, stage=stage))
    assert of_update(other).why == "no run of the gate made it"


def test_an_update_outside_the_times_of_the_run_is_an_exception() -> None:
    deployed = world.triple(1)[1]
    live = world.triple(1)[2]
    late = update("2026-11-23T13:00:00.000Z", "2026-11-23T15:00:00.000Z")
    found = history.updates([deployed, replace(live, reference={"updates": [late]})])
    assert found[0].why == "no run of the gate made it"


def test_an_update_that_nobody_approved_is_an_exception() -> None:
    deployed = world.triple(1)[1]
    assert of_update(replace(deployed, run=replace(deployed.run, approver=""))).why == (
        "nobody approved it"
    )


@pytest.mark.parametrize(
    ("outcome", "why"),
    [(Outcome.PASSED, ""), (Outcome.VIOLATIONS, "its verdict was no pass")],
)
def test_an_approval_counts_for_a_verdict_that_passed(outcome: Outcome, why: str) -> None:
    planned, deployed, _ = world.triple(1)
    digest = "sha256:" + "a" * 64
    planned = replace(planned, run=replace(planned.run, outcome=outcome))
    approval = Approval("b@x.test", "terminal", deployed.run.started_at, digest)
    run = replace(deployed.run, approval=approval, previous=Link(planned.run.id, digest))
    assert of_update(replace(deployed, run=run), planned).why == why


def test_two_updates_in_the_time_of_one_run_are_both_exceptions() -> None:
    """A bare `pulumi up` in the minutes of a gated one: nobody can say which was judged."""
    deployed, live = world.triple(1)[1:]
    run = deployed.run
    entries = [update(run.started_at, run.finished_at), update(run.finished_at, run.finished_at)]
    found = history.updates([deployed, replace(live, reference={"updates": entries})])
    assert [u.why for u in found] == [history.TWICE] * 2


def test_how_an_update_ended_is_kept_and_not_taken_for_a_secret(stored: list[Stored]) -> None:
    period = history.period(load(s.file) for s in stored)
    assert period is not None
    assert {u.outcome for u in period.updates} == {"succeeded"}
    assert [u.why for u in period.updates if u.why] == ["no run of the gate made it"]


def test_a_week_with_a_run_that_cannot_show_a_control_is_no_gap() -> None:
    live = world.triple(1)[2]
    hidden = replace(live.controls[0], gap="preview only", verdict=Verdict.NOT_EVALUATED)
    off = replace(live.controls[1], gap="preview only", verdict=Verdict.OFF)
    made = replace(live, controls=(hidden, off))
    first = replay.at(made, replay.BEGAN, "1")
    period = history.period([first, replay.at(made, replay.BEGAN + timedelta(days=14), "2")])
    assert period is not None
    assert period.ran == (True, False, True)
    assert [r.cells for r in period.rows] == [
        (None, None, None),
        (Verdict.OFF, None, Verdict.OFF),
    ]
    drawn = html.render(View((first,), (made,)))
    assert 'class="c-off"><span title="a run, but no answer' in drawn


def test_what_to_look_at_first_is_counted_and_leads_there(stored: list[Stored]) -> None:
    text = html.render(View(**drawn_from(stored)))
    listed = text[text.index('<ul class="attention">') :].partition("</ul>")[0]
    assert (
        '<a href="#updates">Updates of the stack without an approved verdict</a>: <strong>1<'
        in listed
    )
    assert (
        '<a href="#operation">Verifications expected in the period that did not come</a>: '
        "<strong>4<"
    ) in listed
    assert "failed" not in listed.replace("a-failed", "")


def test_the_report_shows_the_exception(stored: list[Stored]) -> None:
    text = html.render(View(**drawn_from(stored)))
    assert text.count("no run of the gate made it") == 1
    assert "10 held of 14 expected" in text
    assert "35.0 days" in text


def test_stacks_at_a_glance_never_mix_the_sandbox_with_an_account() -> None:
    runs = world.triple(1)
    real = [
        replace(e, run=replace(e.run, assurance=Assurance.LIVE, id=f"9{e.run.id[1:]}"))
        for e in runs[:2]
    ]
    bad = stories.failed(runs[0])
    rows = overview([*runs, bad, *real])
    assert [(r.assurance, r.outcome) for r in rows] == [
        (Assurance.EMULATED, Outcome.VIOLATIONS),
        (Assurance.LIVE, Outcome.NOT_PROVEN),
    ]
    assert rows[0].open == ("ingress-inside-vpc",)
    page = html.render_overview(rows)
    assert page.count('class="emulated"') == 1


@pytest.mark.parametrize(("hours", "expected"), [("168", 2), ("24", 11), ("240", 2)])
def test_how_often_a_verification_is_expected_is_a_setting(hours: str, expected: int) -> None:
    told = [_at("2026-11-16"), _at("2026-11-26")]  # a Monday, and a Thursday ten days later
    found = history.period(told, history.cadence({history.SETTING: hours}))
    assert found is not None
    assert (found.expected, found.held) == (expected, 2)


@pytest.mark.parametrize("text", ["0", "-1", "x", "nan", "inf"])
def test_a_setting_that_is_no_time_is_one_line(text: str) -> None:
    with pytest.raises(EvidenceError, match="hours above 0"):
        history.cadence({history.SETTING: text})


def _at(day: str) -> Evidence:
    run = sample.run(stage=Stage.LIVE, command="verify", finished_at=f"{day}T10:00:00.000Z")
    return sample.evidence(run=run, records=())
