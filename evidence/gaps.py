"""Why a live cell is empty: a reviewed file of codes, each with what closes the gap.

{"controls":   {"secret-recovery": {"code": "preview only", "why": "...", "closes": "..."}},
"properties": {"aws:kms/key:Key": {"deletionWindowInDays": {"code": ...}}}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import EvidenceError
from .model import GAPS

if TYPE_CHECKING:
    from pathlib import Path

MEMBERS = {"code", "why", "closes"}


@dataclass(frozen=True)
class Gap:
    """One of GAPS, why it is so, and what closes it."""

    code: str
    why: str
    closes: str

    @property
    def text(self) -> str:
        """In one line."""
        return f"{self.code}: {self.why}; closed by: {self.closes}"


@dataclass(frozen=True)
class Gaps:
    """By control, and by resource type and property."""

    controls: Mapping[str, Gap] = field(default_factory=dict)
    properties: Mapping[tuple[str, str], Gap] = field(default_factory=dict)


def read(path: Path) -> Gaps:
    """Read the file; raises EvidenceError when it is missing, damaged or of other codes."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        controls = {k: _gap(k, v) for k, v in document["controls"].items()}
        properties = {
            (kind, name): _gap(f"{kind} {name}", entry)
            for kind, entries in document["properties"].items()
            for name, entry in entries.items()
        }
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as e:
        raise EvidenceError(f"{path.name} cannot be read ({e}); restore it from git") from None
    return Gaps(controls, properties)


def _gap(whose: str, entry: Mapping[str, Any]) -> Gap:
    if set(entry) != MEMBERS or not all(isinstance(v, str) and v for v in entry.values()):
        raise ValueError(f"{whose} needs {', '.join(sorted(MEMBERS))}")
    if entry["code"] not in GAPS:
        raise ValueError(f"{whose} has the code {entry['code']!r}, none of: {', '.join(GAPS)}")
    return Gap(entry["code"], entry["why"], entry["closes"])
