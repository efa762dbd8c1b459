"""The analyzer protocol, served around pulumi-policy's own Policy objects.

The stock servicer converts every resource again for each policy and lets unknown values pass as
advisories. This one converts once, dispatches by type, and answers for every control of the
phase: violated, passed, or not applicable with the reason.
"""

# ruff: noqa: N802, ARG002, BLE001 (the protocol's names; what cannot be read must not pass)

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from pulumi.runtime.proto import analyzer_pb2 as pb

from . import decode
from .control import Control, Level, Settings, Severity, Verdict
from .evaluate import (
    ALL_CUSTOM,
    NO_SUBJECT,
    NO_TYPE,
    Decision,
    broken,
    decide_stack,
    judge,
    look,
)
from .in_place import InPlace
from .protocol import Protocol
from .resources import Provider, Resource, Stack
from .settings import PackSettings
from .values import Props
from .wire import Read, WholeStack, accounts_in, read, whole_stack

LEVELS = {Level.ADVISORY: pb.ADVISORY, Level.MANDATORY: pb.MANDATORY, Level.OFF: pb.DISABLED}
SEVERITIES = {
    Severity.LOW: pb.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: pb.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: pb.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: pb.POLICY_SEVERITY_CRITICAL,
}


class Servicer(Protocol):
    """Decides by itself; the stock servicer only describes the policies."""

    def __init__(self, name: str, inner: Any, controls: Sequence[Control], settings: PackSettings):
        super().__init__(name, inner, controls, settings)
        self._version = "0.0.1"  # the engine puts the one of PulumiPolicy.yaml in its place
        self._resource = tuple(c for c in controls if c.check)
        self._stack = tuple(c for c in controls if c.stack_check)
        self._by_type: dict[tuple[str, bool], _Speaking] = {}
        self._names: dict[frozenset[str], frozenset[str]] = {}  # of properties, once each
        self.reads = {**self.reads, "Analyze": read, "AnalyzeStack": whole_stack}

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:
        """The stock answer, with the levels of this stack's profile."""
        info = super().GetAnalyzerInfo(request, context)
        for policy in info.policies:
            policy.enforcementLevel = LEVELS[self._settings.announced(self._controls[policy.name])]
        return info

    def Analyze(self, request: Any, context: Any) -> Any:
        """One resource, by its checked inputs."""
        content, request = request if isinstance(request, Read) else (None, request)
        self._begin(request.urn)
        speaking = self._speaking_of(request.type, request.HasField("provider"))
        try:
            resource = decode.resource(request)
            inputs = decode.kept(request, content, resource.props, self._names)
            self._settings.inputs[resource.urn] = inputs
        except Exception as crash:  # what cannot be read must not pass
            found = [broken(c, _unread(request), crash) for c, _ in speaking.controls]
        else:
            found = [judge(c, resource, settings) for c, settings in speaking.controls]
        response = None
        for decision in found:
            self._trace.decided("analyze", decision)
            if decision.verdict is not Verdict.PASSED:
                if response is None:
                    response = pb.AnalyzeResponse()
                    response.CopyFrom(speaking.others)
                self._answer(response, decision)
        self._trace.flush()
        return speaking.others if response is None else self._excuse(response)

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        """The whole stack, by its planned or real outputs."""
        request = request if isinstance(request, WholeStack) else WholeStack(request.resources)
        self._begin(request.resources[0].urn if request.resources else "")
        response = pb.AnalyzeResponse()
        active = self._active(self._stack)
        try:
            stack = self._read(request, active)
        except Exception as crash:
            for control in active:
                decision = broken(control, _unread(None), crash)
                self._trace.decided("stack", decision)
                self._answer(response, decision)
            self._trace.flush()
            return response
        common, traced = self._settings.common(), self._trace.on
        for control in active:
            found = decide_stack(control, stack, self._settings.of(control, common))
            if all(d.verdict is Verdict.NOT_APPLICABLE for d in found):
                reason = found[0].reason if found else NO_SUBJECT
                response.not_applicable.add(policy_name=control.id, reason=reason)
            if not found:
                self._trace.without_subject("stack", control, NO_SUBJECT)
            for decision in found:
                if traced:
                    self._trace.decided("stack", decision)
                if decision.findings:
                    self._answer(response, decision)
        self._complain_of_waivers(response, stack.resources)
        self._trace.flush()
        if context is not None:  # held by the callback, the stack is let go after the answer
            context.add_callback(partial(id, stack))
        return self._excuse(response)

    def _read(self, request: WholeStack, active: Sequence[Control]) -> Stack:
        """The stack, with what its bytes told before they were let go."""
        inputs = self._settings.inputs
        providers: dict[str, Provider] = {}
        resources = [InPlace(r, inputs, providers) for r in request.resources]
        content = request.take()
        stack = Stack(resources, accounts_in(content) if content else None)
        look(active, stack, content)
        return stack

    def _told(self) -> None:
        self._by_type.clear()
        super()._told()

    def _active(self, controls: Iterable[Control]) -> tuple[Control, ...]:
        return tuple(c for c in controls if self._settings.level(c) is not Level.OFF)

    def _speaking_of(self, token: str, custom: bool) -> _Speaking:
        """The resource controls for a type, and beside them the ready answer of all others."""
        key = (token, custom)
        if (known := self._by_type.get(key)) is not None:
            return known
        governed = custom and not token.startswith("pulumi:")
        common = self._settings.common()
        controls: list[tuple[Control, Settings]] = []
        others = pb.AnalyzeResponse()
        for control in self._active(self._resource):
            if token in control.subjects or (governed and ALL_CUSTOM in control.subjects):
                controls.append((control, self._settings.of(control, common)))
            else:
                # the engine reads the name alone, so the reason is short: it comes 50 times
                others.not_applicable.add(policy_name=control.id, reason=NO_TYPE)
        self._by_type[key] = _Speaking(tuple(controls), others)
        self._same_each_time(others)
        return self._by_type[key]

    def _answer(self, response: Any, decision: Decision) -> None:
        """Add one decision to the answer."""
        control = decision.control
        if decision.verdict is Verdict.NOT_APPLICABLE:
            response.not_applicable.add(policy_name=control.id, reason=decision.reason)
            return
        level = LEVELS[self._settings.level(control)]
        if decision.verdict is Verdict.ERROR:
            level = pb.MANDATORY
        for finding, message in zip(decision.findings, decision.messages, strict=True):
            response.diagnostics.add(
                policyName=control.id,
                policyPackName=self._name,
                policyPackVersion=self._version,
                message=message,
                urn=finding.urn or decision.subject.urn,
                description=control.statement,
                enforcementLevel=level,
                severity=SEVERITIES[control.severity],
            )


class _Speaking(NamedTuple):
    """What is worked out once for each type of resource, until the settings change."""

    controls: tuple[tuple[Control, Settings], ...]  # those that speak about it
    others: Any  # what the rest says: not applicable; the whole answer when all of them pass


def _unread(request: Any) -> Resource:
    """A stand-in for what could not be decoded, so that the answer can name it."""
    if request is None:
        return Resource("", "", "", Props({}))
    return Resource(request.urn, request.type, request.name, Props({}))
