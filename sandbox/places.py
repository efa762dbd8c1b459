"""Where a checkout keeps what it makes: folders that git ignores, and one shared cache."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV_BIN = ROOT / ".venv" / "bin"

STATE = ROOT / ".state"
BIN = STATE / "bin"
PULUMI_HOME = STATE / "pulumi-home"
BACKEND = STATE / "backend"
SET_ASIDE = STATE / "set-aside"
EMULATOR = STATE / "emulator"
PLANS = STATE / "plans"
JOURNAL = STATE / "creates.jsonl"
ENGINE_NOTE = STATE / "engine.json"

PROJECT = "iot-data-platform"
STACK = "sandbox"


def cache() -> Path:
    """The folder that checkouts share, for what is the same in each: the engine."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / PROJECT


def shown(path: Path) -> str:
    """A path as a person would write it: relative to the checkout when it lies inside."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
