"""The pack's own account of its decisions, one JSON line each, when POLICY_TRACE names a file.

The engine's event log counts independently what was evaluated; this file adds what the engine
drops: reasons, verdicts and what each control saw.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from .control import Control, Level
from .evaluate import Decision
from .settings import PACK_FOLDER, PackSettings


class Trace:
    """Appends lines; `flush` writes them, before the engine gets its answer. Without a file it
    does nothing.
    """

    def __init__(self, name: str, controls: Iterable[Control], settings: PackSettings):
        self._pack = {"pack": name, "version": pack_version()}
        self._controls = tuple(controls)
        self._settings = settings
        self._lock = threading.Lock()
        self._file: IO[str] | None = None
        self._started = False
        if path := os.environ.get("POLICY_TRACE", ""):
            try:
                self._file = Path(path).open("a", encoding="utf-8")  # noqa: SIM115 (lives as long)
            except OSError as wrong:
                sys.stderr.write(f"policy pack: no trace: {wrong.strerror}: POLICY_TRACE\n")

    @property
    def on(self) -> bool:
        """True when there is a file."""
        return self._file is not None

    def start(self) -> None:
        """Write the first line, once the settings are known."""
        if self._file is None:
            return
        with self._lock:
            if not self._started:
                self._started = True
                self._line(self.header(pack_digest()))

    def decided(self, phase: str, decision: Decision) -> None:
        """One decision on one subject."""
        if self._file is None:
            return
        self._write(self.record(phase, decision))

    def record(self, phase: str, decision: Decision, level: Level | None = None) -> dict[str, Any]:
        """One decision as a line has it; `level` is the control's, when it was looked up before."""
        control, subject = decision.control, decision.subject
        return {
            "control": control.id,
            "kind": control.kind,
            "phase": phase,
            "urn": subject.urn,
            "type": subject.type,
            "verdict": decision.verdict.value,
            "level": (level or self._settings.level(control)).value,
            "messages": list(decision.messages),
            "reason": decision.reason,
            "observed": dict(decision.observed),
            "by": decision.by,
        }

    def without_subject(self, phase: str, control: Control, reason: str) -> None:
        """A control of the stack that had nothing to look at."""
        if self._file is None:
            return
        self._write(self.idle(phase, control, reason))

    def idle(self, phase: str, control: Control, reason: str) -> dict[str, Any]:
        """The same as a line has it."""
        return {
            "control": control.id,
            "kind": control.kind,
            "phase": phase,
            "urn": "",
            "type": "",
            "verdict": "not_applicable",
            "level": self._settings.level(control).value,
            "messages": [],
            "reason": reason,
            "observed": {},
            "by": "value",
        }

    def flush(self) -> None:
        """Hand over what was told since the last time."""
        if self._file is not None:
            with self._lock:
                self._file.flush()

    def _write(self, record: dict[str, Any]) -> None:
        self.start()
        with self._lock:
            self._line(record)

    def _line(self, record: dict[str, Any]) -> None:
        assert self._file is not None
        self._file.write(json.dumps(record, ensure_ascii=True) + "\n")

    def header(self, digest: str) -> dict[str, Any]:
        """The first line: how the pack was configured, and which pack it is."""
        settings = self._settings
        controls = [
            {
                "id": c.id,
                "kind": c.kind,
                "subjects": list(c.subjects),
                "levels": {profile: level.value for profile, level in c.levels.items()},
                "profile_level": settings.announced(c).value,
                "level": settings.level(c).value,
                "params": dict(settings.params.get(c.id, {})),
            }
            for c in self._controls
        ]
        return self._pack | {
            "controls": controls,
            "stack": settings.stack,
            "profile": settings.profile,
            "suffix": settings.suffix,
            "dry_run": settings.dry_run,
            "audit": not settings.told,
            "digest": digest,
            "waivers": [
                {
                    "id": w.id,
                    "control": w.control,
                    "resources": list(w.resources),
                    "expires_on": str(w.expires_on),
                }
                for w in (settings.waivers.all if settings.waivers else ())
            ],
        }


def pack_version(folder: Path = PACK_FOLDER) -> str:
    """The version in PulumiPolicy.yaml, without a YAML reader: the pack needs few packages."""
    try:
        for line in (folder / "PulumiPolicy.yaml").read_text("utf-8").splitlines():
            if line.startswith("version:"):
                return line.split(":", 1)[1].strip().strip("\"'")
    except OSError:
        pass
    return "0.0.1"


def pack_digest(folder: Path = PACK_FOLDER) -> str:
    """sha256 over the pack's files: for each, sorted by path, its path, a zero byte, its length as
    text, a zero byte and its content. Caches and hidden files are left out.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(p.startswith(".") or p == "__pycache__" for p in parts)
        if hidden or not path.is_file():
            continue
        content = path.read_bytes()
        digest.update(f"{'/'.join(parts)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
