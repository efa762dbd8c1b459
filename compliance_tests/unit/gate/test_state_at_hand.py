"""The sandbox's state is read where its backend keeps it; whatever looks unusual is asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evidence.model import Outcome
from gate import preview, state

from .fake_engine import Checkout, make

STACK = {
    "urn": "urn:pulumi:sandbox::iot-data-platform::pulumi:pulumi:Stack::s",
    "type": state.STACK,
}
ASKED: dict[str, Any] = {"deployment": {"resources": [STACK, STACK]}}  # what the engine would say


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Checkout, Path]:
    """A sandbox whose backend keeps one resource, and an engine that would tell of two."""
    checkout = make(tmp_path, monkeypatch)
    checkout.tell(state=ASKED)
    checkout.env[state.BACKEND] = f"file://{tmp_path}/backend?metadata=skip"
    file = tmp_path / "backend/.pulumi/stacks/iot-data-platform/sandbox.json"
    file.parent.mkdir(parents=True)
    write(file, [STACK])
    return checkout, file


def write(file: Path, resources: list[Any], version: Any = 3, **more: Any) -> None:
    latest = {"manifest": {"time": "now"}, "resources": resources}
    document = {"version": version, "checkpoint": {"stack": "sandbox", "latest": latest}, **more}
    file.write_text(json.dumps(document))


def of(checkout: Checkout) -> int:
    """How many resources the export has: one at hand, two as the engine says."""
    text = state.exported(checkout.paths, checkout.env)
    return len(json.loads(text)["deployment"]["resources"])


def test_no_engine_is_started_for_a_state_that_is_at_hand(kept: tuple[Checkout, Path]) -> None:
    checkout, _ = kept
    assert of(checkout) == 1
    assert checkout.calls("stack") == []


@pytest.mark.parametrize("end", state.PACKED)
def test_a_backend_that_packs_its_files_is_asked(kept: tuple[Checkout, Path], end: str) -> None:
    checkout, file = kept
    file.with_name(file.name + end).write_bytes(b"")
    assert of(checkout) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 3, "checkpoint": null}',
        '{"version": 3, "checkpoint": {"latest": null}}',
        '{"version": 3, "checkpoint": {"latest": []}}',
        '{"version": 4, "checkpoint": {"latest": {}}}',
        '{"version": 3, "features": ["new"], "checkpoint": {"latest": {}}}',
        '{"version": 3, "checkpoint": {"latest": {"resources": ' + "[" * 100_000,
    ],
)
def test_a_file_that_looks_unusual_is_the_engines_to_read(
    kept: tuple[Checkout, Path], text: str
) -> None:
    checkout, file = kept
    file.write_text(text)
    assert of(checkout) == 2


def test_a_file_that_is_not_there_is_the_engines_to_miss(kept: tuple[Checkout, Path]) -> None:
    checkout, file = kept
    file.unlink()
    assert of(checkout) == 2


@pytest.mark.parametrize("url", ["s3://bucket", "https://api.pulumi.com", "file://~", ""])
def test_another_backend_is_asked(kept: tuple[Checkout, Path], url: str) -> None:
    checkout, _ = kept
    checkout.env[state.BACKEND] = url
    assert of(checkout) == 2


def test_a_real_stack_is_asked_wherever_its_state_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = make(tmp_path, monkeypatch, stack="dev")
    checkout.tell(state=ASKED)
    checkout.env[state.BACKEND] = f"file://{tmp_path}/backend"
    file = tmp_path / "backend/.pulumi/stacks/iot-data-platform/dev.json"
    file.parent.mkdir(parents=True)
    write(file, [STACK])
    assert of(checkout) == 2


def test_the_evidence_names_the_state_that_the_preview_was_made_against(
    kept: tuple[Checkout, Path],
) -> None:
    checkout, file = kept
    before = state.export(checkout.paths, checkout.env).digest
    run = preview.preview(checkout.paths, checkout.env).evidence.run
    assert run.outcome is Outcome.PASSED
    assert run.digests["state"] == before
    assert checkout.calls("stack") == []
    write(file, [])
    assert state.export(checkout.paths, checkout.env).digest != before


def test_a_state_that_changes_under_the_engine_shuts_the_gate(kept: tuple[Checkout, Path]) -> None:
    checkout, file = kept
    checkout.tell(touch=str(file))  # another engine at work: nobody can say which state was seen
    found = preview.preview(checkout.paths, checkout.env).evidence
    assert found.run.outcome is Outcome.NOT_PROVEN
    assert preview.MOVED in [p.text for p in found.problems]
    assert not checkout.paths.ticket.exists()
