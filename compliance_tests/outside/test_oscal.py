"""NIST's schema, and compliance-trestle, which also follows references between documents' parts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from evidence.formats import registry

from .kinds import KINDS, shown
from .tools import HERE, need

MODELS = {
    "oscal-ar": "assessment-results",
    "oscal-ap": "assessment-plan",
    "oscal-cd": "component-definition",
}
NIST: dict[str, Any] = json.loads((HERE / "schemas" / "oscal-1.2.3.json").read_text("utf-8"))
SCHEMA = jsonschema_rs.validator_for(NIST)
Json = dict[str, Any]


def drawn(name: str, kind: str) -> Json:
    document: Json = json.loads(registry.render(name, shown(kind)))
    return document


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", MODELS)
def test_nists_schema_takes_it(name: str, kind: str) -> None:
    document = drawn(name, kind)
    assert list(document) == [MODELS[name]]
    version = document[MODELS[name]]["metadata"]["oscal-version"]
    assert f"/{version}/" in NIST["$id"], "the schema is that of the version that is written"
    assert [str(e)[:500] for e in SCHEMA.iter_errors(document)] == []


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trestle")
    done = trestle(folder, "init")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def trestle(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    tool = need("trestle", remedy="make .venv/ok-dev")
    return subprocess.run(
        [tool, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def judged(workspace: Path, model: str, document: Json, label: str) -> tuple[int, str]:
    folder = model if model.endswith("s") else f"{model}s"
    path = workspace / folder / label / f"{model}.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(document))
    done = trestle(workspace, "validate", "-f", str(path))
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", MODELS)
def test_trestle_takes_it(workspace: Path, name: str, kind: str) -> None:
    code, said = judged(workspace, MODELS[name], drawn(name, kind), kind)
    assert code == 0, said
    assert "VALID" in said


def no_target(result: Json) -> None:
    result["findings"][0].pop("target")


def empty_list(result: Json) -> None:
    result["risks"] = []


def no_zone(result: Json) -> None:
    result["start"] = "2026-11-23T14:00:00"


@pytest.mark.parametrize("break_it", [no_target, empty_list, no_zone])
def test_both_judges_are_awake(workspace: Path, break_it: Callable[[Json], None]) -> None:
    document = drawn("oscal-ar", "passing")
    break_it(document["assessment-results"]["results"][0])
    assert not SCHEMA.is_valid(document)
    code, said = judged(workspace, "assessment-results", document, break_it.__name__)
    assert code != 0 or "INVALID" in said
