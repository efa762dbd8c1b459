"""One state judged both ways: by the engine's `pulumi policy analyze`, and as a fleet's are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gate import analysis, states
from gate.errors import GateError
from gate.fleet_worker import Judge
from gate.paths import SANDBOX, Paths


@dataclass(frozen=True)
class Both:
    """What each way says; equal when the two agree."""

    engine: Mapping[str, Any]
    fleet: Mapping[str, Any]

    @property
    def differences(self) -> list[str]:
        """Each field on which they differ, with both values."""
        fields = sorted(self.engine.keys() | self.fleet.keys())
        return [
            f"{f}: the engine {_shown(self.engine.get(f))}, the fleet {_shown(self.fleet.get(f))}"
            for f in fields
            if self.engine.get(f) != self.fleet.get(f)
        ]


def both(file: Path, judge: Judge, suffix: str = "") -> Both:
    """Judge the state in `file` in both ways."""
    row = judge.judge(file, suffix)
    fleet: dict[str, Any] = {
        k: row[k] for k in ("controls", "requirements", "problems") if k in row
    }
    fleet["findings"] = _findings(row.get("findings", ()))
    fleet["broken"] = "fault" in row
    return Both(_engine(file, judge, suffix), fleet)


def _engine(file: Path, judge: Judge, suffix: str) -> Mapping[str, Any]:
    from sandbox.environment import environment

    try:
        state = states.read(file)
    except GateError:
        return {"broken": True, "findings": []}
    # the fleet's own has no passphrase either: secrets stay hidden
    env = {k: v for k, v in environment(SANDBOX).items() if "PASSPHRASE" not in k}
    made = analysis.analyze(file, state, Paths(f"fleet-{state.stack}", judge.root), env, suffix)
    if any("engine" in fault for fault in made.facts.log.faults):
        return {"broken": True, "findings": []}
    quiet = ("passed", "not_applicable", "off")
    return {
        "broken": False,
        "controls": {c.id: [str(c.verdict), c.subjects] for c in made.found.controls},
        "requirements": {r.id: str(r.verdict) for r in made.found.requirements},
        "problems": [p.text for p in made.problems],
        "findings": _findings(
            [
                {
                    "control": r.control,
                    "verdict": str(r.verdict),
                    "urn": r.subject.urn,
                    "message": r.message or r.reason,
                }
                for r in made.records
                if r.verdict not in quiet
            ]
        ),
    }


def _findings(found: Any) -> list[tuple[str, ...]]:
    return sorted((f["control"], f["verdict"], f["urn"], f["message"]) for f in found)


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 400 else text[:399] + "…"
