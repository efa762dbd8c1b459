"""Every workflow from its first step to its last, in clean clones with the sandbox stack."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from compliance_tests.deployed.test_secret import spellings

from .actions import Job, Runner
from .tools import ROOT

GITHUB = {
    "server_url": "https://github.example",
    "repository": "ORG/REPOSITORY",
    "run_id": "1",
    "token": "made-up-token",
    "event": {"pull_request": {"number": "7", "head": {"repo": {"full_name": "ORG/REPOSITORY"}}}},
}
VIOLATION = (
    "Pulumi.yaml",
    "default: 30\n    description: days of automated",
    "default: 7\n    description: days of automated",
)
WORKFLOWS = ROOT / ".github" / "workflows"
KEY = Ed25519PrivateKey.generate().private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
GH = """#!/bin/sh
printf '%s\\n' "$*" >> "{log}"
while [ $# -gt 0 ]; do [ "$1" = --body-file ] && cat "$2" >> "{log}"; shift; done
"""


@dataclass
class World:
    """A repository of its own with what is checked out here, committed; and a place for runs."""

    folder: Path
    context: dict[str, Any] = field(default_factory=dict)
    clones: list[Path] = field(default_factory=list)

    @property
    def repository(self) -> Path:
        return self.folder / "repository"

    @property
    def comments(self) -> str:
        file = self.folder / "gh.log"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def runner(self, name: str) -> Runner:
        return Runner(
            repository=self.repository,
            scratch=self.folder / name,
            context={
                "github": GITHUB,
                "vars": {},
                "secrets": {"GATE_SIGNING_KEY": KEY.decode()},
                **self.context,
            },
            prepared=self._prepared,
            ended=self._ended,
            path=self.folder / "bin",
        )

    def commit(self, *change: str) -> None:
        if change:
            file, old, new = change
            path = self.repository / file
            text = path.read_text(encoding="utf-8")
            assert text.count(old) == 1
            path.write_text(text.replace(old, new), encoding="utf-8")
        who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
        for command in (["add", "-A"], [*who, "commit", "-q", "--allow-empty", "-m", "m"]):
            subprocess.run(["git", *command], cwd=self.repository, check=True, capture_output=True)

    def _prepared(self, clone: Path) -> None:
        """The packages and the engine are the same: no need to fetch them for each clone."""
        (clone / ".venv").symlink_to(ROOT / ".venv")
        self.clones.append(clone)

    def _ended(self, clone: Path) -> None:
        subprocess.run([ROOT / ".venv/bin/python", "-m", "sandbox", "stop"], cwd=clone, check=False)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            target = made.repository / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    # what the tests job runs is what runs this very test: it is answered for here
    (made.repository / ".ci" / "run").write_text("#!/bin/sh\necho checked\n")
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=made.repository, check=True)
    made.commit()
    (tmp_path / "bin").mkdir()
    gh = tmp_path / "bin" / "gh"
    gh.write_text(GH.format(log=tmp_path / "gh.log"))
    gh.chmod(0o755)
    yield made
    for clone in made.clones:
        made._ended(clone)


def told(jobs: dict[str, Job]) -> str:
    """What to read when it went wrong."""
    return "\n".join(
        f"{j.name}: {j.result}\n"
        + "\n".join(f"  {s.name}: {s.outcome} ({s.code})\n{s.text[-3000:]}" for s in j.steps)
        for j in jobs.values()
        if j.result != "success"
    )


def test_a_compliant_pull_request_is_green_and_is_told_so(world: World) -> None:
    runner = world.runner("run")
    jobs = runner.run(WORKFLOWS / "pull-request.yml")
    assert {j.result for j in jobs.values()} == {"success"}, told(jobs)
    assert "passed" in jobs["preview"].summary
    assert world.comments.startswith("pr comment 7 --edit-last --create-if-none"), world.comments
    assert "passed" in world.comments
    (sarif,) = runner.uploads
    assert json.loads(sarif)["runs"][0]["results"] == []


def test_a_violating_pull_request_is_red_and_everybody_is_told_why(world: World) -> None:
    world.commit(*VIOLATION)
    runner = world.runner("run")
    jobs = runner.run(WORKFLOWS / "pull-request.yml")
    assert jobs["preview"].result == "failure"
    gate = jobs["preview"].step("Preview behind the gate")
    assert gate.code == 1, gate.text
    for job in ("scanning", "comment"):
        assert jobs[job].result == "success", told(jobs)
    assert "aurora-backups" in jobs["preview"].summary
    assert "aurora-backups" in world.comments
    (sarif,) = runner.uploads
    rules = {r["ruleId"] for r in json.loads(sarif)["runs"][0]["results"]}
    assert "aurora-backups" in rules


def test_main_is_deployed_from_the_approved_plan_and_proven(world: World) -> None:
    runner = world.runner("run")
    jobs = runner.run(WORKFLOWS / "deploy.yml")
    assert [j.result for j in jobs.values()] == ["success", "success"], told(jobs)
    verdict = jobs["preview"].outputs["verdict"]
    assert verdict.startswith("sha256:")
    assert verdict in jobs["preview"].summary
    up = jobs["deploy"].step("Deploy the approved plan").text
    assert "Previewing" not in up, "it previewed again instead of taking the approved plan"
    # nothing that is handed on holds a secret of the stack, and nothing the key
    artefacts = world.folder / "run" / "artefacts"
    assert (artefacts / "plan" / ".state" / "plans" / "sandbox.plan.json").is_file()
    files = [f for f in sorted(artefacts.rglob("*")) if f.is_file()]
    assert len(files) > 3
    needles = spellings(KEY.decode().splitlines()[1])
    assert not [f for f in files if any(n in f.read_bytes() for n in needles)]


def test_a_violation_on_main_never_starts_the_deployment(world: World) -> None:
    world.commit(*VIOLATION)
    jobs = world.runner("run").run(WORKFLOWS / "deploy.yml")
    assert jobs["preview"].result == "failure"
    assert jobs["preview"].step("Hand on the plan").outcome == "skipped"
    assert not jobs["deploy"].started
    assert jobs["deploy"].result == "skipped"


def test_a_plan_that_was_changed_on_its_way_is_not_deployed(world: World) -> None:
    runner = world.runner("run")
    taken = runner._action

    def spoilt(action: str, given: Any, clone: Path) -> None:
        taken(action, given, clone)
        if action == "actions/download-artifact":
            plan = clone / ".state" / "plans" / "sandbox.plan.json"
            plan.write_bytes(plan.read_bytes() + b" ")

    runner._action = spoilt  # type: ignore[method-assign]
    jobs = runner.run(WORKFLOWS / "deploy.yml")
    up = jobs["deploy"].step("Deploy the approved plan")
    assert up.code == 2, up.text
    assert "the plan is not the one that was judged" in up.text
    assert jobs["deploy"].step("Prove what stands there").outcome == "skipped"


def test_the_night_proves_what_is_deployed(world: World) -> None:
    prepared = world._prepared

    def deployed(clone: Path) -> None:
        prepared(clone)
        env = {**os.environ, "STACK": "sandbox"}
        command = [str(ROOT / ".venv/bin/python"), "-m", "gate", "up", "--no-live-proof"]
        ran = subprocess.run(
            command, cwd=clone, env=env, check=False, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr

    runner = world.runner("run")
    runner.prepared = deployed
    jobs = runner.run(WORKFLOWS / "schedule.yml")
    assert jobs["proof"].result == "success", told(jobs)
