"""Plays the engine's part against a provider in this process, with the engine's own messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import grpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from sandbox.providers.aws.package import AwsPackage
from sandbox.providers.framework import Clients, Handler
from sandbox.providers.plugin import Package, Provider
from sandbox.providers.random.package import RandomPackage
from sandbox.providers.values import from_struct, to_struct

REGION = "sa-east-1"
DEFAULT_TAGS = {"Project": "iot-data-platform"}


CLIENTS: dict[tuple[str, str], Clients] = {}


class RpcError(Exception):
    """What the engine gets when an RPC fails; `kept` is the state of a partial failure."""

    def __init__(self, code: grpc.StatusCode, text: str, kept: Any = None) -> None:
        super().__init__(text)
        self.code, self.kept = code, kept


class Context:
    """As much of grpc.ServicerContext as a provider uses."""

    def __init__(self) -> None:
        self.metadata: tuple[tuple[str, bytes], ...] = ()

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None:
        self.metadata = metadata

    def abort(self, code: grpc.StatusCode, text: str) -> NoReturn:
        kept = None
        for key, value in self.metadata:
            if key == "grpc-status-details-bin":
                status = status_pb2.Status.FromString(value)
                kept = provider_pb2.ErrorResourceInitFailed()
                status.details[0].Unpack(kept)
        raise RpcError(code, text, kept)


@dataclass
class Diff:
    """The answer of Diff."""

    changes: bool
    replaces: set[str]
    diffs: set[str]
    paths: dict[str, int]
    delete_before_replace: bool


class Swapped:
    """A package with some handlers swapped: how a test takes an operation away."""

    def __init__(self, package: Package, handlers: Mapping[str, Handler]) -> None:
        self.package, self.handlers = package, handlers

    def __getattr__(self, name: str) -> Any:
        return getattr(self.package, name)

    def handler(self, token: str) -> Handler | None:
        return self.handlers.get(token) or self.package.handler(token)


@dataclass
class Engine:
    """One configured provider; structs go through protobuf as they do over gRPC."""

    package: Any = field(default_factory=AwsPackage)
    config: Mapping[str, str] = field(
        default_factory=lambda: {
            "region": REGION,
            "defaultTags": '{"tags": {"Project": "iot-data-platform"}}',
        }
    )

    def __post_init__(self) -> None:
        self.provider = Provider(self.package)
        variables = {
            f"{self.package.name}:config:{key}": value for key, value in self.config.items()
        }
        self.call("Configure", provider_pb2.ConfigureRequest(variables=variables))
        if made := self.provider.clients:  # making a client takes longer than a test
            self.provider.clients = CLIENTS.setdefault((made.endpoint, made.region), made)

    def call(self, method: str, request: Any) -> Any:
        return getattr(self.provider, method)(request, Context())

    def check(
        self,
        token: str,
        news: Mapping[str, Any],
        olds: Mapping[str, Any] | None = None,
        name: str = "thing",
        seed: bytes = b"1",
    ) -> tuple[dict[str, Any], list[str]]:
        request = provider_pb2.CheckRequest(
            urn=urn(token, name),
            news=to_struct(news),
            olds=to_struct(olds or {}),
            randomSeed=seed,
            name=name,
        )
        answer = self.call("Check", request)
        return from_struct(answer.inputs), [failure.reason for failure in answer.failures]

    def diff(
        self,
        token: str,
        id_: str,
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
        ignore: tuple[str, ...] = (),
    ) -> Diff:
        answer = self.call(
            "Diff",
            provider_pb2.DiffRequest(
                id=id_,
                urn=urn(token),
                olds=to_struct(olds),
                news=to_struct(news),
                ignoreChanges=ignore,
            ),
        )
        return Diff(
            answer.changes == provider_pb2.DiffResponse.DIFF_SOME,
            set(answer.replaces),
            set(answer.diffs),
            {path: item.kind for path, item in answer.detailedDiff.items()},
            answer.deleteBeforeReplace,
        )

    def preview(self, token: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.call(
            "Create",
            provider_pb2.CreateRequest(urn=urn(token), properties=to_struct(inputs), preview=True),
        )
        assert answer.id == "", "a preview gives no id"
        return from_struct(answer.properties)

    def create(self, token: str, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        answer = self.call(
            "Create", provider_pb2.CreateRequest(urn=urn(token), properties=to_struct(inputs))
        )
        return answer.id, from_struct(answer.properties)

    def update(
        self,
        token: str,
        id_: str,
        olds: Mapping[str, Any],
        news: Mapping[str, Any],
        *,
        preview: bool = False,
    ) -> dict[str, Any]:
        request = provider_pb2.UpdateRequest(
            id=id_, urn=urn(token), olds=to_struct(olds), news=to_struct(news), preview=preview
        )
        return from_struct(self.call("Update", request).properties)

    def read(
        self,
        token: str,
        id_: str,
        state: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Any] | None = None,
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        request = provider_pb2.ReadRequest(
            id=id_,
            urn=urn(token),
            properties=to_struct(state or {}),
            inputs=to_struct(inputs or {}),
        )
        answer = self.call("Read", request)
        return answer.id, from_struct(answer.properties), from_struct(answer.inputs)

    def delete(self, token: str, id_: str, state: Mapping[str, Any]) -> None:
        self.call(
            "Delete",
            provider_pb2.DeleteRequest(id=id_, urn=urn(token), properties=to_struct(state)),
        )

    def invoke(self, token: str, args: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.call("Invoke", provider_pb2.InvokeRequest(tok=token, args=to_struct(args)))
        return from_struct(getattr(answer, "return"))


def urn(token: str, name: str = "thing") -> str:
    """The URN of a resource of the tests."""
    return f"urn:pulumi:test::iot-data-platform::{token}::{name}"


def engine_for(token: str, handlers: Mapping[str, Handler] | None = None) -> Engine:
    """The engine with the provider of a token's package."""
    if token.startswith("random:"):
        return Engine(Swapped(RandomPackage(), handlers or {}), config={})
    return Engine(Swapped(AwsPackage(), handlers or {}))
