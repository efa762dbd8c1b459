"""Decides exported states, one after another, without the engine: ``python -m core.fleet``.

Reads lines of JSON from standard input, ``{"file": PATH, "suffix": TEXT}``, and answers each by one
line: ``{"trace": [...], "diagnostics": [...]}``, the pack's account of that state and what the
engine would print, or ``{"fault": TEXT}`` when the file is no state. Holds one state at a time.
"""

# ruff: noqa: T201 (a command)

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import states
from .control import Control, Level, Verdict
from .evaluate import NO_SUBJECT, Decision, decide, decide_stack, is_subject
from .resources import Resource, Stack
from .scenarios import load
from .settings import PackSettings, SettingsError, read_files
from .trace import Trace, pack_digest
from .values import Props
from .waivers import POLICY, Waivers
from .waivers import read as read_waivers

PACK = "iot-data-platform-policies"


class Decider:
    """All controls of the pack, on one state after another."""

    def __init__(self, controls: Sequence[Control]):
        self.controls = tuple(controls)
        self.files = read_files()
        self.digest = pack_digest()
        self._speaking: dict[str, dict[tuple[str, bool], list[Control]]] = {}
        self.waivers: Waivers = read_waivers(controls)

    def decide(self, content: bytes, suffix: str = "") -> dict[str, Any]:
        """What the pack says of a state, as its trace and as diagnostics; raises Broken."""
        found = states.read(content)
        if not found:
            raise states.Broken("it holds no resource")
        settings = PackSettings(self.files, waivers=self.waivers)
        settings.audit(found[0][0].urn)
        trace = Trace(PACK, self.controls, settings)
        decisions = list(self._decisions(found, settings, suffix))
        stack = Stack([r for r, _ in found])
        told: list[tuple[str, Decision]] = [*decisions]
        idle: list[Control] = []
        levels = {c.id: settings.level(c) for c in self.controls}
        common = replace(settings.common(), suffix=suffix or settings.suffix)
        for control in self._active(settings, "stack"):
            found_here = decide_stack(control, stack, settings.of(control, common))
            if not found_here:
                idle.append(control)
            told += [("stack", d) for d in found_here]
        return {
            "trace": [
                trace.header(self.digest),
                *(trace.record(phase, d, levels[d.control.id]) for phase, d in told),
                *(trace.idle("stack", control, NO_SUBJECT) for control in idle),
            ],
            "diagnostics": [
                *self._diagnostics((d for _, d in told), levels),
                *(
                    {"control": POLICY, "urn": urn, "message": line, "level": "mandatory"}
                    for urn, line in self.waivers.faults(
                        settings.stack,
                        settings.project,
                        stack.resources,
                        {c.id: c for c in self.controls},
                    )
                ),
            ],
        }

    def _active(self, settings: PackSettings, kind: str) -> list[Control]:
        on = (c for c in self.controls if settings.level(c) is not Level.OFF)
        return [c for c in on if c.kind == kind]

    def _decisions(
        self, found: Sequence[tuple[Resource, Props]], settings: PackSettings, suffix: str
    ) -> Any:
        common = replace(settings.common(), suffix=suffix or settings.suffix)
        active = self._active(settings, "resource")
        # a profile's, whatever the stack: the levels come from no policy config here
        speaking = self._speaking.setdefault(settings.profile, {})
        for outputs, inputs in found:
            resource = replace(outputs, props=inputs, dependencies=(), property_dependencies={})
            key = (resource.type, resource.is_custom)
            if key not in speaking:
                speaking[key] = [c for c in active if is_subject(c, resource)]
            for control in speaking[key]:
                # no policy config here: all controls have the same settings
                yield "analyze", decide(control, resource, common)

    def _diagnostics(self, told: Any, levels: Mapping[str, Level]) -> Any:
        for decision in told:
            control = decision.control
            if decision.verdict is Verdict.NOT_APPLICABLE:
                continue
            level = "mandatory" if decision.verdict is Verdict.ERROR else levels[control.id]
            for finding, message in zip(decision.findings, decision.messages, strict=True):
                urn = finding.urn or decision.subject.urn
                waiver = self.waivers.excuse(control.id, urn, message)
                yield {
                    "control": control.id,
                    "urn": urn,
                    "message": f"[waived {waiver.id} until {waiver.expires_on}] {message}"
                    if waiver
                    else message,
                    "level": "advisory" if waiver else str(level),
                }


def main() -> int:
    """Answer until the input ends; 1 when the pack's own files are wrong."""
    try:
        decider = Decider(load())
    except SettingsError as wrong:
        print(json.dumps({"fault": str(wrong)}), flush=True)
        return 1
    gc.freeze()  # the controls stay; what each state leaves goes by its reference counts
    gc.set_threshold(200_000)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = decider.decide(Path(asked["file"]).read_bytes(), asked.get("suffix", ""))
        except states.Broken as wrong:
            answer = {"fault": str(wrong)}
        except OSError as wrong:
            answer = {"fault": f"it cannot be read: {wrong.strerror}"}
        print(json.dumps(answer), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
