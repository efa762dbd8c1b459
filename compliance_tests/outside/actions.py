"""Runs a GitHub workflow as far as this machine can: its jobs in order, each in a clean clone.

Modelled: `needs`, `if` with the status functions, `env`, outputs, artefacts (only what was uploaded
reaches another job), the step summary. `run:` steps really run. Of `uses:` those of the shipped
workflows are played; any other is an error. Not modelled: matrices, services, reusable workflows.
"""

from __future__ import annotations

import fnmatch
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .expressions import Expression, substituted

PATIENCE = 600  # seconds for one step
DROPPED = ("AWS_", "PULUMI_", "GITHUB_", "GITLAB_", "GATE_", "APPROVE", "STACK", "SANDBOX_")


@dataclass
class Step:
    """What became of a step."""

    name: str
    outcome: str = "skipped"  # success, failure, skipped
    code: int = 0
    text: str = ""
    outputs: dict[str, str] = field(default_factory=dict)


@dataclass
class Job:
    """What became of a job; `started` is false when no runner was ever asked for."""

    name: str
    result: str = "skipped"
    started: bool = False
    steps: list[Step] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""

    def step(self, name: str) -> Step:
        return next(s for s in self.steps if s.name == name)


@dataclass
class Runner:
    """Runs one workflow on a repository.

    Attributes:
        repository: cloned for each job, at its HEAD.
        scratch: the clones and the artefacts.
        context: `github`, `vars` and `secrets`.
        prepared: called with each clone before its first `run:` step.
        path: a folder of stand-ins (`gh`) put before PATH.
    """

    repository: Path
    scratch: Path
    context: Mapping[str, Any]
    prepared: Callable[[Path], None]
    ended: Callable[[Path], None]
    path: Path
    uploads: list[str] = field(default_factory=list)

    def run(self, file: Path) -> dict[str, Job]:
        """All jobs by id, in an order that `needs` allows."""
        workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
        waiting: dict[str, Any] = dict(workflow["jobs"])
        done: dict[str, Job] = {}
        while waiting:
            ready = [n for n, j in waiting.items() if set(_needs(j)) <= set(done)]
            assert ready, f"{file.name}: the needs of {sorted(waiting)} cannot be met"
            for name in ready:
                done[name] = self._job(name, waiting.pop(name), workflow, done)
        return done

    def _job(
        self, name: str, given: Mapping[str, Any], workflow: Mapping[str, Any], done: dict[str, Job]
    ) -> Job:
        needed = {n: done[n] for n in _needs(given)}
        context = {
            **self.context,
            "needs": {n: {"result": j.result, "outputs": j.outputs} for n, j in needed.items()},
            "steps": {},
        }
        job = Job(name)
        fine = all(j.result == "success" for j in needed.values())
        if not _wanted(given.get("if"), context, fine):
            return job
        job.started = True
        env = {**workflow.get("env", {}), **given.get("env", {})}
        context["env"] = {k: substituted(str(v), context) for k, v in env.items()}
        clone = self.scratch / f"{workflow['name']}-{name}".replace(" ", "-")
        clone.mkdir(parents=True)
        failed = False
        for index, step in enumerate(given["steps"]):
            seen = Step(step.get("name") or step.get("uses") or f"step {index}")
            job.steps.append(seen)
            if _wanted(step.get("if"), context, not failed):
                self._step(step, seen, clone, job, context)
                failed = failed or seen.outcome == "failure"
            if "id" in step:
                context["steps"][step["id"]] = {"outcome": seen.outcome, "outputs": seen.outputs}
        job.result = "failure" if failed else "success"
        job.outputs = {
            k: substituted(str(v), context) for k, v in (given.get("outputs") or {}).items()
        }
        self.ended(clone)
        return job

    def _step(
        self,
        step: Mapping[str, Any],
        seen: Step,
        clone: Path,
        job: Job,
        context: Mapping[str, Any],
    ) -> None:
        if "uses" in step:
            action = str(step["uses"]).partition("@")[0]
            given = {k: substituted(_text(v), context) for k, v in (step.get("with") or {}).items()}
            try:
                self._action(action, given, clone)
            except AssertionError as e:
                seen.outcome, seen.code, seen.text = "failure", 1, str(e)
                return
            seen.outcome = "success"
            return
        files = {n: self.scratch / f"{job.name}-{n}" for n in ("output", "summary")}
        for file in files.values():
            file.touch()
        env = {k: substituted(str(v), context) for k, v in (step.get("env") or {}).items()}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=clone,
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith(DROPPED)},
                "PATH": f"{self.path}:{os.environ['PATH']}",
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_OUTPUT": str(files["output"]),
                "GITHUB_STEP_SUMMARY": str(files["summary"]),
                **context["env"],
                **env,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        seen.code, seen.text = done.returncode, done.stdout
        seen.outcome = "failure" if done.returncode else "success"
        job.summary = files["summary"].read_text(encoding="utf-8")
        told = files["output"].read_text(encoding="utf-8").splitlines()
        seen.outputs = dict(line.split("=", 1) for line in told)
        files["output"].unlink()

    def _action(self, action: str, given: Mapping[str, str], clone: Path) -> None:
        if action == "actions/checkout":
            _git("clone", "-q", str(self.repository), str(clone / "x"))
            for entry in (clone / "x").iterdir():
                shutil.move(str(entry), clone / entry.name)
            (clone / "x").rmdir()
            self.prepared(clone)
        elif action == "actions/setup-python":
            assert sys.version_info >= (3, 11)
        elif action == "actions/upload-artifact":
            self._upload(given, clone)
        elif action == "actions/download-artifact":
            kept = self.scratch / "artefacts" / given["name"]
            assert kept.is_dir(), f"no artefact {given['name']}"
            shutil.copytree(kept, clone / given["path"], dirs_exist_ok=True)
        elif action == "github/codeql-action/upload-sarif":
            file = clone / given["sarif_file"]
            assert file.is_file(), f"{given['sarif_file']} is not there"
            self.uploads.append(file.read_text(encoding="utf-8"))
        else:
            raise AssertionError(f"{action} is not played here: no step of the sandbox may need it")

    def _upload(self, given: Mapping[str, str], clone: Path) -> None:
        """As the action does it: hidden files only on request, paths from their common root."""
        hidden = given.get("include-hidden-files") == "true"
        wanted = [line.strip() for line in given["path"].splitlines() if line.strip()]
        found: list[Path] = []
        for pattern in wanted:
            for path in (clone / pattern).rglob("*"):
                inside = path.relative_to(clone).parts
                if path.is_file() and (hidden or not any(p.startswith(".") for p in inside)):
                    found.append(path)
        assert found, f"nothing to upload in {', '.join(wanted)}"
        root = clone / wanted[0] if len(wanted) == 1 else clone
        kept = self.scratch / "artefacts" / given["name"]
        assert not kept.exists(), f"the artefact {given['name']} is there already"
        for path in found:
            target = kept / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def _text(value: Any) -> str:
    """A value of YAML as GitHub hands it on."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _needs(job: Mapping[str, Any]) -> list[str]:
    given = job.get("needs") or []
    return [given] if isinstance(given, str) else list(given)


def _wanted(condition: Any, context: Mapping[str, Any], fine: bool) -> bool:
    """As GitHub does: without a status function in it, `success()` is asked too."""
    text = str(condition if condition is not None else "success()")
    inner = re.sub(r"^\$\{\{(.*)\}\}$", r"\1", text.strip(), flags=re.DOTALL)
    value = bool(Expression(inner, context, fine).value())
    named = any(fnmatch.fnmatch(inner, f"*{f}()*") for f in ("success", "failure", "always"))
    return value and (fine or named or "cancelled()" in inner)


def _git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True)
