"""What each format says of a failing, a passing, a waived and an undecided run, and its limits."""

from __future__ import annotations

import csv
import gzip
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from compliance_tests.samples import replay, world
from evidence.formats import comment, junit, sarif, selection, tables
from evidence.formats.registry import View
from evidence.model import Evidence, Outcome, Problem, Verdict

from .machine import CONTROL, ROOT, failed, planned, undecided, view, waived

# --- a comment and a summary


def test_the_verdict_comes_first_and_the_remedy_with_it() -> None:
    lines = comment.comment(view(failed)).splitlines()
    assert lines[0] == "<!-- compliance: sandbox planned -->"
    assert lines[1] == "## sandbox: violations: the gate is shut"
    assert lines[3].startswith("> **EMULATED.**")
    first = next(line for line in lines if line.startswith("| **FAILED**"))
    assert "enableKeyRotation is false" in first
    assert "`enable_key_rotation=True`" in first
    assert "`infra/stack.py:1`" in first


def test_a_passing_run_has_nothing_to_do() -> None:
    shown = comment.comment(view())
    assert "passed as planned" in shown
    assert "What is open" not in shown
    assert "stays shut" not in shown


def test_a_waived_failure_is_named_with_its_waiver() -> None:
    shown = comment.comment(view(waived))
    assert f"waived by {replay.WAIVER}" in shown
    assert "stays shut" not in shown


def test_what_nobody_evaluated_is_among_what_is_open() -> None:
    made = planned()
    control = replace(made.controls[0], verdict=Verdict.NOT_EVALUATED, reasons=("the pack died",))
    records = tuple(r for r in made.records if r.control != control.id)
    run = replace(made.run, outcome=Outcome.NOT_PROVEN)
    problem = Problem(Outcome.NOT_PROVEN, "the event log is cut")
    broken = replace(
        made,
        run=run,
        records=records,
        controls=(control, *made.controls[1:]),
        problems=(problem,),
    )
    shown = comment.comment(View((broken,)))
    assert "the pack died" in shown
    assert "the event log is cut" in shown
    found = cases(junit.render(View((broken,))))[control.id]
    assert tags(found) == ["error"]
    shown_to_github = sarif_run(sarif.github(View((broken,))))["results"]
    assert {r["ruleId"] for r in shown_to_github} == {control.id, "gate"}


def many(count: int) -> Evidence:
    """So many failures, the last of them critical."""
    made = failed(planned())
    bad = next(r for r in made.records if r.verdict is Verdict.FAILED)
    text = "€" * 150
    records = tuple(
        replace(bad, subject=replace(bad.subject, name=f"n{n}", urn=f"urn:{n}"), message=text)
        for n in range(count)
    )
    other = next(c for c in made.controls if c.severity == "critical")
    worst = replace(bad, control=other.id, message="the worst of all")
    return replace(made, records=(*records, worst))


@pytest.mark.parametrize(("draw", "most"), [(comment.comment, 65_536), (comment.summary, 1 << 20)])
def test_no_more_than_github_takes_and_the_rest_is_counted(
    draw: Callable[[View], str], most: int
) -> None:
    made = many(4_000)
    shown = draw(View((made,), link="https://x.test/run/1"))
    assert most / 2 < len(shown.encode()) < most
    rows = [line for line in shown.splitlines() if line.startswith("| **FAILED**")]
    findings = [row for row in rows if "| mandatory |" not in row]
    assert "the worst of all" in findings[0]
    assert f"... and {4_001 - len(findings)} more findings" in shown
    assert "<https://x.test/run/1>" in shown
    assert shown.count("<details>") == shown.count("</details>")


def test_what_keeps_the_gate_shut_stands_before_what_is_only_advised() -> None:
    made = many(1)
    mild, worst = (r for r in made.records if r.verdict is Verdict.FAILED)
    advised = replace(worst, level="advisory", verdict=Verdict.ERROR)
    order = selection.open_records(replace(made, records=(advised, mild)))
    assert [r for _, r in order] == [mild, advised]


# --- JUnit


def cases(shown: bytes) -> dict[str, list[ET.Element]]:
    found: dict[str, list[ET.Element]] = {}
    for case in ET.fromstring(shown).iter("testcase"):  # noqa: S314 (our own)
        found.setdefault(case.get("classname", "").rpartition(".")[2], []).append(case)
    return found


def tags(found: list[ET.Element]) -> list[str]:
    return sorted(child.tag for case in found for child in case)


def test_each_control_on_each_subject_is_a_case() -> None:
    made = planned()
    found = cases(junit.render(View((made,))))
    assert {c.id for c in made.controls} | {"gate"} == set(found)
    assert len(found[CONTROL]) == 3
    assert tags(found[CONTROL]) == []


@pytest.mark.parametrize(
    ("change", "of_control", "of_gate"),
    [
        (failed, ["failure"], ["failure"]),
        (undecided, ["error"], ["error"]),
        (waived, ["skipped"], []),
    ],
)
def test_red_is_what_keeps_the_gate_shut(
    change: Callable[[Evidence], Evidence], of_control: list[str], of_gate: list[str]
) -> None:
    found = cases(junit.render(view(change)))
    assert tags(found[CONTROL]) == of_control
    assert tags(found["gate"]) == of_gate


def test_a_waived_case_says_so() -> None:
    case = next(c for c in cases(junit.render(view(waived)))[CONTROL] if len(c))
    assert replay.WAIVER in case[0].get("message", "")


