"""The chain of a stack's runs, read once: digests and links of every file, and what a report needs.

Every file is read and digested each time, since that is what an auditor is told. What has the
digest that the history names was valid when it was written (`store` writes nothing else), so its
schema is not judged again; a file that was changed since is, and one that is no evidence any more
is left out. Of runs long ago only the header, the verdicts and the waivers are kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import canonical, retention
from .load import build
from .model import SCHEMA_VERSION, Assurance, Evidence
from .schema import faults
from .store import history_file, read_history

LATEST = 2  # runs of each stage that are kept whole: the newest, and the one it is compared with
HEAVY = ("records", "proofs", "resources")


@dataclass
class Chain:
    """`runs` oldest first, `digests` of their files by run, `warnings` about the files."""

    runs: list[Evidence] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def read(folder: Path, assurance: Assurance, *, runs: bool = True) -> Chain:
    """Read the chain in one pass; without `runs` only its warnings. Raises EvidenceError."""
    kept = retention.kept(folder, assurance, read_history(history_file(folder, assurance)))
    entries, before = kept.entries, kept.before
    whole = _whole(entries)
    found = Chain(warnings=list(kept.warnings))
    for number, entry in enumerate(entries):
        name = str(entry["file"])
        if entry["previous"] != before:
            found.warnings.append(f"{name}: the run before it is missing from the history")
        before = entry["digest"]
        try:
            data = (folder / name).read_bytes()
        except OSError:
            found.warnings.append(f"{name}: the file is gone")
            continue
        digest = canonical.digest_bytes(data)
        document = _document(data)
        if digest != entry["digest"]:
            found.warnings.append(f"{name}: the file was changed after it was written")
            if document is None or faults(document, most=1):
                continue
        elif document is None or _link(document) != entry["previous"]:
            found.warnings.append(f"{name}: its own link to the run before it is another")
        if not runs or document is None:
            continue
        if made := _made(document, number in whole):
            found.runs.append(made)
            found.digests[made.run.id] = digest
        else:
            found.warnings.append(f"{name}: it is no evidence, whatever the history says")
    return found


def _whole(entries: list[dict[str, Any]]) -> set[int]:
    """The places of the newest runs of each stage."""
    of_stage: dict[str, list[int]] = {}
    for number, entry in enumerate(entries):
        of_stage.setdefault(str(entry.get("stage", "")), []).append(number)
    return {n for found in of_stage.values() for n in found[-LATEST:]}


def _document(data: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(data)
    except ValueError:
        return None
    fit = isinstance(found, dict) and found.get("schema_version") == SCHEMA_VERSION
    return found if fit and isinstance(found.get("run"), dict) else None


def _link(document: Mapping[str, Any]) -> str:
    return str((document["run"].get("previous") or {}).get("digest", ""))


def _made(document: Mapping[str, Any], whole: bool) -> Evidence | None:
    kept = dict(document) if whole else {k: v for k, v in document.items() if k not in HEAVY}
    if not whole:
        updates = (document.get("reference") or {}).get("updates")
        kept["reference"] = {"updates": updates} if updates else {}
    try:
        return build(Evidence, kept)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # a forged chain may name what is no evidence
