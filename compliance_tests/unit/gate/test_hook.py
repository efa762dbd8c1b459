"""The hook before a commit, in a repository whose gate is a stand-in that notes it was called."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
GATE = """#!/bin/sh
echo "$STACK $*" >> called
[ -z "${GIT_DIR:-}${GIT_INDEX_FILE:-}" ] || echo "error: git's variables came along"
cat said
exit "$(cat code)"
"""
PASSED = "verdict: passed as planned (exit 0)\n"
SHUT = "a table\nwhat keeps the gate shut:\n  - key-rotation failed\nverdict: violations (exit 1)\n"


def git(root: Path, *args: str) -> subprocess.CompletedProcess[str]:
    own = ["-c", "user.email=a@x.test", "-c", "user.name=x", "-c", "commit.gpgsign=false"]
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    command = ["git", "-C", str(root), *own, *args]
    return subprocess.run(command, check=False, capture_output=True, text=True, env=env)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    hook = tmp_path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    shutil.copy(ROOT / "gate" / "hooks" / "pre-commit", hook)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(GATE)
    python.chmod(0o755)
    (tmp_path / "Makefile").write_text(".venv/ok:\n\t@true\n")
    (tmp_path / ".gitignore").write_text("/.venv\n/called\n/said\n/code\n")
    says(tmp_path, PASSED, 0)
    return tmp_path


def says(root: Path, text: str, code: int) -> None:
    (root / "said").write_text(text)
    (root / "code").write_text(str(code))


def commit(root: Path, name: str) -> subprocess.CompletedProcess[str]:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("x")
    git(root, "add", "-f", name)
    return git(root, "commit", "-qm", "x")


@pytest.mark.parametrize("name", ["README.md", "docs/infra/x.md", "infrastructure.txt"])
def test_what_decides_nothing_is_committed_in_silence(repository: Path, name: str) -> None:
    done = commit(repository, name)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (repository / "called").exists()


@pytest.mark.parametrize(
    "name", ["infra/x.py", "infra/é\n.py", "policies/a b", "Pulumi.yaml", "Pulumi.dev.yaml"]
)
def test_what_decides_something_is_previewed_first(repository: Path, name: str) -> None:
    done = commit(repository, name)
    assert done.returncode == 0, done.stderr
    assert (repository / "called").read_text() == "sandbox -m gate preview\n"
    assert PASSED.strip() in done.stderr


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        (SHUT, 1, "key-rotation failed"),
        ("error: no engine\n", 3, "error: no engine"),
        ("a surprise\n", 9, "a surprise"),
    ],
)
def test_a_shut_gate_commits_nothing_and_says_why(
    repository: Path, text: str, code: int, told: str
) -> None:
    says(repository, text, code)
    done = commit(repository, "infra/x.py")
    assert done.returncode != 0
    assert told in done.stderr
    assert "came along" not in done.stderr
    assert git(repository, "rev-parse", "--verify", "-q", "HEAD").stdout == ""
