"""What a report needs of the register and of the catalogue, kept in the evidence itself.

Years later the files of the checkout say something else; what an auditor reads is what was in force
when the run was made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from . import catalog
from .errors import GateError

REGISTER = Path("compliance_tests/register")
REMEDY = "write it with: python -m compliance_tests.register --write"


def snapshot(root: Path, controls: Iterable[catalog.Control] = ()) -> dict[str, Any]:
    """Requirements, frameworks, deviations and the controls' reasons, with the catalogue's controls
    where they were read already; raises GateError.
    """
    known = tuple(controls) or catalog.read_controls(root / "policies/catalog.json")
    register = published(root)
    return {
        "requirements": register["requirements"],
        "frameworks": register["frameworks"],
        "deviations": register["deviations"],
        "controls": [_control(c) for c in known],
    }


def published(root: Path) -> Mapping[str, Any]:
    """The register as its owner publishes it, if it is that of the files beside it."""
    path = root / REGISTER / "register.json"
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found = [document[k] for k in ("requirements", "frameworks", "digests")]
        stale = [
            name
            for name, digest in document["digests"].items()
            if hashlib.sha256((root / REGISTER / name).read_bytes()).hexdigest() != digest
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
        raise GateError(f"{path.name} of the register cannot be used ({e}); {REMEDY}") from None
    if not all(found):
        raise GateError(f"{path.name} of the register is empty; {REMEDY}")
    if stale:
        raise GateError(f"{path.name} is older than {stale[0]}; {REMEDY}")
    return document


def _control(control: catalog.Control) -> dict[str, Any]:
    return {
        "id": control.id,
        "rationale": control.rationale,
        "subjects": list(control.subjects),
        "properties": list(control.properties),
        "levels": dict(control.levels),
        "waivable": control.waivable,
        "scenarios": _by_verdict(control),
    }


def _by_verdict(control: catalog.Control) -> dict[str, list[str]]:
    """The names of the examples that the control accepts, refuses, cannot decide and leaves out."""
    found: dict[str, list[str]] = {}
    for scenario in control.scenarios:
        found.setdefault(str(scenario.get("verdict", "")), []).append(str(scenario.get("name", "")))
    return found
