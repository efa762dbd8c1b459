"""The header of a run: who, what, when, with which tools and inputs."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from evidence import canonical
from evidence.model import Approval, Assurance, Commit, Outcome, Run, Stage
from evidence.store import prefix

from .git import git
from .paths import PROJECT, SANDBOX

PACKAGES = ("pulumi", "pulumi-policy", "pulumi-aws", "pulumi-random", "boto3")


def assurance_of(stack: str) -> Assurance:
    """What runs on a stack prove: the sandbox's are emulated, whatever else is said."""
    return Assurance.EMULATED if stack == SANDBOX else Assurance.LIVE


def file_stamp(stack: str) -> str:
    """What the names of this run's files begin with; the sandbox's always say so."""
    stamp = canonical.utc().replace(":", "").replace("-", "").replace(".", "")
    return f"{prefix(assurance_of(stack))}{stamp}"


def run(
    *,
    stack: str,
    stage: Stage,
    command: str,
    outcome: Outcome,
    started_at: str,
    finished_at: str,
    root: Path,
    env: Mapping[str, str],
    digests: Mapping[str, str],
    suffix: str = "",
    profile: str = "",
    region: str = "",
    account: str = "",
    clock_offset: float | None = None,
    approved: Approval | None = None,
    engine_exit: int | None = None,
    engine_result: str = "",
    changes: Mapping[str, int] | None = None,
    tools: Mapping[str, str] | None = None,
    checked_out: Commit | None = None,
) -> Run:
    """The header, with what can be asked of git (unless it was, see `commit`), of the packages and
    of CI filled in.
    """
    return Run(
        id=str(uuid.uuid4()),
        stage=stage,
        command=command,
        assurance=assurance_of(stack),
        started_at=started_at,
        finished_at=finished_at,
        project=PROJECT,
        stack=stack,
        outcome=outcome,
        suffix=suffix,
        profile=profile,
        account=account,
        clock_offset_seconds=clock_offset,
        region=region or env.get("AWS_REGION", ""),
        commit=checked_out or commit(root),
        approver=approved.by if approved else "",
        approval=approved,
        ci=ci(),
        tools={**versions(stack), **(tools or {})},
        digests=dict(digests),
        engine_exit=engine_exit,
        engine_result=engine_result,
        changes=dict(changes or {}),
    )


def commit(root: Path) -> Commit:
    """What is checked out; empty where there is no git."""
    shown = git(root, "log", "-1", "--format=%H%n%an <%ae>")
    if not shown:
        return Commit()
    digest, _, author = shown.partition("\n")
    branch = git(root, "branch", "--show-current")
    dirty = bool(git(root, "status", "--porcelain", "--ignore-submodules=none"))
    return Commit(id=digest, branch=branch, author=author, dirty=dirty)


def ci() -> dict[str, str]:
    """Where this ran, when a CI system says so."""
    env = os.environ
    if env.get("GITHUB_ACTIONS") == "true":
        url = f"{env.get('GITHUB_SERVER_URL')}/{env.get('GITHUB_REPOSITORY')}/actions/runs/"
        url += env.get("GITHUB_RUN_ID", "")
        return {"url": url, "actor": env.get("GITHUB_ACTOR", "")}
    if env.get("GITLAB_CI") == "true":
        return {"url": env.get("CI_JOB_URL", ""), "actor": env.get("GITLAB_USER_LOGIN", "")}
    return {}


def versions(stack: str) -> dict[str, str]:
    """The tools of this run."""
    found = {"provider": "sandbox" if stack == SANDBOX else "vendor"}
    return found | {package: _version(package) for package in PACKAGES}


@cache
def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
