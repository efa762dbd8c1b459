"""The outside judge's file in the evidence: of this stack, since its last update, or said not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compliance_tests.unit.evidence import sample
from evidence import canonical
from evidence.formats import html, markdown, terminal
from evidence.formats.registry import View
from evidence.judge import AGREED, Judge, JudgeFailure
from evidence.load import build
from evidence.model import Evidence, Stage, Verdict
from evidence.schema import faults
from gate.judge import NOBODY, told
from gate.paths import Paths

ACCOUNT = "123456789012"
UPDATES = ({"end": "2026-11-23T12:00:00.000Z"}, {"end": "2026-11-23T13:00:00.000Z"})
FOUND = Judge(
    tool="Prowler",
    version="5.46.0",
    at="2026-11-23T13:30:00.000Z",
    stack="sandbox",
    assurance="emulated",
    account=ACCOUNT,
    checks=4,
    passed=1,
    failed=2,
    manual=1,
    failures=(
        JudgeFailure("kinesis_retention", "Kept long", 1, "choice", "DEV-002: 24 hours"),
        JudgeFailure("kms_rotation", "Keys rotate", 3, controls=("key-rotation", "other")),
    ),
)


def live(verdict: Verdict = Verdict.PASSED) -> Evidence:
    header = sample.run(stage=Stage.LIVE, command="verify", account=ACCOUNT)
    return sample.evidence(run=header, controls=(sample.control(verdict=verdict),))


def asked(root: Path, content: str, evidence: Evidence, updates: Any = UPDATES) -> Judge:
    paths = Paths("sandbox", root)
    paths.reports.mkdir(parents=True, exist_ok=True)
    (paths.reports / "SANDBOX-prowler.json").write_text(content, encoding="utf-8")
    return told(paths, evidence, updates)


def judged(root: Path, **changes: Any) -> Judge:
    return asked(root, canonical.stored(replace(FOUND, **changes)), live())


def test_what_it_found_is_in_the_evidence_with_the_digest_of_its_file(tmp_path: Path) -> None:
    found = judged(tmp_path)
    assert replace(found, digest="") == FOUND
    assert found.digest == canonical.digest_bytes(canonical.stored(FOUND).encode())
    made = replace(live(), judge=found)
    document = canonical.plain(made)
    assert faults(document) == []
    assert build(Evidence, document) == made


@pytest.mark.parametrize("verdict", [Verdict.FAILED, Verdict.WAIVED])
def test_where_a_control_of_ours_fails_too_both_agree(tmp_path: Path, verdict: Verdict) -> None:
    found = asked(tmp_path, canonical.stored(FOUND), live(verdict))
    assert [f.answer for f in found.failures] == ["choice", AGREED]
    assert found.failures[1].controls == ("key-rotation",)
    assert found.wrong == 0


def test_a_failure_that_nobody_answered_is_a_fault_in_every_report(tmp_path: Path) -> None:
    made = replace(live(), judge=judged(tmp_path))
    assert made.judge
    assert [f.check for f in made.judge.unanswered] == ["kms_rotation"]
    assert [a for a, _ in made.judge.by_answer] == ["", "choice"]
    assert "1 WITHOUT AN ANSWER" in " ".join(terminal.render(made, 200).split())
    assert "no answer to `kms_rotation`" in markdown.render(made)
    page = html.render(View((made,)))
    assert "Failed, and nobody has answered" in page
    assert 'href="#judge">Faults of the outside judge' in page
    assert "DEV-002: 24 hours" in page


NOT_TAKEN: dict[str, tuple[dict[str, Any], str]] = {
    "from before the last update": ({"at": "2026-11-23T12:30:00.000Z"}, NOBODY),
    "from a time to come": ({"at": "2026-11-24T12:30:00.000Z"}, "a time to come"),
    "without a zone": ({"at": "2026-11-23T13:30:00"}, "cannot be compared"),
    "with a strange time": ({"at": "yesterday"}, "cannot be compared"),
    "without a time": ({"at": ""}, "no look"),
    "of another stack": ({"stack": "dev"}, "another stack: dev"),
    "of a real account": ({"assurance": "live"}, "another stack: sandbox (live)"),
    "of another account": ({"account": "1"}, "another stack"),
    "with counts that do not add up": ({"passed": 100}, "do not add up"),
    "with a failure left out": ({"failures": FOUND.failures[:1]}, "not as many"),
    "that agrees with itself": (
        {"failures": tuple(replace(f, answer=AGREED) for f in FOUND.failures)},
        "the gate alone",
    ),
}


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_a_look_that_does_not_hold_is_said_so_and_shows_nothing(tmp_path: Path, name: str) -> None:
    changes, why = NOT_TAKEN[name]
    found = judged(tmp_path, **changes)
    assert why in found.absent
    assert "run: make prowler" in found.absent
    assert (found.checks, found.failures) == (0, ())
    made = replace(live(), judge=found)
    for shown in (markdown.render(made), html.render(View((made,))), terminal.render(made, 400)):
        assert "make prowler" in shown


Change = Callable[[dict[str, Any]], object]
DAMAGED: dict[str, Change] = {
    "a member more": lambda d: d.update(extra=1),
    "a member less": lambda d: d.pop("checks"),
    "text for a count": lambda d: d.update(checks="many"),
    "a failure without resource": lambda d: d["failures"][0].update(resources=0),
    "a verdict of another word": lambda d: d.update(assurance="certified"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_one_line(tmp_path: Path, name: str) -> None:
    document = canonical.plain(FOUND)
    DAMAGED[name](document)
    found = asked(tmp_path, json.dumps(document), live())
    assert found.absent.startswith("SANDBOX-prowler.json is damaged")
    assert "\n" not in found.absent


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "[" * 100_000, "\x00"])
def test_what_is_no_document_is_one_line(tmp_path: Path, content: str) -> None:
    assert asked(tmp_path, content, live()).absent.startswith("SANDBOX-prowler.json is damaged")


def test_no_file_and_no_known_update_are_said(tmp_path: Path) -> None:
    assert told(Paths("sandbox", tmp_path), live(), UPDATES).absent.startswith(NOBODY)
    assert "nobody can say" in asked(tmp_path, canonical.stored(FOUND), live(), ()).absent
