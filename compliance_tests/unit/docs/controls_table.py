"""README's table of controls: ``python -m compliance_tests.unit.docs.controls_table --write``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from compliance_tests import register

ROOT = Path(__file__).parents[3]
README = ROOT / "README.md"
BEGIN, END = "<!-- controls: begin -->", "<!-- controls: end -->"


def table() -> str:
    """The table, from the pack's catalogue and the register of requirements."""
    asked_by: dict[str, list[str]] = {}
    for requirement in register.load().requirements.values():
        for control in requirement.controls:
            asked_by.setdefault(control, []).append(requirement.id)
    lines = [
        "| control | demands | severity | baseline | production | asked for by |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for entry in catalogue():
        levels = entry["levels"]
        lines.append(
            f"| `{entry['id']}` | {entry['statement'].replace('|', '/')} "
            f"| {entry['severity']} | {levels['baseline']} | {levels['production']} "
            f"| {', '.join(asked_by.get(entry['id'], ['-']))} |"
        )
    return "\n".join(lines)


def catalogue() -> list[dict[str, Any]]:
    """The controls as the pack publishes them."""
    found = json.loads((ROOT / "policies" / "catalog.json").read_text("utf-8"))
    return list(found["controls"] if isinstance(found, dict) else found)


def written() -> str:
    """The table that the README holds now."""
    return README.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def write() -> None:
    """Put the table of today into the README."""
    before, _, rest = README.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        print(table())
