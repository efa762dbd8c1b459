"""Scenarios through the servicer itself: values to protobuf and back, as the engine would ask.

What it answers is read with the engine's own formula: passed = the phase's policies, without the
disabled, the not applicable and the failed (pkg/resource/analyzer/summary.go).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from . import decode
from .control import Control, Level, Scenario, Settings, Verdict
from .pack import in_process
from .resources import Resource
from .scenarios import build
from .settings import PackFiles, PackSettings
from .values import UNKNOWN, Asset, Props, SecretNumber, SecretText, Value


@dataclass
class Answer:
    """What the engine would make of one request."""

    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    not_applicable: dict[str, str] = field(default_factory=dict)
    diagnostics: list[Any] = field(default_factory=list)

    def verdict(self, control: Control) -> Verdict:
        """The control's verdict by its messages' marks."""
        if control.id in self.not_applicable:
            return Verdict.NOT_APPLICABLE
        if control.id in self.passed:
            return Verdict.PASSED
        said = [d.message for d in self.diagnostics if d.policyName == control.id]
        if any(not m.startswith(("[undecided] ", "[error] ")) for m in said):
            return Verdict.FAILED
        if any(m.startswith("[error] ") for m in said):
            return Verdict.ERROR
        return Verdict.NOT_EVALUATED


class Replay:
    """A pack in this process, asked like the engine asks it."""

    def __init__(self, controls: Sequence[Control], settings: Settings, use_stock: bool = False):
        profile = {settings.stack: settings.profile}
        files = PackFiles(
            profile, settings.allowed_regions, settings.external_keys, settings.rotation_proven
        )
        self.settings = PackSettings(files)
        self.servicer = in_process("scenarios", controls, self.settings, use_stock)
        self._configure_stack(settings)
        self._controls = controls
        info = self.servicer.GetAnalyzerInfo(None, None)
        self.levels = {p.name: p.enforcementLevel for p in info.policies}

    def _configure_stack(self, settings: Settings) -> None:
        request = pb.AnalyzerStackConfigureRequest(
            stack=settings.stack, project=settings.project, dry_run=True
        )
        if settings.suffix is not None:
            request.config[f"{settings.project}:environmentSuffix"] = settings.suffix
        self.servicer.ConfigureStack(request, None)

    def configure(self, params: Mapping[str, Mapping[str, Any]]) -> None:
        """Send Configure as the engine does: every policy's level, and these parameters."""
        request = pb.ConfigureAnalyzerRequest()
        for name, level in self.levels.items():
            request.policyConfig[name].enforcementLevel = level
            request.policyConfig[name].properties.update(dict(params.get(name, {})))
        self.servicer.Configure(request, None)

    def ask(self, method: str, request: Any) -> Any:
        """The answer to a request, both sent as bytes, as on the wire."""
        read = self.servicer.reads.get(method, type(request).FromString)
        response = getattr(self.servicer, method)(read(request.SerializeToString()), None)
        return type(response).FromString(self.servicer.written(response))

    def analyze(self, resource: Resource) -> Answer:
        """Analyze for one resource, with its inputs."""
        request = pb.AnalyzeRequest(type=resource.type, urn=resource.urn, name=resource.name)
        _fill(request, resource, resource.inputs)
        return self._read(self.ask("Analyze", request), "resource")

    def analyze_stack(self, resources: Iterable[Resource]) -> Answer:
        """AnalyzeStack for these resources, with their outputs."""
        request = pb.AnalyzeStackRequest()
        for resource in resources:
            found = request.resources.add(type=resource.type, urn=resource.urn, name=resource.name)
            _fill(found, resource, resource.props)
            found.parent = resource.options.parent
            found.dependencies.extend(resource.dependencies)
            for key, urns in resource.property_dependencies.items():
                found.propertyDependencies[key].urns.extend(urns)
        return self._read(self.ask("AnalyzeStack", request), "stack")

    def _read(self, response: Any, kind: str) -> Answer:
        answer = Answer(diagnostics=list(response.diagnostics))
        answer.failed = {d.policyName for d in response.diagnostics}
        answer.not_applicable = {n.policy_name: n.reason for n in response.not_applicable}
        for control in self._controls:
            off = self.levels[control.id] == pb.DISABLED
            answered = control.id in answer.failed or control.id in answer.not_applicable
            if control.kind == kind and not off and not answered:
                answer.passed.add(control.id)
        return answer


def ask(control: Control, scenario: Scenario, use_stock: bool = False) -> list[Answer]:
    """The answers of a pack of this one control to the requests of the scenario."""
    settings = scenario.settings
    runner = Replay([_on(control)], settings, use_stock)
    runner.configure({control.id: settings.params})
    resources = build(scenario.items, settings)
    if control.check is not None:
        return [runner.analyze(r) for r in resources]
    for resource in resources:
        runner.analyze(resource)
    return [runner.analyze_stack(resources)]


def _on(control: Control) -> Control:
    """The control, mandatory in every profile: a scenario shows what it decides when it is on."""
    return replace(control, levels=dict.fromkeys(control.levels, Level.MANDATORY))


def _fill(message: Any, resource: Resource, props: Props | None) -> None:
    props = props or resource.props
    keys = props.keys()
    for key in keys:
        encode(props.raw(key), message.properties.fields[key])
    message.options.protect = resource.options.protect
    message.options.ignoreChanges.extend(resource.options.ignore_changes)
    message.options.parent = resource.options.parent
    if resource.provider is not None:
        provider = message.provider
        provider.urn, provider.type = resource.provider.urn, resource.provider.type
        provider.name = resource.provider.name
        keys = resource.provider.props.keys()
        for key in keys:
            encode(resource.provider.props.raw(key), provider.properties.fields[key])


def encode(value: Value, message: struct_pb2.Value) -> None:
    """Write a value as the engine sends it."""
    if value is UNKNOWN:
        message.string_value = decode.UNKNOWN_TEXT
    elif isinstance(value, SecretText | SecretNumber):
        fields = message.struct_value.fields
        fields[decode.SIGNATURE].string_value = decode.SECRET
        secret = value.reveal() if isinstance(value, SecretText) else value.real
        encode(secret, fields["value"])
    elif isinstance(value, Asset):
        fields = message.struct_value.fields
        fields[decode.SIGNATURE].string_value = decode.ASSET
        fields["text"].string_value = ""
    elif value is None:
        message.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, bool):
        message.bool_value = value
    elif isinstance(value, int | float):
        message.number_value = value
    elif isinstance(value, str):
        message.string_value = value
    elif isinstance(value, Mapping):
        message.struct_value.SetInParent()
        for key, item in value.items():
            encode(item, message.struct_value.fields[key])
    elif isinstance(value, Sequence):
        message.list_value.SetInParent()
        for item in value:
            encode(item, message.list_value.values.add())
    else:
        raise TypeError(f"{type(value).__name__} is no value of a resource")
