"""What both servicers answer alike: the calls of the analyzer protocol that decide nothing."""

# ruff: noqa: N802, ARG002 (the protocol's names and signatures)

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc

from .control import Control
from .resources import Resource
from .settings import PackSettings
from .trace import Trace
from .waivers import POLICY


class Protocol(analyzer_pb2_grpc.AnalyzerServicer):
    """Serves one pack to one engine. `inner` is the stock servicer."""

    #: How requests are read, by method, where not by protobuf's own code. Remediate's need not be;
    #: for grpc, None is what could not be read.
    reads: Mapping[str, Callable[[bytes], Any]] = {"Remediate": lambda _: ()}

    def __init__(self, name: str, inner: Any, controls: Sequence[Control], settings: PackSettings):
        self._name = name
        self._inner = inner
        self._controls = {c.id: c for c in controls}
        self._settings = settings
        self._trace = settings.trace = Trace(name, controls, settings)
        self._nothing_rewritten = pb.RemediateResponse()
        for control in controls:
            if control.check is not None:
                self._nothing_rewritten.not_applicable.add(policy_name=control.id)
        self._ready: dict[int, tuple[Any, bytes]] = {}
        self._same_each_time(self._nothing_rewritten)

    def Handshake(self, request: Any, context: Any) -> Any:
        """Nothing to agree on."""
        return pb.AnalyzerHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """The version of the SDK, as the stock servicer says it."""
        return self._inner.GetPluginInfo(request, context)

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:
        """What the stock servicer says of the policies."""
        return self._inner.GetAnalyzerInfo(request, context)

    def Cancel(self, request: Any, context: Any) -> Any:
        """Nothing to cancel: the process ends with the engine."""
        return empty_pb2.Empty()

    def Remediate(self, request: Any, context: Any) -> Any:
        """The same short answer for everything, or the engine would list all as passed."""
        return self._nothing_rewritten

    def Configure(self, request: Any, context: Any) -> Any:
        """Take the levels and parameters of the policy config."""
        self._settings.configure(request, self._controls)
        self._told()
        return empty_pb2.Empty()

    def ConfigureStack(self, request: Any, context: Any) -> Any:
        """Take the stack's name and its suffix."""
        self._settings.configure_stack(
            request.stack,
            request.project,
            request.config,
            frozenset(request.config_secret_keys),
            request.dry_run,
        )
        self._told()
        return pb.AnalyzerStackConfigureResponse()

    def _excuse(self, response: Any) -> Any:
        """Lower each complaint that a waiver lets through; it stays in the answer, no pass."""
        if self._settings.waivers is not None:
            for told in response.diagnostics:
                waiver = self._settings.waivers.excuse(told.policyName, told.urn, told.message)
                if waiver is not None:
                    told.message = waiver.marked(told.message)
                    told.enforcementLevel = pb.ADVISORY
        return response

    def _complain_of_waivers(self, response: Any, resources: Iterable[Resource]) -> None:
        """A waiver that is over or excuses nobody stops the stack, whatever the controls say."""
        settings = self._settings
        if settings.waivers is None:
            return
        found = settings.waivers.faults(settings.stack, settings.project, resources, self._controls)
        for urn, line in found:
            response.diagnostics.add(
                policyName=POLICY,
                policyPackName=self._name,
                policyPackVersion="0.0.1",
                message=line,
                urn=urn,
                description="Each waiver must be in date and excuse a resource of the stack.",
                enforcementLevel=pb.MANDATORY,
                severity=pb.POLICY_SEVERITY_HIGH,
            )

    def _begin(self, urn: str) -> None:
        """Before each analysis: in an audit the first urn names the stack."""
        if self._settings.audit(urn):
            self._told()
        self._trace.start()

    def _told(self) -> None:
        """The settings are others now."""
        self._ready.clear()
        self._same_each_time(self._nothing_rewritten)

    def _same_each_time(self, response: Any) -> None:
        """Keep the bytes of an answer that many requests get, and that nobody changes."""
        self._ready[id(response)] = response, response.SerializeToString()

    def written(self, response: Any) -> bytes:
        """The answer's bytes, for the wire."""
        known = self._ready.get(id(response))
        if known is not None and known[0] is response:
            return known[1]
        return response.SerializeToString()  # type: ignore[no-any-return]
