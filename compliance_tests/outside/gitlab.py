"""Runs a pipeline of .gitlab-ci.yml as far as this machine can: its jobs in order, in clean clones.

Modelled: stages, `needs`, `extends`, `rules` with `if`, variables, `before_script` and `script` in
one shell that stops at the first error, artifacts (kept on failure where `when: always`). A manual
job is started. Not modelled: images, environments, resource groups, `reports:`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .actions import DROPPED, PATIENCE

RESERVED = ("variables", "workflow", "stages", "default", "include", "image")


@dataclass
class Job:
    """What became of a job; `result` is skipped where one that it needs was red."""

    name: str
    result: str = "skipped"  # success, failure, skipped
    code: int = 0
    text: str = ""


@dataclass
class Pipeline:
    """One pipeline of a repository.

    Attributes:
        repository: cloned for each job, at its HEAD.
        scratch: the clones and the artifacts.
        variables: what GitLab and the project's settings give.
        prepared: called with each clone before its first line.
        ended: called with each clone when its job is over.
    """

    repository: Path
    scratch: Path
    variables: Mapping[str, str]
    prepared: Callable[[Path], None]
    ended: Callable[[Path], None]
    jobs: dict[str, Job] = field(default_factory=dict)

    def run(self) -> dict[str, Job]:
        """The jobs of this pipeline by name."""
        given = yaml.safe_load((self.repository / ".gitlab-ci.yml").read_text(encoding="utf-8"))
        general = {k: str(v) for k, v in given["variables"].items()} | dict(self.variables)
        assert any(_true(r["if"], general) for r in given["workflow"]["rules"]), "no pipeline"
        named = [n for n in given if n not in RESERVED and not n.startswith(".")]
        jobs = {n: _whole(given, n) for n in named}
        assert {j["stage"] for j in jobs.values()} <= set(given["stages"])
        wanted = {n: j for n, j in jobs.items() if _wanted(j, general)}
        for name in sorted(wanted, key=lambda n: given["stages"].index(wanted[n]["stage"])):
            job = self.jobs[name] = Job(name)
            before = wanted[name].get("needs") or list(self.jobs)[:-1]
            assert set(before) <= set(wanted), f"{name} needs a job that is not in the pipeline"
            if all(self.jobs[n].result == "success" for n in before):
                self._job(job, wanted[name], general, before)
        return self.jobs

    def _job(
        self, job: Job, given: Mapping[str, Any], general: Mapping[str, str], before: list[str]
    ) -> None:
        clone = self.scratch / job.name.replace(" ", "-")
        subprocess.run(
            ["git", "clone", "-q", self.repository, clone], check=True, capture_output=True
        )
        self.prepared(clone)
        for name in before:
            shutil.copytree(self._kept(name), clone, dirs_exist_ok=True)
        own: dict[str, str] = dict(general)
        for name, value in (given.get("variables") or {}).items():
            own[name] = re.sub(r"\$(\w+)", lambda m: own.get(m[1], ""), str(value))
        lines = [*given.get("before_script", []), *given["script"]]
        assert all(isinstance(line, str) for line in lines), f"{job.name}: a line is no text"
        kept = {k: v for k, v in os.environ.items() if not k.startswith((*DROPPED, "CI"))}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", "\n".join(lines)],
            cwd=clone,
            env={**kept, "GITLAB_CI": "true", "CI": "true", **own},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=2 * PATIENCE,
        )
        job.code, job.text = done.returncode, done.stdout
        job.result = "failure" if done.returncode else "success"
        self._keep(job, given.get("artifacts") or {}, clone)
        self.ended(clone)

    def _kept(self, name: str) -> Path:
        return self.scratch / "artifacts" / name.replace(" ", "-")

    def _keep(self, job: Job, given: Mapping[str, Any], clone: Path) -> None:
        target = self._kept(job.name)
        target.mkdir(parents=True)
        if job.result == "success" or given.get("when") == "always":
            for path in given.get("paths", []):
                if (clone / path).exists():
                    shutil.copytree(clone / path, target / path, dirs_exist_ok=True)


def _whole(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A job with all that it extends; what is nearer wins, mappings are joined."""
    found: dict[str, Any] = {}
    own = given[name]
    parents = own.get("extends") or []
    for parent in [parents] if isinstance(parents, str) else parents:
        found = _joined(found, _whole(given, parent))
    return _joined(found, {k: v for k, v in own.items() if k != "extends"})


def _joined(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(under)
    for key, value in over.items():
        before = found.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            found[key] = _joined(before, value)
        else:
            found[key] = value
    return found


def _wanted(job: Mapping[str, Any], variables: Mapping[str, str]) -> bool:
    rule = next((r for r in job["rules"] if _true(r["if"], variables)), None)
    return rule is not None and rule.get("when") != "never"


def _true(condition: str, variables: Mapping[str, str]) -> bool:
    """A conjunction of comparisons, which is what the file has; anything else is an error."""
    return all(_compared(part.strip(), variables) for part in condition.split("&&"))


def _compared(part: str, variables: Mapping[str, str]) -> bool:
    found = re.fullmatch(r'(\$\w+|"[^"]*")\s*(==|!=)\s*(\$\w+|"[^"]*")', part)
    assert found, f"{part!r} is not played here"
    one, other = (
        variables.get(word[1:], "") if word.startswith("$") else word.strip('"')
        for word in (found[1], found[3])
    )
    return (one == other) is (found[2] == "==")
