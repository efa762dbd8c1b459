"""The table of formats: ``python -m compliance_tests.unit.docs.formats_table --write``."""

from __future__ import annotations

import sys
from pathlib import Path

from evidence.formats.registry import FORMATS

DOCUMENT = Path(__file__).parents[3] / "docs" / "formats.md"
BEGIN, END = "<!-- formats: begin -->", "<!-- formats: end -->"


def table() -> str:
    """The table, from the registry of formats."""
    lines = ["| format | what it is | runs | languages |", "| --- | --- | --- | --- |"]
    for found in FORMATS.values():
        runs = "all stages" if found.many else "the newest"
        runs += " and the history" if found.history else ""
        about = f"{found.about[0].upper()}{found.about[1:]}"
        lines.append(f"| `{found.name}` | {about} | {runs} | {', '.join(found.languages)} |")
    return "\n".join(lines)


def written() -> str:
    """The table that the document holds now."""
    return DOCUMENT.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def write() -> None:
    """Put the table of today into the document."""
    before, _, rest = DOCUMENT.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        print(table())
