"""OSCAL, and what holds for every format: EMULATED, the same bytes anywhere, one line on errors."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compliance_tests.samples import replay, world
from evidence.errors import EvidenceError
from evidence.formats import registry
from evidence.formats.oscal import component, plan, results
from evidence.formats.registry import FORMATS, View
from evidence.model import Evidence, Stage, Verdict

from .machine import CONTROL, ROOT, failed, planned, strings, undecided, view, waived

# --- OSCAL


def oscal(change: Callable[[Evidence], Evidence]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(results.render(view(change)))
    return dict(document["assessment-results"]["results"][0])


def finding(result: dict[str, Any]) -> dict[str, Any]:
    return next(f for f in result["findings"] if f["target"]["target-id"] == CONTROL)


@pytest.mark.parametrize(
    ("change", "state", "reason", "risk"),
    [
        (replay.same, "satisfied", "pass", None),
        (failed, "not-satisfied", "fail", "open"),
        (waived, "not-satisfied", "fail", "deviation-approved"),
        (undecided, "not-satisfied", "other", "open"),
    ],
)
def test_each_verdict_in_oscals_words(
    change: Callable[[Evidence], Evidence], state: str, reason: str, risk: str | None
) -> None:
    result = oscal(change)
    status = finding(result)["target"]["status"]
    assert (status["state"], status["reason"]) == (state, reason)
    assert [r["status"] for r in result.get("risks", [])] == ([risk] if risk else [])
    assert len(result["observations"]) == len(planned().records)
    if risk == "deviation-approved":
        assert result["risks"][0]["deadline"] == "2026-12-31T23:59:59Z"


def test_a_control_without_subject_is_never_a_bare_satisfied() -> None:
    made = planned()
    controls = tuple(
        replace(c, verdict=Verdict.NOT_APPLICABLE, subjects=0) if c.id == CONTROL else c
        for c in made.controls
    )
    records = tuple(r for r in made.records if r.control != CONTROL)
    bare = replace(made, controls=controls, records=records)
    result = json.loads(results.render(View((bare,))))["assessment-results"]["results"][0]
    target = finding(result)["target"]
    assert target["status"]["reason"] == "other"
    assert target["implementation-status"]["state"] == "not-applicable"


def test_the_results_import_the_plan_and_every_reference_leads_somewhere() -> None:
    shown = View(tuple(waived(e) for e in world.triple(3, 12)))
    document = json.loads(results.render(shown))["assessment-results"]
    the_plan = json.loads(plan.render(shown))["assessment-plan"]
    assert document["import-ap"]["href"] == f"#{the_plan['uuid']}"
    known, asked = set(), set()
    for key, value in strings(document):
        if key == "uuid":
            assert value not in known, f"{value} is given twice"
            known.add(value)
        elif key.endswith("-uuid"):
            asked.add(value)
        elif key == "href" and value.startswith("#"):
            asked.add(value[1:])
    assert asked
    assert asked <= known


def test_the_component_definition_maps_controls_to_clauses() -> None:
    document = json.loads(component.render(view()))["component-definition"]
    implementations = document["components"][0]["control-implementations"]
    sources = {i["source"].rpartition(":")[2] for i in implementations}
    assert {"register", "nist-800-53"} <= sources


# --- all of them


def test_every_format_says_emulated() -> None:
    shown = View(world.triple(2, 8))
    for name, found in FORMATS.items():
        if not found.binary:
            assert "emulated" in registry.render(name, shown).decode().lower(), name


def test_a_real_run_is_called_emulated_nowhere() -> None:
    from evidence.model import Assurance

    made = planned()
    run = replace(made.run, assurance=Assurance.LIVE)
    records = tuple(replace(r, assurance=Assurance.LIVE) for r in made.records)
    real = View((replace(made, run=run, records=records),))
    for name in ("comment", "sarif", "sarif-full", "junit", "csv", "csv-controls", "oscal-ar"):
        if name in FORMATS:
            assert "EMULATED" not in registry.render(name, real).decode(), name


DRAW = """
import hashlib, sys
from compliance_tests.unit.evidence import test_all_formats as t
for name, digest in t.digests().items():
    print(name, digest)
"""


def digests() -> dict[str, str]:
    """Of every format of one and the same evidence."""
    runs = world.triple(2, 8)
    shown = View((failed(runs[0]), waived(runs[1]), undecided(runs[2])))
    return {
        name: hashlib.sha256(registry.render(name, shown)).hexdigest()
        for name, found in FORMATS.items()
        if not found.binary
    }


def test_the_same_evidence_gives_the_same_bytes_whatever_the_process() -> None:
    said = []
    for seed, zone, locale in (("1", "Asia/Kathmandu", "C"), ("2", "America/Sao_Paulo", "C.UTF-8")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        done = subprocess.run(
            [sys.executable, "-c", DRAW],
            cwd=ROOT,
            env={**env, "PYTHONPATH": f"{ROOT}:{ROOT / 'policies'}:{ROOT / 'infra'}"},
            capture_output=True,
            text=True,
            check=True,
        )
        said.append(done.stdout)
    assert said[0] == said[1]
    assert len(said[0].splitlines()) == len([f for f in FORMATS.values() if not f.binary])


def test_a_stage_of_its_own_is_drawn_for_each_run() -> None:
    shown = View(world.triple(2, 8))
    document = json.loads(results.render(shown))["assessment-results"]
    assert len(document["results"]) == len(Stage)


def test_a_pdf_without_a_browser_is_one_line_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EvidenceError, match="apt-get install chromium") as e:
        registry.render("pdf", view())
    assert "\n" not in str(e.value)


def test_a_browser_that_prints_nothing_is_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho no display >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EvidenceError, match="printed no PDF \\(no display\\)"):
        registry.render("pdf", view())
