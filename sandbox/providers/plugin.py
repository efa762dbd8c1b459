"""The gRPC ResourceProvider that both stand-ins share: protocol here, resource types in handlers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Protocol, cast

import grpc
from google.protobuf import empty_pb2, struct_pb2

from sandbox.providers.checking import Request, Scope, check
from sandbox.providers.comparing import Difference, difference
from sandbox.providers.errors import ProviderError, explain, is_outage
from sandbox.providers.framework import Clients, Created, Handler, Inputs, Outputs, TypeRule
from sandbox.providers.protocol import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2
from sandbox.providers.schema import TypeSchema, type_schema
from sandbox.providers.states import deployed, implied_inputs, planned, refreshed_inputs
from sandbox.providers.values import from_struct, to_struct, without_defaults

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
        except Failed as failure:
            failure.send(context)
        except Exception as error:
            # UNKNOWN means to the engine that the resource may exist; FAILED_PRECONDITION that it does not.
            code = (
                grpc.StatusCode.UNKNOWN if is_outage(error) else grpc.StatusCode.FAILED_PRECONDITION
            )
            context.abort(code, explain(error))

    return call


class Failed(Exception):
    """A step failed after its resource existed: the engine keeps the state that is sent along."""

    def __init__(
        self, id: str, properties: struct_pb2.Struct, inputs: struct_pb2.Struct, reason: str
    ) -> None:
        super().__init__(reason)
        self.detail = provider_pb2.ErrorResourceInitFailed(
            id=id, properties=properties, inputs=inputs, reasons=[reason]
        )

    def send(self, context: grpc.ServicerContext) -> NoReturn:
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(self))  # type: ignore[index]
        status.details.add().Pack(self.detail)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, str(self))


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
        return provider_pb2.InvokeResponse(**{"return": to_struct(answer)})

    # Resources

    @answers
    def Check(self, request: Any, context: Any) -> Any:
        schema, rule = self._type(request.urn)
        named = request.name or request.urn.rsplit("::", 1)[-1]
        proposed = request.autonaming.proposed_name if request.HasField("autonaming") else None
        asked = Request(
            named,
            request.urn,
            from_struct(request.olds),
            from_struct(request.news),
            request.randomSeed,
            proposed,
        )
        inputs, mistakes = check(schema, rule, self.scope, asked)
        secrets = self._secrets(schema, rule)
        return provider_pb2.CheckResponse(
            inputs=to_struct(inputs, secrets), failures=_failures(mistakes)
        )

    @answers
    def Diff(self, request: Any, context: Any) -> Any:
        schema, rule = self._type(request.urn)
        olds, news = from_struct(request.olds), from_struct(request.news)
        self._plan_check(rule, news)
        found = difference(schema, rule, olds, news, frozenset(request.ignoreChanges))
        return _diff_response(found, rule)

    @answers
    def Create(self, request: Any, context: Any) -> Any:
        schema, rule = self._type(request.urn)
        secrets = self._secrets(schema, rule)
        inputs = from_struct(request.properties)
        self._plan_check(rule, inputs)
        if request.preview:
            outputs = planned(schema, rule, self.scope, inputs)
            return provider_pb2.CreateResponse(id="", properties=to_struct(outputs, secrets))
        handler, aws = self._deployer(schema.token, inputs)
        plain = self._for_handler(rule, inputs)
        try:
            id = handler.create(aws, plain)
        except ProviderError as error:
            if error.id is None:
                raise
            outputs = self._after(schema, rule, handler, aws, error.id, plain, inputs, {})
            raise Failed(
                error.id, to_struct(outputs, secrets), request.properties, str(error)
            ) from error
        made = dict(id.outputs) if isinstance(id, Created) else {}
        read = self._read_back(handler, aws, id, plain, request.properties, made, schema, rule)
        outputs = deployed(schema, rule, self.scope, id, read, inputs, made)
        return provider_pb2.CreateResponse(id=id, properties=to_struct(outputs, secrets))

    @answers
    def Update(self, request: Any, context: Any) -> Any:
        schema, rule = self._type(request.urn)
        secrets = self._secrets(schema, rule)
        olds, news = from_struct(request.olds), from_struct(request.news)
        self._plan_check(rule, news)
        if request.preview:
            return provider_pb2.UpdateResponse(
                properties=to_struct(planned(schema, rule, self.scope, news, olds), secrets)
            )
        handler, aws = self._deployer(schema.token, news)
        plain = self._for_handler(rule, news)
        found = difference(schema, rule, olds, news, frozenset(request.ignoreChanges))
        try:
            handler.update(aws, request.id, olds, plain, found.changed)
        except Exception as error:
            outputs = self._after(schema, rule, handler, aws, request.id, plain, news, olds)
            raise Failed(
                request.id, to_struct(outputs, secrets), request.news, explain(error)
            ) from error
        read = self._read_back(handler, aws, request.id, plain, request.news, olds, schema, rule)
        outputs = deployed(schema, rule, self.scope, request.id, read, news, olds)
        return provider_pb2.UpdateResponse(properties=to_struct(outputs, secrets))

    @answers
    def Read(self, request: Any, context: Any) -> Any:
        schema, rule = self._type(request.urn)
        olds, inputs = from_struct(request.properties), from_struct(request.inputs)
        handler, aws = self._deployer(schema.token, inputs or olds)
        read = handler.read(aws, request.id, self._for_handler(rule, inputs))
        if read is None:
            return provider_pb2.ReadResponse(id="")
        id = str(read.pop("id", request.id))
        outputs = deployed(schema, rule, self.scope, id, read, inputs, olds)
        if inputs:
            fresh = refreshed_inputs(schema, rule, inputs, outputs)
        else:
            fresh = implied_inputs(schema, rule, outputs)
        secrets = self._secrets(schema, rule)
        return provider_pb2.ReadResponse(
            id=id, properties=to_struct(outputs, secrets), inputs=to_struct(fresh, secrets)
        )

    @answers
    def Delete(self, request: Any, context: Any) -> Any:
        schema, _ = self._type(request.urn)
        state = from_struct(request.properties)
        handler, aws = self._deployer(schema.token, state)
        handler.delete(aws, request.id, state)
        return empty_pb2.Empty()

    # Parts of the above

    def _type(self, urn: str) -> tuple[TypeSchema, TypeRule]:
        token = urn.split("::")[2].rsplit("$", 1)[-1]
        return type_schema(token), self.package.rule(token)

    def _secrets(self, schema: TypeSchema, rule: TypeRule) -> frozenset[str]:
        return schema.secrets | rule.secrets

    def _plan_check(self, rule: TypeRule, inputs: Inputs) -> None:
        plain = without_defaults(inputs)
        for validate in rule.plan_validators:
            if text := validate(plain):
                raise ProviderError(text)

    def _deployer(self, token: str, inputs: Inputs) -> tuple[Handler, Clients]:
        handler = self.package.handler(token)
        if handler is None:
            raise ProviderError(
                f"the sandbox can preview {token} but not deploy it; leave it out of the sandbox's stack "
                "or deploy to a real account"
            )
        return handler, self._in_region(inputs.get("region"))

    def _in_region(self, region: str | None) -> Clients:
        # A handler of a provider without a cloud never looks at what it is given here.
        return self.clients.in_region(region) if self.clients else cast(Clients, None)

    def _for_handler(self, rule: TypeRule, inputs: Inputs) -> Inputs:
        """The inputs as handlers get them: no bookkeeping, all defaults, tagsAll also where Check adds none."""
        plain: Inputs = without_defaults(inputs)
        if inputs:
            plain = {**rule.zeros, **plain}  # Terraform sends them, though Check does not show them
        if rule.plugin_framework and inputs and self.scope.default_tags is not None:
            plain["tagsAll"] = {**self.scope.default_tags, **(plain.get("tags") or {})}
        return plain

    def _read_back(
        self,
        handler: Handler,
        aws: Clients,
        id: str,
        plain: Inputs,
        written: struct_pb2.Struct,
        olds: Outputs,
        schema: TypeSchema,
        rule: TypeRule,
    ) -> Outputs:
        """What the cloud says right after a write; its failure keeps the resource in the state."""
        try:
            read = handler.read(aws, id, plain)
            if read is None:
                raise ProviderError(
                    f"{schema.token} {id} was made but the sandbox's AWS does not show it"
                )
        except Exception as error:
            outputs = deployed(schema, rule, self.scope, id, {}, plain, olds)
            raise Failed(
                id, to_struct(outputs, self._secrets(schema, rule)), written, explain(error)
            ) from error
        return read

    def _after(
        self,
        schema: TypeSchema,
        rule: TypeRule,
        handler: Handler,
        aws: Clients,
        id: str,
        plain: Inputs,
        inputs: Inputs,
        olds: Outputs,
    ) -> Outputs:
        """The outputs after a failure half-way, as well as they can be told."""
        try:
            read = handler.read(aws, id, plain)
        except Exception:
            read = None
        return deployed(
            schema, rule, self.scope, id, read or {}, {} if read is None else inputs, olds
        )


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
