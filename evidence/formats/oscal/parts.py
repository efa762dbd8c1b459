"""What every OSCAL document is made of: stable ids, properties, metadata."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from evidence.formats import words
from evidence.formats.escape import line
from evidence.formats.escape import markup as safe
from evidence.formats.registry import View
from evidence.model import Assurance, Run

OSCAL_VERSION = "1.2.3"
#: Of our own property names, as OSCAL wants it.
NAMESPACE = "urn:iot-data-platform:oscal"
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
Json = dict[str, Any]


def identity(*parts: str) -> str:
    """The same UUID (version 5) for the same thing, so that two documents can be compared."""
    return str(uuid.uuid5(_IDS, json.dumps(parts)))


def token(text: str) -> str:
    """The text as an OSCAL token: a letter first, then letters, digits, dots and dashes."""
    cut = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.") or "none"
    return cut if cut[0].isalpha() else f"_{cut}"


def props(pairs: Iterable[tuple[str, str]]) -> list[Json]:
    """Properties of our own; those without a value are left out, as OSCAL demands."""
    found = []
    for name, value in pairs:
        text = line(value)
        if text:
            found.append({"name": token(name), "ns": NAMESPACE, "value": text})
    return found


def filled(**members: Any) -> Json:
    """The members that have something in them: OSCAL allows no empty list. `_` stands for `-`."""
    return {
        k.rstrip("_").replace("_", "-"): v
        for k, v in members.items()
        if v is not None and v not in ("", [], {})
    }


def metadata(view: View, title: str, more: Sequence[tuple[str, str]] = ()) -> Json:
    """Title, time and version; a sandbox's document says so in its title."""
    run = view.run.run
    remarks = words.NO_EVIDENCE if emulated(run) else ""
    return filled(
        title=f"{mark(run)}{safe(title)}",
        last_modified=run.finished_at,
        version=run.id,
        oscal_version=OSCAL_VERSION,
        props=props([("assurance", run.assurance.value.upper()), *more]),
        remarks=remarks,
    )


def emulated(run: Run) -> bool:
    """True for a run against the sandbox."""
    return run.assurance is Assurance.EMULATED


def mark(run: Run) -> str:
    """What titles begin with."""
    return "EMULATED: " if emulated(run) else ""


def dumped(document: Json) -> str:
    """As text, one form for one document."""
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
