"""Every pipeline of .gitlab-ci.yml from its first line to its last, in clean clones."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from .gitlab import Job, Pipeline
from .test_workflows import KEY, VIOLATION, World, world
from .tools import ROOT

__all__ = ["world"]
MAIN = {"CI_DEFAULT_BRANCH": "main", "CI_COMMIT_BRANCH": "main", "CI_PIPELINE_SOURCE": "push"}
REQUEST = {"CI_DEFAULT_BRANCH": "main", "CI_PIPELINE_SOURCE": "merge_request_event"}
NIGHT = {**MAIN, "CI_PIPELINE_SOURCE": "schedule"}


def pipeline(world: World, variables: dict[str, str]) -> Pipeline:
    secret = {} if variables is REQUEST else {"GATE_SIGNING_KEY": KEY.decode()}
    return Pipeline(
        world.repository,
        world.folder / "pipeline",
        {**variables, **secret},
        world._prepared,
        world._ended,
    )


def told(jobs: dict[str, Job]) -> str:
    """What to read when it went wrong."""
    return "\n".join(f"{j.name}: {j.result} ({j.code})\n{j.text[-4000:]}" for j in jobs.values())


def test_a_compliant_merge_request_is_green(world: World) -> None:
    jobs = pipeline(world, REQUEST).run()
    assert {n: j.result for n, j in jobs.items()} == {"merge request": "success"}, told(jobs)
    kept = world.folder / "pipeline" / "artifacts" / "merge-request" / "reports" / "out"
    assert 'failures="0"' in (kept / "gate.junit.xml").read_text(encoding="utf-8")
    assert (kept / "report.html").is_file()


def test_a_violating_merge_request_is_red_and_its_report_says_why(world: World) -> None:
    world.commit(*VIOLATION)
    jobs = pipeline(world, REQUEST).run()
    job = jobs["merge request"]
    assert (job.result, job.code) == ("failure", 1), told(jobs)
    kept = world.folder / "pipeline" / "artifacts" / "merge-request" / "reports" / "out"
    assert "aurora-backups" in (kept / "gate.junit.xml").read_text(encoding="utf-8")


def test_main_is_deployed_from_the_judged_plan_and_proven(world: World) -> None:
    jobs = pipeline(world, MAIN).run()
    assert {n: j.result for n, j in jobs.items()} == {
        "preview": "success",
        "deploy": "success",
    }, told(jobs)
    assert "sha256:" in jobs["preview"].text.partition("Write this into the comment")[2]
    assert "Previewing" not in jobs["deploy"].text, "it previewed again"
    assert "verdict: passed as verified (exit 0)" in jobs["deploy"].text


def test_a_violation_on_main_never_starts_the_deployment(world: World) -> None:
    world.commit(*VIOLATION)
    jobs = pipeline(world, MAIN).run()
    assert (jobs["preview"].result, jobs["preview"].code) == ("failure", 1), told(jobs)
    assert jobs["deploy"].result == "skipped"


def test_the_night_proves_what_is_deployed(world: World) -> None:
    night = pipeline(world, NIGHT)

    def deployed(clone: Path) -> None:
        world._prepared(clone)
        command = [str(ROOT / ".venv/bin/python"), "-m", "gate", "up", "--no-live-proof"]
        env = {k: v for k, v in os.environ.items() if not k.startswith("GATE_")}
        ran = subprocess.run(
            command, cwd=clone, env=env, check=False, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr

    night.prepared = deployed
    jobs = night.run()
    assert {n: j.result for n, j in jobs.items()} == {"night": "success"}, told(jobs)
