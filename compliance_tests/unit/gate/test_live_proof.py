"""Live records and the results of tests joined with the catalogue: no proof is no pass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evidence import canonical
from evidence.gaps import Gap, Gaps
from evidence.model import Assurance, Evidence, Outcome, Record, Stage, Subject, Verdict
from evidence.schema import faults
from gate import catalog, junit, live_proof
from gate.cloud import Identity
from gate.live_proof import TESTS, Live, join

from .fake_engine import Checkout, make
from .recorded import CATALOG

TEST = f"{TESTS}/test_keys.py::test_rotation"
AT = "2026-11-23T14:00:00.000Z"


def known() -> catalog.Catalog:
    rotation = replace(CATALOG.requirements[1], tests=(TEST, "compliance_tests/unit/x.py::y"))
    return catalog.Catalog(CATALOG.controls[:1], (rotation,), CATALOG.by_control)


def record(**changes: Any) -> Record:
    made = Record(
        control="key-rotation",
        verdict=Verdict.PASSED,
        stage=Stage.LIVE,
        assurance=Assurance.EMULATED,
        collected_at=AT,
        requirements=("REQ-KMS-2",),
        subject=Subject(arn="arn:key/1"),
        source="live_test",
        test=TEST,
    )
    return replace(made, **changes)


def live(**changes: Any) -> Live:
    made = Live((record(),), (junit.Case(TEST, "passed"),), Gaps(), 0)
    return replace(made, **changes)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    monkeypatch.setattr(live_proof, "identity", lambda *_: Identity("123456789012", 0.1))
    (tmp_path / TESTS).mkdir(parents=True)
    return make(tmp_path, monkeypatch)


def joined(checkout: Checkout, given: Live) -> Evidence:
    return join(checkout.paths, known(), "baseline", live=given, env=checkout.env, started_at=AT)


def test_proven(checkout: Checkout) -> None:
    found = joined(checkout, live())
    assert found.problems == ()
    assert found.run.outcome is Outcome.PASSED
    assert found.controls[0].verdict is found.requirements[0].verdict is Verdict.PASSED
    assert found.controls[0].subjects == 1


FAULTS: dict[str, tuple[dict[str, Any], Outcome]] = {
    "a failed record": (
        {"records": (record(verdict=Verdict.FAILED, message="off"),), "pytest_exit": 1},
        Outcome.VIOLATIONS,
    ),
    "one of two failed": (
        {"records": (record(), record(verdict=Verdict.FAILED, message="off"))},
        Outcome.VIOLATIONS,
    ),
    "an API that failed": ({"records": (record(verdict=Verdict.ERROR),)}, Outcome.NOT_PROVEN),
    "no record": ({"records": ()}, Outcome.NOT_PROVEN),
    "records of a real account": (
        {"records": (record(assurance=Assurance.LIVE),)},
        Outcome.NOT_PROVEN,
    ),
    "damaged records": ({"faults": ("line 1 is damaged",)}, Outcome.NOT_PROVEN),
    "a failed conformance record": (
        {"records": (record(), record(control="conformance", verdict=Verdict.FAILED))},
        Outcome.VIOLATIONS,
    ),
    "a test that did not run": (
        {"tests": (junit.Case(TEST, "skipped", "no key"),)},
        Outcome.NOT_PROVEN,
    ),
    "a test that failed without a record": (
        {"tests": (junit.Case(TEST, "failed", "boom"),), "pytest_exit": 1},
        Outcome.NOT_PROVEN,
    ),
    "a stack that is not deployed": (
        {"tests": (junit.Case(TEST, "error", "run make up"),), "pytest_exit": 1},
        Outcome.COULD_NOT_RUN,
    ),
    "no test": ({"tests": (), "pytest_exit": 5}, Outcome.COULD_NOT_RUN),
    "pytest broke": ({"pytest_exit": 3}, Outcome.COULD_NOT_RUN),
    "pytest was killed": ({"pytest_exit": -9}, Outcome.COULD_NOT_RUN),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_shuts_the_gate(checkout: Checkout, name: str) -> None:
    changes, outcome = FAULTS[name]
    found = joined(checkout, live(**changes))
    assert found.run.outcome is outcome, found.problems
    assert faults(canonical.plain(found)) == []


def test_a_requirement_whose_test_did_not_run_is_not_passed(checkout: Checkout) -> None:
    found = joined(checkout, live(tests=(junit.Case(f"{TESTS}/other.py::x", "passed"),)))
    assert found.requirements[0].verdict is Verdict.NOT_EVALUATED


def test_a_control_that_cannot_be_seen_is_not_passed_and_does_not_shut(
    checkout: Checkout,
) -> None:
    gap = Gap("preview only", "it is so", "the plan")
    found = joined(checkout, live(records=(), gaps=Gaps({"key-rotation": gap}), faults=()))
    assert found.controls[0].verdict is Verdict.NOT_EVALUATED
    assert found.controls[0].gap == "preview only"
    assert found.controls[0].reasons == ("preview only: it is so; closed by: the plan",)
    assert found.notes == (f"key-rotation is not proven live: {gap.text}",)
    assert found.run.outcome is Outcome.PASSED
    assert faults(canonical.plain(found)) == []


@pytest.mark.parametrize(
    ("seen", "said"), [(Verdict.PASSED, Verdict.OFF), (Verdict.FAILED, Verdict.FAILED)]
)
def test_what_the_profile_does_not_demand_is_never_passed(
    checkout: Checkout, seen: Verdict, said: Verdict
) -> None:
    off = replace(CATALOG.controls[0], levels={"baseline": "off"})
    given = live(records=(record(verdict=seen),))
    found = join(
        checkout.paths,
        replace(known(), controls=(off,)),
        "baseline",
        live=given,
        env=checkout.env,
        started_at=AT,
    )
    assert found.controls[0].verdict is said


def test_parametrized_tests_are_found_by_their_name(checkout: Checkout) -> None:
    case = junit.Case(f"{TEST}[kinesis]", "passed")
    assert case.is_named(TEST)
    assert case.is_named(f"{TEST}[kinesis]")
    assert not case.is_named(f"{TEST}s")


def test_a_junit_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text(
        '<testsuites><testsuite><testcase classname="a.b.test_c" name="test_d[e]"/>'
        '<testcase classname="a.b.test_c" name="f"><failure message="no">more</failure></testcase>'
        '<testcase classname="a.b.test_c" name="g"><skipped message="why"/></testcase>'
        '<testcase classname="a.b.test_c" name="h"><error>x</error></testcase>'
        "</testsuite></testsuites>"
    )
    assert [(c.name, c.outcome, c.message) for c in junit.read(path)] == [
        ("a/b/test_c.py::test_d[e]", "passed", ""),
        ("a/b/test_c.py::f", "failed", "no"),
        ("a/b/test_c.py::g", "skipped", "why"),
        ("a/b/test_c.py::h", "error", "x"),
    ]


@pytest.mark.parametrize("text", ["", "<testsuites>", "no xml"])
def test_half_a_junit_file_is_no_result(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.xml"
    path.write_text(text)
    assert junit.read(path) == ()
