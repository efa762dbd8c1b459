"""A checkout of its own for each test, at a path with spaces and a quote in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import lifecycle, places


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folders of `places` moved below a path that shells like to break."""
    root = tmp_path / "a b'c"
    state = root / ".state"
    state.mkdir(parents=True)
    for name, path in (
        ("STATE", state),
        ("BIN", state / "bin"),
        ("PULUMI_HOME", state / "pulumi-home"),
        ("BACKEND", state / "backend"),
        ("SET_ASIDE", state / "set-aside"),
        ("EMULATOR", state / "emulator"),
        ("PLANS", state / "plans"),
        ("JOURNAL", state / "creates.jsonl"),
        ("ENGINE_NOTE", state / "engine.json"),
    ):
        monkeypatch.setattr(places, name, path)
    monkeypatch.delenv("SANDBOX_PORT", raising=False)
    # default ports of this test's own: another checkout's sandbox may run on this machine
    monkeypatch.setattr(lifecycle, "FIRST_PORT", 10000 + 100 * (hash(str(tmp_path)) % 90))
    monkeypatch.setattr(lifecycle, "PORTS", 100)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    yield root
    lifecycle.stop()


@pytest.fixture
def said() -> list[str]:
    """What was said: give `said.append` where a `say` is asked for."""
    return []
