"""The register as one JSON file, for the gate, which imports nothing of the tests."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from .load import FOLDER
from .model import Register

FILE = FOLDER / "register.json"


def document(register: Register, folder: Path = FOLDER) -> str:
    """The text of register.json: every entry, and the digest of each file it was made from."""
    content = {
        "digests": {
            str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest()
            for f in sorted(folder.rglob("*.toml"))
        },
        "requirements": [_plain(r) for r in register.requirements.values()],
        "frameworks": [_plain(f) for f in register.frameworks.values()],
        "deviations": [_plain(d) for d in register.deviations.values()],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value
