"""The gRPC ResourceProvider that both stand-ins share; resource types are in handlers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Protocol, cast

import grpc
from google.protobuf import empty_pb2

from sandbox.providers.checking import Request, Scope, check
from sandbox.providers.comparing import Difference
from sandbox.providers.errors import ProviderError, explain, is_outage
from sandbox.providers.framework import Clients, Handler, Inputs, Outputs, TypeRule
from sandbox.providers.protocol import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2
from sandbox.providers.resource import LiveResource, PartialFailureError, Resource
from sandbox.providers.schema import type_schema
from sandbox.providers.values import from_struct, to_struct

Diff = provider_pb2.DiffResponse
KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}
Invoke = Callable[[Clients, Inputs], Outputs]


class Package(Protocol):
    """What tells one provider from another."""

    name: str

    def rule(self, token: str) -> TypeRule: ...

    def handler(self, token: str) -> Handler | None: ...

    def invoke(self, token: str) -> Invoke | None: ...

    def check_config(self, news: Inputs) -> tuple[Inputs, list[str]]:
        """The provider's inputs with its defaults, and the mistakes in them."""
        ...

    def configure(self, args: Mapping[str, Any]) -> tuple[Scope, Clients | None]:
        """What its configuration adds to each resource, and the clients for its handlers."""
        ...


