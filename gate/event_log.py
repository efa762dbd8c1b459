"""The engine's event log, read strictly: whatever is missing or odd is a fault, never a default.

The format is that of `pulumi preview --event-log FILE`: one JSON object a line, each with a
sequence, a timestamp in seconds and one event (sdk/go/common/apitype/events.go of pulumi 3.259).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from . import timings
from .events import EventLog, Planned, Violation

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = frozenset(
    {
        "cancelEvent",
        "stdoutEvent",
        "diagnosticEvent",
        "preludeEvent",
        "summaryEvent",
        "resourcePreEvent",
        "resOutputsEvent",
        "resOpFailedEvent",
        "policyEvent",
        "policyRemediationEvent",
        "policyLoadEvent",
        "policyAnalyzeSummaryEvent",
        "policyRemediateSummaryEvent",
        "policyAnalyzeStackSummaryEvent",
        "startDebuggingEvent",
        "progressEvent",
        "errorEvent",
    }
)
REMEDIED = "a policy changed a resource (remediation): what was decided is not the program"
CLOCK_SLACK = 2  # seconds: the log's clock is cut to whole seconds
# Steps that the engine's summary counts, one a resource (steps of providers it counts apart).
COUNTED = ("same", "create", "update", "replace", "delete", "import")


class _Reader:
    def __init__(self, pack: str, prefix: str, preview: bool, when: tuple[float, float]):
        self.pack, self.prefix, self.preview = pack, prefix, preview
        self.started, self.ended = when
        self.resources: dict[str, Planned] = {}
        self.violations: list[Violation] = []
        self.passed: set[tuple[str, str]] = set()
        self.failed: set[tuple[str, str]] = set()
        self.stack_passed: list[str] = []
        self.stack_failed: list[str] = []
        self.stack_summaries = 0
        self.summaries: list[Mapping[str, Any]] = []
        self.config: dict[str, str] = {}
        self.outputs: frozenset[str] = frozenset()
        self.errors: list[str] = []
        self.faults: list[str] = []
        self.sequence: int | None = None
        self.steps: Counter[str] = Counter()
        self.preludes = 0
        self.cancelled = False

    def fault(self, text: str) -> None:
        if text not in self.faults:
            self.faults.append(text)

    def line(self, number: int, text: str) -> None:
        try:
            event = json.loads(text)
        except ValueError:
            self.fault(f"line {number} of the event log is not JSON: the log is cut off or damaged")
            return
        if not isinstance(event, dict):
            self.fault(f"line {number} of the event log is no event")
            return
        self._envelope(number, event)
        kinds = [k for k in event if k not in ("sequence", "timestamp")]
        if len(kinds) != 1 or not isinstance(event[kinds[0]], dict):
            self.fault(f"line {number} of the event log does not hold exactly one event")
            return
        if kinds[0] not in KNOWN:
            # A newer engine may say more; completeness is proven by the events that are known.
            return
        try:
            self._event(kinds[0], event[kinds[0]])
        except (KeyError, TypeError, AttributeError, ValueError) as e:
            self.fault(f"line {number} of the event log: {kinds[0]} lacks or misspells {e}")

    def _envelope(self, number: int, event: Mapping[str, Any]) -> None:
        sequence, timestamp = event.get("sequence"), event.get("timestamp")
        if not isinstance(sequence, int) or not isinstance(timestamp, int):
            self.fault(f"line {number} of the event log has no sequence or timestamp")
            return
        if sequence != (0 if self.sequence is None else self.sequence + 1):
            self.fault(f"line {number} of the event log: events are missing or out of order")
        self.sequence = sequence
        if not self.started - CLOCK_SLACK <= timestamp <= self.ended + CLOCK_SLACK:
            self.fault("the event log is of another run: its times are not those of this run")
        if self.cancelled:
            self.fault("the event log goes on after its end: two logs in one file")

    def _event(self, kind: str, body: Mapping[str, Any]) -> None:
        handlers: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "preludeEvent": self._prelude,
            "resourcePreEvent": self._step,
            "resOutputsEvent": self._outputs,
            "resOpFailedEvent": lambda b: self._error(f"a step on {b['metadata']['urn']} failed"),
            "policyEvent": self._violation,
            "policyRemediationEvent": lambda _: self.fault(REMEDIED),
            "policyAnalyzeSummaryEvent": self._resource_summary,
            "policyAnalyzeStackSummaryEvent": self._stack_summary,
            "diagnosticEvent": self._diagnostic,
            "errorEvent": lambda b: self._error(b["error"]),
            "summaryEvent": self.summaries.append,
            "cancelEvent": self._cancel,
        }
        if kind in handlers:
            handlers[kind](body)

    def _prelude(self, body: Mapping[str, Any]) -> None:
        self.preludes += 1
        self.config = {str(k): str(v) for k, v in (body.get("config") or {}).items()}

    def _outputs(self, body: Mapping[str, Any]) -> None:
        if body["metadata"]["type"] == "pulumi:pulumi:Stack":
            new = body["metadata"].get("new") or {}
            self.outputs = frozenset(new.get("outputs") or ())

    def _diagnostic(self, body: Mapping[str, Any]) -> None:
        if body.get("severity") == "error":
            self._error(body["message"])

    def _cancel(self, _body: Mapping[str, Any]) -> None:
        self.cancelled = True

    def _error(self, message: object) -> None:
        if not isinstance(message, str):
            raise TypeError("message")
        self.errors.append(message.strip())

    def _step(self, body: Mapping[str, Any]) -> None:
        metadata = body["metadata"]
        if bool(body.get("planning")) is not self.preview:
            self.fault("the event log mixes a preview's steps with a deployment's")
        urn, kind, op = metadata["urn"], metadata["type"], metadata["op"]
        if not (isinstance(urn, str) and isinstance(kind, str) and isinstance(op, str)):
            raise TypeError("urn, type or op")
        if not urn.startswith(self.prefix):
            self.fault(f"the event log is of another stack: it names {urn}")
        state = metadata.get("new") or metadata.get("old")
        if not isinstance(state, dict):
            raise KeyError("new and old")
        if metadata.get("logical") and not kind.startswith("pulumi:providers:"):
            self.steps[op] += 1
        before = self.resources.get(urn)
        inputs = state.get("inputs") or {}
        if before is not None and metadata.get("new") is None:
            inputs = before.inputs
        self.resources[urn] = Planned(
            urn,
            kind,
            ((*before.ops, op) if before else (op,)),
            bool(state.get("custom")) or bool(before and before.custom),
            inputs,
            str(state.get("id") or (before.id if before else "")),
            str(state.get("parent") or (before.parent if before else "")),
        )

    def _ours(self, body: Mapping[str, Any]) -> bool:
        name = body["policyPackName"]
        if name != self.pack:
            self.fault(f"the pack {name!r} ran, expected {self.pack!r}")
        return bool(name == self.pack)

    def _violation(self, body: Mapping[str, Any]) -> None:
        if self._ours(body):
            control, level = body["policyName"], body["enforcementLevel"]
            message = body["message"]
            if not all(isinstance(t, str) for t in (control, message, level)):
                raise TypeError("policyName, message or enforcementLevel")
            urn = body.get("resourceUrn") or ""
            self.violations.append(Violation(control, urn, message.strip(), level))

    def _resource_summary(self, body: Mapping[str, Any]) -> None:
        urn = body["resourceUrn"]
        if self._ours(body):
            self.passed |= {(control, urn) for control in _names(body, "passed")}
            self.failed |= {(control, urn) for control in _names(body, "failed")}

    def _stack_summary(self, body: Mapping[str, Any]) -> None:
        if self._ours(body):
            self.stack_summaries += 1
            self.stack_passed += _names(body, "passed")
            self.stack_failed += _names(body, "failed")


def _names(body: Mapping[str, Any], key: str) -> list[str]:
    names = body.get(key) or []
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise TypeError(key)
    return names


@timings.timed("parsing the event log")
def read(
    path: Path,
    *,
    pack: str,
    stack: str,
    project: str,
    preview: bool,
    started: float,
    ended: float,
) -> EventLog:
    """Read an engine's event log.

    Args:
        path: the file given to `--event-log`.
        pack: the name of the one policy pack that has to run.
        stack: the stack's name.
        project: the project's name.
        preview: whether it must be a preview's log (else an update's).
        started: when the engine was started, in seconds since 1970.
        ended: when it ended.
    """
    reader = _Reader(pack, f"urn:pulumi:{stack}::{project}::", preview, (started, ended))
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return EventLog(faults=("the engine left no event log",))
    except (OSError, UnicodeDecodeError) as e:
        return EventLog(faults=(f"the event log cannot be read: {type(e).__name__}",))
    if not text:
        return EventLog(faults=("the event log is empty",))
    if not text.endswith("\n"):
        reader.fault("the event log is cut off in the middle of a line")
    for number, line in enumerate(text.split("\n"), 1):
        if line:
            reader.line(number, line)
    return _finish(reader)


def _finish(reader: _Reader) -> EventLog:
    if reader.preludes != 1:
        reader.fault("the event log has no single beginning (preludeEvent)")
    if not reader.cancelled:
        reader.fault(
            "the event log has no end (cancelEvent): the engine died or the log is cut off"
        )
    if len(reader.summaries) != 1:
        count = len(reader.summaries)
        reader.fault(f"the event log has {count} summaries (summaryEvent), expected one")
    summary = reader.summaries[-1] if reader.summaries else {}
    packs = summary.get("PolicyPacks") or {}
    result, is_preview = summary.get("result"), summary.get("isPreview")
    if reader.summaries:
        if not isinstance(packs, dict) or result not in ("succeeded", "failed", "canceled"):
            reader.fault("the summary of the event log has no packs or no result")
            packs = {}
        if is_preview is not reader.preview:
            reader.fault("the event log is of a " + ("preview" if is_preview else "deployment"))
        if summary.get("maybeCorrupt"):
            reader.fault("the engine says that the state may be damaged (maybeCorrupt)")
        if result == "succeeded" and isinstance(changes := summary.get("resourceChanges"), dict):
            for op in COUNTED:
                told, named = changes.get(op, 0), reader.steps[op]
                if told != named:
                    text = f"the engine counts {told} resources to {op}, its steps name {named}"
                    reader.fault(text)
    both = reader.passed & reader.failed
    if both:
        reader.fault(f"{min(both)[0]} is both passed and failed on one resource")
    return EventLog(
        resources=reader.resources,
        violations=tuple(reader.violations),
        passed=frozenset(reader.passed),
        failed=frozenset(reader.failed),
        stack_passed=tuple(reader.stack_passed),
        stack_failed=tuple(reader.stack_failed),
        stack_summaries=reader.stack_summaries,
        packs=tuple(sorted(packs)),
        began=bool(reader.preludes or reader.summaries),
        result=str(result or ""),
        is_preview=bool(is_preview),
        changes={str(k): int(v) for k, v in (summary.get("resourceChanges") or {}).items()},
        config=reader.config,
        outputs=reader.outputs,
        errors=tuple(dict.fromkeys(reader.errors)),
        faults=tuple(reader.faults),
    )
