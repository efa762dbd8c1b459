"""The JSON schemas of evidence files, one for each version of the model."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def schema(version: int = 1) -> dict[str, Any]:
    """The schema of that version; raises FileNotFoundError for one that never was."""
    text = Path(__file__).with_name(f"v{version}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def faults(document: Any, version: int = 1, most: int = 5) -> list[str]:
    """What is wrong with an evidence document, each on one line; empty when it is valid."""
    return _faults(_validator(version), document, most)


def part_faults(name: str, document: Any, version: int = 1) -> list[str]:
    """What is wrong with one part, e.g. "judge", of an evidence document."""
    return _faults(_validator(version, name), document, 5)


def get_ready() -> None:
    """Compile the present schema, which takes as long as holding ten documents to it."""
    _validator(1)


@cache
def _validator(version: int, part: str = "") -> Any:
    import jsonschema_rs

    against = known = schema(version)
    if part:
        against = {"$schema": known["$schema"], "$defs": known["$defs"], "$ref": f"#/$defs/{part}"}
    return jsonschema_rs.Draft202012Validator(against)


def _faults(validator: Any, document: Any, most: int) -> list[str]:
    found: list[str] = []
    for error in validator.iter_errors(document):
        where = "/".join(str(step) for step in error.instance_path) or "the document"
        found.append(f"{where}: {error.message.splitlines()[0][:200]}")
        if len(found) >= most:
            break
    return found
