"""The catalogue of the controls as data: ``python -m core.catalog`` writes ``catalog.json``.

The gate and the reports read this file; they never import the pack. ``--check`` compares it with
the controls and ends with status 1 when they differ.
"""

# ruff: noqa: T201 (a command)

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .control import Control, Item, Scenario, Verdict
from .scenarios import load
from .settings import PACK_FOLDER
from .values import UNKNOWN, Value

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
            {"name": s.name, "verdict": s.verdict.value, "says": s.says} | _example(control, s)
            for s in control.scenarios
        ],
    }


def _example(control: Control, scenario: Scenario) -> dict[str, Any]:
    """The resources of the first compliant and of the first violating scenario."""
    if scenario.verdict not in (Verdict.PASSED, Verdict.FAILED):
        return {}
    if scenario is not next(s for s in control.scenarios if s.verdict is scenario.verdict):
        return {}
    return {"items": [_item(i) for i in scenario.items]}


def _item(item: Item) -> dict[str, Any]:
    """One resource; a property that another resource gives shows that one's name."""
    props = {key: _written(value) for key, value in item.props.items()}
    props |= {key: f"<from {', '.join(names)}>" for key, names in item.needs.items()}
    return {"type": item.type, "name": item.name, "props": props}


def _written(value: Value) -> Any:
    if value is UNKNOWN:
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _written(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    return value


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
