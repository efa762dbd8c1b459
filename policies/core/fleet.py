"""Decides exported states, one after another, without the engine: ``python -m core.fleet``.

Reads lines of JSON from standard input, ``{"file": PATH, "suffix": TEXT}``, and answers each by one
line: the pack's account of that state (`Decider.decide`) with the digest of what was read, or
``{"fault": TEXT}`` when the file is no state. Holds one state at a time.
"""

# ruff: noqa: T201 (a command)

from __future__ import annotations

import gc
import hashlib
import json
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from . import states
from .control import Control, Level, Settings, Verdict
from .evaluate import NO_SUBJECT, Decision, decide_stack, is_subject, judge
from .resources import NO_DEPENDENCIES, Resource, Stack
from .scenarios import load
from .settings import PackSettings, SettingsError, read_files
from .trace import Trace, pack_digest
from .values import Props
from .waivers import POLICY, Waivers
from .waivers import read as read_waivers

PACK = "iot-data-platform-policies"
Told = tuple[int, Decision]  # the number of the resource in the answer, and what became of it


@dataclass(frozen=True)
class _Profile:
    """What the stacks of one profile have in common: no policy config reaches this far."""

    levels: Mapping[str, Level]
    resource: tuple[Control, ...]  # those that are on, by kind
    stack: tuple[Control, ...]
    header: Mapping[str, Any]  # what does not differ from stack to stack
    speaking: dict[tuple[str, bool], list[Control]] = field(default_factory=dict)  # by subject


class Decider:
    """All controls of the pack, on one state after another."""

    def __init__(self, controls: Sequence[Control]):
        self.controls = tuple(controls)
        self.files = read_files()
        self.digest = pack_digest()
        self.waivers: Waivers = read_waivers(controls)
        self._profiles: dict[str, _Profile] = {}
        self._tops = {
            c.id: tuple(dict.fromkeys(p.partition(".")[0] for p in c.properties)) for c in controls
        }

    def decide(self, content: bytes, suffix: str = "") -> dict[str, Any]:
        """What the pack says of a state; raises Broken.

        ``header``: as in a trace, of the controls only id, kind and level. ``resources``: urn and
        type of each; they are named by their place in this list. ``analyze`` and ``stack``: for
        each control its subjects, a bare number for one that passed by its values, else number,
        verdict, by what, reason, messages, and those observed values that may not be whole.
        ``idle``: the stack controls without subject, and why. ``diagnostics``: what the engine
        would print.
        """
        found = states.read(content)
        if not found:
            raise states.Broken("it holds no resource")
        settings = PackSettings(self.files, waivers=self.waivers)
        settings.audit(found[0][0].urn)
        profile = self._profile(settings)
        # no policy config here: all controls have the same settings
        common = replace(settings.common(), suffix=suffix or settings.suffix)
        stack = Stack([r for r, _ in found], states.accounts(content))
        analyzed = list(_analyzed(found, profile, common))
        numbers = {id(r): number for number, r in enumerate(stack.resources)}
        in_stack: list[Told] = []
        idle: dict[str, str] = {}
        for control in profile.stack:
            decisions = decide_stack(control, stack, common)
            if not decisions:
                idle[control.id] = NO_SUBJECT
            in_stack += [(numbers[id(d.subject)], d) for d in decisions]
        diagnostics: list[dict[str, str]] = []
        return {
            "header": {**profile.header, "stack": settings.stack, "suffix": common.suffix},
            "resources": [(r.urn, r.type) for r in stack.resources],
            "analyze": self._account(analyzed, profile, diagnostics),
            "stack": self._account(in_stack, profile, diagnostics),
            "idle": idle,
            "diagnostics": [
                *diagnostics,
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

    def _profile(self, settings: PackSettings) -> _Profile:
        if settings.profile not in self._profiles:
            levels = {c.id: settings.level(c) for c in self.controls}
            on = [c for c in self.controls if levels[c.id] is not Level.OFF]
            told = [
                {"id": c.id, "kind": c.kind, "level": levels[c.id].value} for c in self.controls
            ]
            self._profiles[settings.profile] = _Profile(
                levels,
                tuple(c for c in on if c.kind == "resource"),
                tuple(c for c in on if c.kind == "stack"),
                Trace(PACK, (), settings).header(self.digest) | {"controls": told},
            )
        return self._profiles[settings.profile]

    def _account(
        self, told: Iterable[Told], profile: _Profile, diagnostics: list[dict[str, str]]
    ) -> dict[str, list[Any]]:
        """The decisions of one phase by control; what the engine would print goes to the list."""
        account: dict[str, list[Any]] = {}
        for number, decision in told:
            control, verdict = decision.control, decision.verdict
            not_whole = self._not_whole(decision)
            if verdict is Verdict.PASSED and decision.by == "value" and not not_whole:
                said: Any = number
            else:
                messages = decision.messages
                said = (number, verdict.value, decision.by, decision.reason, messages, not_whole)
                diagnostics += self._diagnostics(decision, messages, profile.levels[control.id])
            account.setdefault(control.id, []).append(said)
        return account

    def _not_whole(self, decision: Decision) -> dict[str, str]:
        """The governed properties whose printed form may hold the word for a value not known."""
        if decision.verdict is Verdict.NOT_APPLICABLE:
            return {}
        raw = decision.subject.props.raw
        for key in self._tops[decision.control.id]:
            value = raw(key)
            if "unknown" in (value if type(value) is str else repr(value)):  # as UNKNOWN prints
                return {k: v for k, v in decision.observed.items() if "unknown" in v}
        return {}

    def _diagnostics(
        self, decision: Decision, messages: Sequence[str], level: Level
    ) -> Iterator[dict[str, str]]:
        if decision.verdict is Verdict.NOT_APPLICABLE:
            return
        control = decision.control.id
        if decision.verdict is Verdict.ERROR:
            level = Level.MANDATORY
        for finding, message in zip(decision.findings, messages, strict=True):
            urn = finding.urn or decision.subject.urn
            waiver = self.waivers.excuse(control, urn, message)
            yield {
                "control": control,
                "urn": urn,
                "message": waiver.marked(message) if waiver else message,
                "level": "advisory" if waiver else level.value,
            }


def _analyzed(
    found: Sequence[tuple[Resource, Props]], profile: _Profile, common: Settings
) -> Iterator[Told]:
    """Each resource by its inputs, as before it is created, under each control that speaks."""
    for number, (known, inputs) in enumerate(found):
        resource = Resource(
            known.urn, known.type, known.name, inputs, known.options, known.provider,
            (), NO_DEPENDENCIES, inputs,
        )  # fmt: skip
        key = (resource.type, resource.is_custom)
        if key not in profile.speaking:
            profile.speaking[key] = [c for c in profile.resource if is_subject(c, resource)]
        for control in profile.speaking[key]:
            yield number, judge(control, resource, common)


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
            content = Path(asked["file"]).read_bytes()
            answer = decider.decide(content, asked.get("suffix", ""))
            answer["digest"] = "sha256:" + hashlib.sha256(content).hexdigest()
        except states.Broken as wrong:
            answer = {"fault": str(wrong)}
        except RecursionError:
            answer = {"fault": "it is nested too deeply to be judged"}
        except OSError as wrong:
            answer = {"fault": f"it cannot be read: {wrong.strerror}"}
        print(json.dumps(answer, separators=(",", ":")), flush=True)
    return 0


if __name__ == "__main__":
    for end in (signal.SIGINT, signal.SIGPIPE):  # it ends without a word: who started it speaks
        signal.signal(end, signal.SIG_DFL)
    sys.exit(main())
