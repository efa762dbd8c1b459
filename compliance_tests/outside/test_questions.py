"""An auditor's five questions, answered in a real browser by links alone.

What does control X demand? Which requirement asks for it? Who checked what, and when? Where is the
evidence, and is it unaltered? What changed? Each answer is compared with the evidence files.
"""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from compliance_tests.samples import replay, stories, world
from compliance_tests.unit.evidence.test_html import HOSTILE, poisoned
from evidence.formats import html
from evidence.formats.registry import View
from gate.__main__ import parser
from gate.paths import Paths
from gate.report import report

from .test_html import BROWSER, NODE
from .tools import CHROMIUM, HERE, need, package

CONTROLS = 10
SEEDS = (7, 2026)
MOST_CLICKS = 2
PACK = "iot-data-platform-policies 1.0.0"


def asked(file: Path, *controls: str) -> dict[str, Any]:
    """What stands where the links lead."""
    package("playwright-core/package.json")
    browser = need(*CHROMIUM, remedy=BROWSER)
    command = [need("node", remedy=NODE), str(HERE / "questions.mjs"), browser, str(file)]
    done = subprocess.run([*command, *controls], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def drawn(paths: Paths) -> Path:
    """The report of what is in the folder, by the command."""
    target = paths.reports / "SANDBOX-report.html"
    arguments = ["report", "--format", "html", "--out", str(target)]
    assert report(paths, parser().parse_args(arguments)) == 0
    return target


def read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def runs_of(paths: Paths, stage: str) -> list[dict[str, Any]]:
    """The last two runs of a stage, as the history names their files."""
    lines = (paths.reports / "SANDBOX-history.jsonl").read_text("utf-8").splitlines()
    files = [e["file"] for e in map(json.loads, lines) if e["stage"] == stage]
    return [read(paths.reports / f) for f in files[-2:]]


def verdict(evidence: dict[str, Any], control: str) -> str:
    return str(next(c["verdict"] for c in evidence["controls"] if c["id"] == control))


def chosen_by(seed: int) -> list[str]:
    """Ten controls: the two that changed, and others by the seed."""
    others = [c.id for c in world.known().controls]
    seeded = random.Random(seed).sample(others, CONTROLS)  # noqa: S311
    return [*dict.fromkeys(["ingress-inside-vpc", stories.DRIFTED, *seeded])][:CONTROLS]


def test_another_seed_asks_about_other_controls() -> None:
    first, second = (set(chosen_by(seed)) for seed in SEEDS)
    assert len(first) == len(second) == CONTROLS
    assert len(first - second) > CONTROLS // 2


@pytest.mark.parametrize("seed", SEEDS)
def test_ten_controls_answer_the_five_questions_in_two_clicks(tmp_path: Path, seed: int) -> None:
    paths = Paths("sandbox", tmp_path)
    steps = [*stories.STORIES["passing"], replay.Step(2, stories.P, stories.failed)]
    steps.append(replay.Step(3, stories.L, stories.excused))
    replay.history(world.triple(2), paths.reports, steps)
    chosen = chosen_by(seed)
    told = asked(drawn(paths), *chosen)
    pairs = [runs_of(paths, stage) for stage in ("planned", "deployed", "live")]
    changed = []
    for control in chosen:
        answer = told["answers"][control]
        now = [new for _, new in pairs]
        about = next(c for c in now[-1]["controls"] if c["id"] == control)
        assert answer["clicks"] <= MOST_CLICKS
        assert answer["demand"] == about["statement"]
        assert answer["requirements"] == about["requirements"]
        records = [r for e in now for r in e["records"] if r["control"] == control]
        looks = {(r["collected_at"], r["test"] or PACK) for r in records}
        assert {tuple(pair) for pair in answer["checked"]} == looks
        assert len(answer["files"]) == len(now)
        for name, digest in answer["files"]:
            content = (paths.reports / name).read_bytes()
            assert digest == "sha256:" + hashlib.sha256(content).hexdigest()
        assert answer["unaltered"] == "yes"
        differs = any(verdict(old, control) != verdict(new, control) for old, new in pairs)
        assert bool(answer["changes"]) == differs
        changed += [control] if differs else []
    assert changed == ["ingress-inside-vpc", stories.DRIFTED]


def test_a_file_changed_afterwards_is_told_at_the_control(tmp_path: Path) -> None:
    paths = Paths("sandbox", tmp_path)
    replay.history(world.triple(1, 3), paths.reports, stories.STORIES["passing"])
    file = next(paths.reports.glob("SANDBOX-2*-verify.evidence.json"))
    file.write_text(file.read_text("utf-8").replace('"echo": true', '"echo": false', 1), "utf-8")
    control = world.known().controls[0].id
    page = drawn(paths)
    assert asked(page, control)["answers"][control]["unaltered"] == "no"
    assert f"{file.name}: the file was changed" in page.read_text("utf-8")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_the_evidence_runs(tmp_path: Path, text: str) -> None:
    file = tmp_path / "page.html"
    file.write_text(html.render(View(poisoned(text))), encoding="utf-8")
    told = asked(file)
    assert (told["dialogs"], told["strange"]) == (0, 0)


def test_what_ran_would_be_noticed(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<!DOCTYPE html><title>x</title><script>alert(1)</script>", encoding="utf-8")
    told = asked(file)
    assert (told["dialogs"], told["strange"]) == (1, 1)
