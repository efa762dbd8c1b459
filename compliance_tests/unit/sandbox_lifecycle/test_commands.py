"""The Makefile and the scripts behind it: what they print, and what they leave alone."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox import bootstrap, places

MAKEFILE = (places.ROOT / "Makefile").read_text()
TARGETS = re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)


def make(*arguments: str, folder: Path = places.ROOT) -> subprocess.CompletedProcess[str]:
    """Run make as a person would: without the variables of a make around this test."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=kept, capture_output=True, text=True, check=False
    )


def test_every_target_is_phony_and_explained() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony is not None
    assert set(TARGETS) == set(phony.group(1).split()) - {"FORCE"}
    listed = make("help").stdout
    for target in TARGETS:
        assert f"make {target} " in listed


def test_env_prints_shell_lines_only_and_sets_nothing_up(tmp_path: Path) -> None:
    root = tmp_path / "a b'c"
    shutil.copytree(places.ROOT / "sandbox", root / "sandbox")
    shutil.copy(places.ROOT / "Makefile", root)
    answer = make("-s", "env", folder=root)
    assert answer.returncode == 0
    for line in answer.stdout.splitlines():
        assert shlex.split(line)[0] in {"export", "unset"}
    assert (
        f"export PULUMI_HOME={shlex.quote(str(root / '.state' / 'pulumi-home'))}" in answer.stdout
    )
    assert answer.stderr.strip() == "nothing is set up yet: run `make sandbox`"
    left = sorted(path.name for path in root.iterdir())
    assert left == ["Makefile", "sandbox"]


def test_two_checkouts_have_ports_of_their_own(tmp_path: Path) -> None:
    seen = set()
    for name in ("one", "two"):
        shutil.copytree(places.ROOT / "sandbox", tmp_path / name / "sandbox")
        shutil.copy(places.ROOT / "Makefile", tmp_path / name)
        found = re.search(
            r"AWS_ENDPOINT_URL=(\S+)", make("-s", "env", folder=tmp_path / name).stdout
        )
        assert found is not None
        seen.add(found.group(1))
    assert len(seen) == 2


@pytest.mark.parametrize("command", ["", "nonsense"])
def test_a_wrong_command_says_which_there_are(command: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "sandbox", *command.split()],
        cwd=places.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr


def test_an_error_is_one_line_and_exit_code_3(tmp_path: Path) -> None:
    shutil.copytree(places.ROOT / "sandbox", tmp_path / "sandbox")
    answer = subprocess.run(
        [sys.executable, "-m", "sandbox", "env"],
        cwd=tmp_path,
        env=os.environ | {"SANDBOX_PORT": "banana"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 3
    assert answer.stderr == "SANDBOX_PORT is 'banana': it must be a port from 1024 to 65535\n"


def test_an_old_python_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert bootstrap.main([]) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("setup: Python 3.11 or newer is needed and this is 3.9: install one")


def test_an_old_python_hands_over_to_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[list[str]] = []
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    monkeypatch.setattr(
        shutil, "which", lambda name: sys.executable if name == "python3.12" else None
    )
    monkeypatch.setattr(os, "execv", lambda path, argv: handed.append([path, *argv]))
    bootstrap.main(["--dev"])
    assert handed[0][0] == sys.executable
    assert handed[0][-1] == "--dev"


def test_requirements_are_installed_only_when_they_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed: list[str] = []
    (tmp_path / "requirements.txt").write_text("a==1\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "_usable", (tmp_path / ".venv").is_dir)

    def install(name: str, stamp: Path, wanted: str) -> int:
        installed.append(name)
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(wanted)
        return 0

    monkeypatch.setattr(bootstrap, "_install", install)
    assert [bootstrap.main([]) for _ in range(2)] == [0, 0]
    assert installed == ["requirements.txt"]
    (tmp_path / "requirements.txt").write_text("a==2\n")
    bootstrap.main([])
    assert len(installed) == 2


def test_every_requirement_is_pinned_and_hashed() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (places.ROOT / name).read_text()
        entries = re.split(r"\n(?=[a-z])", re.sub(r"(?m)^\s*#.*\n", "", text))
        assert len(entries) > 50
        for entry in entries:
            assert re.match(r"[a-z0-9-]+==\S+", entry), entry
            assert "--hash=sha256:" in entry
