"""The controls as policies of pulumi-policy, which its stock servicer can run.

The decisions are the same as in `servicer.py`: unknown values are taken out of the SDK's proxies
before a check sees them.
"""

# ruff: noqa: N802 (the protocol's names)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pulumi_policy as sdk
from pulumi.runtime.proto import analyzer_pb2 as pb

from . import decode
from .control import Control, Level, Verdict
from .evaluate import NO_SUBJECT, Decision, decide, decide_stack, is_subject
from .in_place import InPlace
from .protocol import Protocol
from .resources import Options, Provider, Resource, Stack
from .settings import PackSettings
from .values import Props

LEVELS = {
    Level.ADVISORY: sdk.EnforcementLevel.ADVISORY,
    Level.MANDATORY: sdk.EnforcementLevel.MANDATORY,
    Level.OFF: sdk.EnforcementLevel.DISABLED,
}


def policies(controls: Sequence[Control], settings: PackSettings) -> list[sdk.Policy]:
    """One policy for each control, with the control's own name, text and schema."""
    return [_policy(c, settings) for c in controls]


def _policy(control: Control, settings: PackSettings) -> sdk.Policy:
    common: dict[str, Any] = {
        "name": control.id,
        "description": control.statement,
        "enforcement_level": LEVELS[settings.announced(control)],
        "display_name": control.title,
        "severity": sdk.Severity[control.severity.name],
        "remediation_steps": control.remediation,
    }
    if control.config_schema:
        common["config_schema"] = sdk.PolicyConfigSchema(properties=dict(control.config_schema))
    if control.check is not None:
        return sdk.ResourceValidationPolicy(validate=_resource_rule(control, settings), **common)
    return sdk.StackValidationPolicy(validate=_stack_rule(control, settings), **common)


def _resource_rule(control: Control, settings: PackSettings) -> Any:
    def rule(args: sdk.ResourceValidationArgs, report: sdk.ReportViolation) -> None:
        resource = _resource(args, args.opts.parent or "", settings)
        decision = decide(control, resource, settings.of(control))
        if is_subject(control, resource):
            _trace(settings, "analyze", decision)
        if decision.verdict is Verdict.NOT_APPLICABLE:
            args.not_applicable(decision.reason)
        _report(decision, report)

    return rule


def _stack_rule(control: Control, settings: PackSettings) -> Any:
    def rule(args: sdk.StackValidationArgs, report: sdk.ReportViolation) -> None:
        stack = Stack([_stack_resource(r, settings) for r in args.resources])
        found = decide_stack(control, stack, settings.of(control))
        for decision in found:
            _trace(settings, "stack", decision)
            _report(decision, report)
        if not found and settings.trace is not None:
            settings.trace.without_subject("stack", control, NO_SUBJECT)
        reasons = [d.reason for d in found if d.verdict is Verdict.NOT_APPLICABLE]
        if len(reasons) == len(found):
            args.not_applicable(reasons[0] if reasons else NO_SUBJECT)

    return rule


def _trace(settings: PackSettings, phase: str, decision: Decision) -> None:
    if settings.trace is not None:
        settings.trace.decided(phase, decision)


def _report(decision: Decision, report: sdk.ReportViolation) -> None:
    for finding, message in zip(decision.findings, decision.messages, strict=True):
        report(message, finding.urn or decision.subject.urn)


def _props(values: Any) -> Props:
    found = decode.plain(values)
    return Props(found if isinstance(found, dict) else {})


def _resource(args: Any, parent: str, settings: PackSettings) -> Resource:
    provider = args.provider
    options = args.opts
    # the SDK drops which values are secret: they are taken from the request
    props = settings.shown.get(args.urn) or _props(args.props)
    return Resource(
        inputs=props,
        urn=args.urn,
        type=args.resource_type,
        name=args.name,
        props=props,
        options=Options(
            protect=bool(options.protect),
            ignore_changes=tuple(options.ignore_changes),
            parent=parent,
            aliases=tuple(options.aliases),
            additional_secret_outputs=tuple(options.additional_secret_outputs),
            delete_before_replace=bool(options.delete_before_replace),
        ),
        provider=provider
        and Provider(provider.urn, provider.resource_type, provider.name, _props(provider.props)),
    )


def _stack_resource(found: sdk.PolicyResource, settings: PackSettings) -> Resource:
    resource = _resource(found, found.parent.urn if found.parent else "", settings)
    graph = {k: tuple(r.urn for r in rs) for k, rs in found.property_dependencies.items()}
    return replace(
        resource,
        inputs=settings.inputs.get(found.urn),
        dependencies=tuple(r.urn for r in found.dependencies),
        property_dependencies=graph,
    )


class Watched(Protocol):
    """The stock servicer, told what it drops: the stack's config, and the levels of its profile.

    Its answers are brought to the form of ours: the message alone, a crash always mandatory.
    """

    def __init__(
        self,
        inner: Any,
        name: str,
        controls: Sequence[Control],
        built: Sequence[sdk.Policy],
        settings: PackSettings,
    ):
        super().__init__(name, inner, controls, settings)
        self._policies = built

    def Configure(self, request: Any, context: Any) -> Any:
        """Take the policy config, and let the stock servicer take it too."""
        super().Configure(request, context)
        return self._inner.Configure(request, context)

    def ConfigureStack(self, request: Any, context: Any) -> Any:
        """Take the stack's name and suffix; its profile says the policies' levels."""
        super().ConfigureStack(request, context)
        for policy in self._policies:
            level = self._settings.announced(self._controls[policy.name])
            policy.enforcement_level = LEVELS[level]
        return self._inner.ConfigureStack(request, context)

    def Analyze(self, request: Any, context: Any) -> Any:
        """One resource, by its checked inputs."""
        self._begin(request.urn)
        props = decode.properties(request.properties)
        self._settings.inputs[request.urn] = props
        self._settings.shown = {request.urn: props}
        return self._reshape(self._inner.Analyze(request, context))

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        """The whole stack, by its planned or real outputs."""
        self._begin(request.resources[0].urn if request.resources else "")
        shown = {r.urn: decode.properties(r.properties) for r in request.resources}
        self._settings.shown = shown
        response = self._reshape(self._inner.AnalyzeStack(request, context))
        self._complain_of_waivers(response, [InPlace(r, {}, {}) for r in request.resources])
        return response

    def _reshape(self, response: Any) -> Any:
        for diagnostic in response.diagnostics:
            diagnostic.message = diagnostic.message.removeprefix(diagnostic.description + "\n")
            if diagnostic.message.startswith("[error] "):
                diagnostic.enforcementLevel = pb.MANDATORY
        self._trace.flush()
        return self._excuse(response)
