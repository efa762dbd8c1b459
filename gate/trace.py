"""The pack's own account of its decisions: what the engine's events drop (reasons, what was seen).

It explains; it never opens the gate: what was evaluated is counted from the engine's events.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from evidence.model import Verdict, worst

from . import timings

if TYPE_CHECKING:
    from pathlib import Path

NOTHING: Mapping[str, Any] = MappingProxyType({})
PHASES = {"analyze": "resource", "stack": "stack"}


class Decision(NamedTuple):
    """One control on one resource, as the control says itself."""

    control: str
    urn: str
    type: str
    verdict: Verdict
    level: str
    messages: tuple[str, ...] = ()
    reason: str = ""
    observed: Mapping[str, Any] = NOTHING
    by: str = ""


@dataclass(frozen=True)
class Trace:
    """The pack's header and its decisions by control and urn."""

    header: Mapping[str, Any] = field(default_factory=dict)
    decisions: Mapping[tuple[str, str], Decision] = field(default_factory=dict)
    idle: Mapping[str, str] = field(default_factory=dict)  # controls without subject: why
    faults: tuple[str, ...] = ()

    def of(self, control: str) -> list[Decision]:
        """The decisions of one control."""
        return self._by_control.get(control, [])

    @cached_property
    def _by_control(self) -> Mapping[str, list[Decision]]:
        found: dict[str, list[Decision]] = {}
        for (control, _), decision in self.decisions.items():
            found.setdefault(control, []).append(decision)
        return found

    def levels(self) -> dict[str, str]:
        """The level in force for each control, as the pack was configured by the engine."""
        return {c["id"]: c.get("level", "") for c in self.header.get("controls", ())}


@timings.timed("reading the trace")
def read(path: Path) -> Trace:
    """Read the file that POLICY_TRACE named."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Trace(faults=("the pack left no trace: it did not run, or another pack ran",))
    except (OSError, UnicodeDecodeError) as e:
        return Trace(faults=(f"the pack's trace cannot be read: {type(e).__name__}",))
    return parse(text)


def parse(text: str) -> Trace:
    """The account that a trace's text holds."""
    lines = [line for line in text.split("\n") if line]
    if not lines:
        return Trace(faults=("the pack's trace is empty: the pack evaluated nothing",))
    faults: list[str] = []
    if not text.endswith("\n"):
        faults.append("the pack's trace is cut off in the middle of a line")
    return _of(lines, faults)


def of_answer(told: Mapping[str, Any]) -> Trace:
    """The same account as the pack's decider gives it of one state of a fleet, which is shorter:
    what passed and hides nothing is a number (see `Decider.decide` in policies/core/fleet.py).
    """
    header, decisions, faults = told["header"], dict[tuple[str, str], Decision](), list[str]()
    known = {c["id"]: (c["kind"], c["level"]) for c in header["controls"]}
    resources = told["resources"]
    for phase, kind in PHASES.items():
        for control, entries in told[phase].items():
            if known[control][0] != kind:
                faults.append(f"the pack decided {control} in the phase of another kind")
                continue
            level = known[control][1]
            for entry in entries:
                if type(entry) is int:
                    urn, type_ = resources[entry]
                    decision = Decision(
                        control, urn, type_, Verdict.PASSED, level, (), "", NOTHING, "value"
                    )
                else:
                    number, verdict, by, reason, messages, observed = entry
                    urn, type_ = resources[number]
                    decision = Decision(
                        control, urn, type_, Verdict(verdict), level,
                        tuple(messages), reason, observed, by,
                    )  # fmt: skip
                key = (control, urn)
                decisions[key] = _join(decisions[key], decision) if key in decisions else decision
    return Trace(header, decisions, told["idle"], tuple(faults))


def _of(lines: Iterable[str], faults: list[str]) -> Trace:
    header: Mapping[str, Any] = {}
    decisions: dict[tuple[str, str], Decision] = {}
    idle: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
            if "pack" in entry:
                if header:
                    faults.append(
                        "the pack's trace has two beginnings: two packs ran, or one twice"
                    )
                header = entry
                continue
            if not header:
                faults.append("the pack's trace does not begin with its header")
                header = {"pack": ""}
            decision = _decision(entry)
        except (ValueError, KeyError, TypeError, AttributeError):
            faults.append(f"line {number} of the pack's trace is no decision")
            continue
        if not decision.urn:
            idle[decision.control] = decision.reason
            continue
        key = (decision.control, decision.urn)
        decisions[key] = _join(decisions[key], decision) if key in decisions else decision
    return Trace(header, decisions, idle, tuple(dict.fromkeys(faults)))


def _decision(entry: Mapping[str, Any]) -> Decision:
    if PHASES[entry["phase"]] != entry["kind"]:
        raise ValueError("phase")
    return Decision(
        control=entry["control"],
        urn=entry["urn"],
        type=entry["type"],
        verdict=Verdict(entry["verdict"]),
        level=entry["level"],
        messages=tuple(entry.get("messages", ())),
        reason=entry.get("reason", ""),
        observed=entry.get("observed", {}),
        by=entry.get("by", ""),
    )


def _join(first: Decision, second: Decision) -> Decision:
    """A replaced resource is decided more than once; the worst stands."""
    verdict = worst((first.verdict, second.verdict))
    kept = first if first.verdict is verdict else second
    messages = tuple(dict.fromkeys((*first.messages, *second.messages)))
    return Decision(
        kept.control,
        kept.urn,
        kept.type,
        verdict,
        kept.level,
        messages,
        kept.reason,
        kept.observed,
        kept.by,
    )
