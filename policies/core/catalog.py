"""The catalogue of the controls as data: ``python -m core.catalog`` writes ``catalog.json``.

The gate and the reports read this file; they never import the pack. ``--check`` compares it with
the controls and ends with status 1 when they differ.
"""

# ruff: noqa: T201 (a command)

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from .control import Control
from .scenarios import load
from .settings import PACK_FOLDER

CATALOG = PACK_FOLDER / "catalog.json"


def entry(control: Control) -> dict[str, Any]:
    """One control as data."""
    return {
        "id": control.id,
        "title": control.title,
        "statement": control.statement,
        "rationale": control.rationale,
        "severity": control.severity.value,
        "owner": control.owner,
        "kind": control.kind,
        "subjects": list(control.subjects),
        "properties": list(control.properties),
        "remediation": control.remediation,
        "levels": {profile: level.value for profile, level in control.levels.items()},
        "config_schema": dict(control.config_schema),
        "waivable": control.waivable,
        "scenarios": [
            {"name": s.name, "verdict": s.verdict.value, "says": s.says} for s in control.scenarios
        ],
    }


def render(controls: Iterable[Control]) -> str:
    """The catalogue's text."""
    return json.dumps([entry(c) for c in controls], indent=2, ensure_ascii=False) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write the catalogue, or compare it with ``--check``."""
    text = render(load())
    if "--check" in arguments:
        if CATALOG.exists() and CATALOG.read_text("utf-8") == text:
            return 0
        print("catalog.json differs from the controls; run python -m core.catalog in policies/")
        return 1
    CATALOG.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