def test_an_advisory_failure_is_skipped_and_never_passed() -> None:
    made = failed(planned())
    records = tuple(
        replace(r, level="advisory") if r.verdict is Verdict.FAILED else r for r in made.records
    )
    controls = tuple(replace(c, level="advisory") if c.id == CONTROL else c for c in made.controls)
    run = replace(made.run, outcome=Outcome.PASSED)
    mild = replace(made, run=run, records=records, controls=controls, problems=())
    found = cases(junit.render(View((mild,))))
    assert tags(found[CONTROL]) == ["skipped"]
    assert tags(found["gate"]) == []


def test_the_counts_are_those_of_the_cases() -> None:
    shown = junit.render(View(tuple(failed(e) for e in world.triple(3, 12))))
    root = ET.fromstring(shown)  # noqa: S314 (our own)
    for suite in root:
        found = list(suite.iter("testcase"))
        assert int(suite.get("tests", "")) == len(found)
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(name, "")) == len(list(suite.iter(tag)))
    assert int(root.get("failures", "")) == sum(int(s.get("failures", "")) for s in root)


# --- CSV


def rows(shown: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(shown.removeprefix("\ufeff"), newline="")))


def test_a_row_a_record_and_a_row_a_control() -> None:
    runs = tuple(failed(e) for e in world.triple(3, 12))
    records = rows(tables.records(View(runs)))
    assert len(records) == sum(len(e.records) for e in runs)
    assert {r["assurance"] for r in records} == {"EMULATED"}
    assert [r["verdict"] for r in records].count("failed") == 3
    controls = rows(tables.controls(View(runs)))
    assert [(c["control"], c["verdict"]) for c in controls] == [
        (c.id, c.verdict.value) for e in runs for c in e.controls
    ]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", " =1", "\r\n@x", "\uff1d1"])
def test_a_cell_is_no_formula(text: str) -> None:
    assert tables.cell(text).startswith("'")


@pytest.mark.parametrize("text", ["1", "a=1", "", "10.0.0.0/8", "arn:aws:kms"])
def test_a_harmless_cell_is_as_it_was(text: str) -> None:
    assert tables.cell(text) == text


# --- SARIF


def sarif_run(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text)
    (run,) = document["runs"]
    return dict(run)


def test_github_gets_what_is_open_with_its_line() -> None:
    run = sarif_run(sarif.github(view(failed)))
    (result,) = run["results"]
    assert (result["ruleId"], result["level"], result["kind"]) == (CONTROL, "error", "fail")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "infra/stack.py"
    assert place["region"]["startLine"] == 1
    assert run["properties"]["assurance"] == "EMULATED"
    assert run["tool"]["driver"]["name"].endswith("EMULATED")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == CONTROL


def test_github_gets_no_waived_result_and_the_full_file_suppresses_it() -> None:
    assert sarif_run(sarif.github(view(waived)))["results"] == []
    found = [r for r in sarif_run(sarif.full(view(waived)))["results"] if "suppressions" in r]
    (result,) = found
    assert result["suppressions"][0]["status"] == "accepted"
    assert replay.WAIVER in result["suppressions"][0]["justification"]
    assert "2026-12-31" in result["suppressions"][0]["justification"]


def test_what_is_undecided_is_an_error_for_github_and_open_in_full() -> None:
    (result,) = sarif_run(sarif.github(view(undecided)))["results"]
    assert result["level"] == "error"
    assert result["message"]["text"].startswith("not evaluated")
    full = sarif_run(sarif.full(view(undecided)))["results"]
    (one,) = [r for r in full if r["kind"] == "open"]
    assert one["level"] == "none"
    assert len(full) == len(planned().records)


def test_a_resource_without_a_line_is_shown_at_the_programs_entry() -> None:
    made = failed(planned())
    bare = replace(made, resources=())
    (result,) = sarif_run(sarif.github(View((bare,))))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == selection.ENTRY
    assert (ROOT / uri).exists()


def test_fingerprints_stay_when_lines_move_and_differ_between_results() -> None:
    made = many(50)
    moved = replace(made, resources=())

    def prints(evidence: Evidence) -> list[str]:
        found = sarif_run(sarif.github(View((evidence,))))["results"]
        return [r["partialFingerprints"]["primaryLocationLineHash"] for r in found]

    assert prints(made) == prints(moved)
    assert len(set(prints(made))) == 51


def test_no_more_results_than_github_keeps_worst_first() -> None:
    shown = sarif.github(View((many(sarif.MOST_RESULTS + 5),)))
    run = sarif_run(shown)
    assert len(run["results"]) == sarif.MOST_RESULTS
    assert run["properties"]["leftOut"] == 6
    assert "the worst of all" in run["results"][0]["message"]["text"]
    assert all(r["locations"][0]["physicalLocation"] for r in run["results"])
    assert all(len(r["properties"]["tags"]) <= 10 for r in run["tool"]["driver"]["rules"])
    assert len(gzip.compress(shown.encode())) < 10_000_000


@pytest.mark.parametrize(
    "source",
    ["", "x", "/etc/passwd:3", "../x.py:3", "a/../../x:1", "a:b.py:2", "x.py:0", "x.py:-1"],
)
def test_a_source_outside_the_project_is_no_place(source: str) -> None:
    assert selection.parse_source(source) is None
