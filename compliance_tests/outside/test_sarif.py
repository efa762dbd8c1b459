"""Microsoft's SARIF Multitool: OASIS' schema and rules, and what GitHub takes in."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evidence.formats import registry

from .kinds import KINDS, shown
from .tools import package

RULES = "Sarif;Ghas;Gh"
# SARIF2005 asks for the web page of the tool, which has none.
ALLOWED = {"SARIF2005"}


def said(path: Path) -> set[str]:
    """The errors and warnings, e.g. "warning SARIF2005"."""
    tool = package("@microsoft/sarif-multitool-linux/Sarif.Multitool")
    tool.chmod(0o755)  # npm's own install script does it, and none is run
    done = subprocess.run(
        [tool, "validate", path, "--rule-kind", RULES, "--level", "Error;Warning"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Analysis completed" in done.stdout + done.stderr, done.stdout + done.stderr
    return set(re.findall(r": ((?:error|warning) [A-Z]+\d+)", done.stdout + done.stderr))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["sarif", "sarif-full"])
def test_nothing_is_wrong_by_the_standard_or_for_github(
    tmp_path: Path, name: str, kind: str
) -> None:
    path = tmp_path / "run.sarif"
    path.write_bytes(registry.render(name, shown(kind)))
    assert said(path) <= {f"warning {rule}" for rule in ALLOWED}


def no_location(run: dict[str, Any]) -> None:
    run["results"][0].pop("locations")


def no_text(run: dict[str, Any]) -> None:
    run["results"][0]["message"] = {}


def unknown_member(run: dict[str, Any]) -> None:
    run["surprise"] = 1


@pytest.mark.parametrize("break_it", [no_location, no_text, unknown_member])
def test_the_judge_is_awake(tmp_path: Path, break_it: Callable[[dict[str, Any]], None]) -> None:
    document = json.loads(registry.render("sarif", shown("failing")))
    break_it(document["runs"][0])
    path = tmp_path / "run.sarif"
    path.write_text(json.dumps(document))
    assert any(s.startswith("error") for s in said(path))