def answers(method: Callable[..., Any]) -> Callable[..., Any]:
    """Turn whatever goes wrong in an RPC into one line with a status the engine understands."""

    @functools.wraps(method)
    def call(self: Provider, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except PartialFailureError as failure:
            known = self._resource(request.urn)
            state, inputs = known.struct(failure.outputs), known.struct(failure.inputs)
            _send(failure, state, inputs, context)
        except Exception as error:  # noqa: BLE001 - whatever it is becomes one line
            # To the engine UNKNOWN means that the resource may exist, the other that it does not.
            code = (
                grpc.StatusCode.UNKNOWN if is_outage(error) else grpc.StatusCode.FAILED_PRECONDITION
            )
            context.abort(code, explain(error))

    return call


def _send(
    failure: PartialFailureError, state: Any, inputs: Any, context: grpc.ServicerContext
) -> NoReturn:
    """Answer with an error that carries the state of what exists, and end the call."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=failure.id, properties=state, inputs=inputs, reasons=[str(failure)]
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(failure))
    status.details.add().Pack(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, str(failure))


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One provider process: the engine configures it once, then calls it from many threads."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.scope = Scope()
        self.clients: Clients | None = None  # none for a provider without a cloud

    # The provider itself

    @answers
    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse()

    @answers
    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        import importlib.metadata

        return plugin_pb2.PluginInfo(
            version=importlib.metadata.version(f"pulumi-{self.package.name}")
        )

    @answers
    def GetSchema(self, request: Any, context: Any) -> Any:
        raise ProviderError(
            "the sandbox's provider has no schema to generate code from; "
            "use `pulumi import --generate-code=false` or the `import_` resource option"
        )

    @answers
    def CheckConfig(self, request: Any, context: Any) -> Any:
        inputs, mistakes = self.package.check_config(from_struct(request.news))
        return provider_pb2.CheckResponse(inputs=to_struct(inputs), failures=_failures(mistakes))

    @answers
    def DiffConfig(self, request: Any, context: Any) -> Any:
        olds, news = from_struct(request.olds), from_struct(request.news)
        changed = sorted(
            key
            for key in olds.keys() | news.keys()
            if olds.get(key) != news.get(key) and key != "version"
        )
        return Diff(changes=Diff.DIFF_SOME if changed else Diff.DIFF_NONE, diffs=changed)

    @answers
    def Configure(self, request: Any, context: Any) -> Any:
        prefix = f"{self.package.name}:config:"
        args = {key.removeprefix(prefix): value for key, value in request.variables.items()}
        args.update(from_struct(request.args))
        self.scope, self.clients = self.package.configure(args)
        return provider_pb2.ConfigureResponse(
            supportsPreview=True, supports_autonaming_configuration=True
        )

    @answers
    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    @answers
    def Invoke(self, request: Any, context: Any) -> Any:
        function = self.package.invoke(request.tok)
        if function is None:
            raise ProviderError(f"the sandbox does not have the function {request.tok}")
        args = from_struct(request.args)
        answer = function(self._in_region(args.get("region")), args)
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(to_struct(answer))  # a keyword of Python
        return response

    # Resources

    @answers
    def Check(self, request: Any, context: Any) -> Any:
        known = self._resource(request.urn)
        asked = Request(
            request.name or request.urn.rsplit("::", 1)[-1],
            request.urn,
            from_struct(request.olds),
            from_struct(request.news),
            request.randomSeed,
            request.autonaming.proposed_name if request.HasField("autonaming") else None,
        )
        inputs, mistakes = check(known.schema, known.rule, self.scope, asked)
        return provider_pb2.CheckResponse(inputs=known.struct(inputs), failures=_failures(mistakes))

    @answers
    def Diff(self, request: Any, context: Any) -> Any:
        known = self._resource(request.urn)
        olds, news = from_struct(request.olds), from_struct(request.news)
        known.accept(news)
        return _diff_response(known.diff(olds, news, frozenset(request.ignoreChanges)), known.rule)

    @answers
    def Create(self, request: Any, context: Any) -> Any:
        known, inputs = self._resource(request.urn), from_struct(request.properties)
        known.accept(inputs)
        id, outputs = "", {}
        if request.preview:
            outputs = known.plan(inputs)
        else:
            id, outputs = self._live(known, inputs).create(inputs)
        return provider_pb2.CreateResponse(id=id, properties=known.struct(outputs))

    @answers
    def Update(self, request: Any, context: Any) -> Any:
        known = self._resource(request.urn)
        olds, news = from_struct(request.olds), from_struct(request.news)
        known.accept(news)
        if request.preview:
            outputs = known.plan(news, olds)
        else:
            ignored = frozenset(request.ignoreChanges)
            outputs = self._live(known, news).update(request.id, olds, news, ignored)
        return provider_pb2.UpdateResponse(properties=known.struct(outputs))

    @answers
    def Read(self, request: Any, context: Any) -> Any:
        known = self._resource(request.urn)
        olds, inputs = from_struct(request.properties), from_struct(request.inputs)
        found = self._live(known, inputs or olds).read(request.id, inputs, olds)
        if found is None:
            return provider_pb2.ReadResponse(id="")
        id, outputs = found
        fresh = known.refreshed(inputs, outputs) if inputs else known.implied(outputs)
        return provider_pb2.ReadResponse(
            id=id, properties=known.struct(outputs), inputs=known.struct(fresh)
        )

    @answers
    def Delete(self, request: Any, context: Any) -> Any:
        known, state = self._resource(request.urn), from_struct(request.properties)
        self._live(known, state).delete(request.id, state)
        return empty_pb2.Empty()

    def _resource(self, urn: str) -> Resource:
        token = urn.split("::")[2].rsplit("$", 1)[-1]
        return Resource(type_schema(token), self.package.rule(token), self.scope)

    def _live(self, known: Resource, values: Inputs) -> LiveResource:
        token = known.schema.token
        handler = self.package.handler(token)
        if handler is None:
            raise ProviderError(
                f"the sandbox can preview {token} but not deploy it; leave it out of the sandbox's "
                "stack or deploy to a real account"
            )
        return LiveResource(known, handler, self._in_region(values.get("region")))

    def _in_region(self, region: str | None) -> Clients:
        # A handler of a provider without a cloud never looks at what it is given here.
        return self.clients.in_region(region) if self.clients else cast(Clients, None)


def _failures(mistakes: list[str]) -> list[Any]:
    return [provider_pb2.CheckFailure(property="", reason=text) for text in mistakes]


def _diff_response(found: Difference, rule: TypeRule) -> Any:
    detailed = {}
    for path, kind in found.paths.items():
        top = path.split(".", 1)[0].split("[", 1)[0]
        detailed[path] = provider_pb2.PropertyDiff(kind=KINDS[kind, top in found.replaces])
    immutable = set(rule.replaces) | {"region"}
    return Diff(
        changes=Diff.DIFF_SOME if found.paths else Diff.DIFF_NONE,
        replaces=sorted(found.replaces),
        stables=sorted(immutable - found.replaces),
        diffs=sorted({path.split(".", 1)[0].split("[", 1)[0] for path in found.paths}),
        detailedDiff=detailed,
        hasDetailedDiff=True,
        deleteBeforeReplace=found.delete_before_replace,
    )
