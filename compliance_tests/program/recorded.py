"""Runs the program under mocks and records every resource it registers.

An output that AWS would compute is the text `<property of NAME>`, NAME being the logical name, so
that an expectation can say where a value must come from. A secret is recorded as `Secret(value)`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import runpy
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pulumi
import yaml
from pulumi.runtime import mocks

ROOT = Path(__file__).parents[2]
PROJECT = "iot-data-platform"
ACCOUNT = "123456789012"
COMPUTED = {
    "aws:kms/key:Key": ("arn", "keyId"),
    "aws:kinesis/stream:Stream": ("arn",),
    "aws:secretsmanager/secret:Secret": ("arn",),
    "aws:rds/cluster:Cluster": ("endpoint", "readerEndpoint"),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        "primaryEndpointAddress",
        "readerEndpointAddress",
    ),
    "aws:cloudwatch/logGroup:LogGroup": ("arn",),
    "aws:iam/role:Role": ("arn",),
    "random:index/randomPassword:RandomPassword": ("result",),
    "random:index/randomId:RandomId": ("hex",),
}
# How the engine's protocol marks a secret.
_SPECIAL, _SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"


class RefusedError(Exception):
    """AWS answers a question with an error."""


# What AWS answers, by the token of the question; a test replaces single answers.
Answers = Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]


def engine_versions(*creatable: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """An AWS that creates just these versions, the newest last."""

    def answer(args: dict[str, Any]) -> dict[str, Any]:
        if args.get("latest"):
            matching = [each for each in creatable if each.split(".")[0] == args["version"]]
            found = matching[-1:]
        else:
            found = [each for each in args["preferredVersions"] if each in creatable][:1]
        if not found:
            raise RefusedError("no RDS engine versions match the criteria and preferred versions")
        family = f"aurora-postgresql{found[0].split('.')[0]}"
        return {"version": found[0], "versionActual": found[0], "parameterGroupFamily": family}

    return answer


ANSWERS: Answers = {
    "aws:index/getCallerIdentity:getCallerIdentity": lambda _: {"accountId": ACCOUNT},
    "aws:index/getAvailabilityZones:getAvailabilityZones": lambda _: {
        "names": ["sa-east-1a", "sa-east-1b", "sa-east-1c"]
    },
    "aws:rds/getEngineVersion:getEngineVersion": engine_versions("15.8", "15.10", "15.17"),
    "aws:rds/getOrderableDbInstance:getOrderableDbInstance": lambda _: {
        "availabilityZones": ["sa-east-1a", "sa-east-1b", "sa-east-1c"]
    },
}


@dataclass(frozen=True)
class Secret:
    """A value that Pulumi keeps secret."""

    value: Any


@dataclass(frozen=True)
class Registered:
    """One resource as the program registered it.

    Attributes:
        type: Pulumi type token.
        name: logical name.
        inputs: in the engine's shape.
        waits_for: logical names of the resources it depends on.
        sources: input property to the logical names its value comes from.
        protect: whether Pulumi refuses to delete it.
    """

    type: str
    name: str
    inputs: dict[str, Any]
    waits_for: frozenset[str] = frozenset()
    sources: Mapping[str, frozenset[str]] = field(default_factory=dict)
    protect: bool = False


@dataclass
class Program:
    """All that one run of the program registered and exported."""

    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def custom(self) -> list[Registered]:
        """The resources that are not components."""
        return [each for each in self.resources if each.type.split(":")[0] in {"aws", "random"}]

    def of(self, type_: str) -> list[Registered]:
        """The resources of a type."""
        return [each for each in self.resources if each.type == type_]

    def named(self, name: str) -> Registered:
        """The resource with a logical name."""
        found = [each for each in self.custom() if each.name == name]
        assert len(found) == 1, f"{len(found)} resources called {name}"
        return found[0]


class _Mocks(mocks.Mocks):
    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def call(self, args: mocks.MockCallArgs) -> Any:
        try:
            return self._answers[args.token](args.args)
        except RefusedError as refusal:
            return {}, [("", str(refusal))]

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        made = {prop: f"<{prop} of {args.name}>" for prop in COMPUTED.get(args.typ, ())}
        return f"<id of {args.name}>", {**args.inputs, **made}


class _Monitor(mocks.MockMonitor):
    def __init__(self, answers: Answers, program: Program) -> None:
        super().__init__(_Mocks(answers))
        self._program = program

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the engine's name for it
        answer = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # the SDK's
        if request.type != "pulumi:pulumi:Stack":
            self._program.resources.append(
                Registered(
                    type=request.type,
                    name=request.name,
                    inputs=_plain(self.resources[answer.urn].state, request),
                    waits_for=_names(request.dependencies),
                    sources={
                        prop: _names(urns.urns)
                        for prop, urns in request.propertyDependencies.items()
                        if urns.urns
                    },
                    protect=request.protect,
                )
            )
        return answer


def _plain(state: Mapping[str, Any], request: Any) -> dict[str, Any]:
    """The state without what the mock added, whole numbers as int."""
    written = request.object.fields if request.HasField("object") else {}
    return {key: _whole(value) for key, value in state.items() if key in written}


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, dict) and value.get(_SPECIAL) == _SECRET:
        return Secret(_whole(value["value"]))
    if isinstance(value, dict):
        return {key: _whole(each) for key, each in value.items()}
    return value


def _names(urns: Any) -> frozenset[str]:
    return frozenset(str(urn).rpartition("::")[2] for urn in urns)


def defaults() -> dict[str, str]:
    """The configuration that the engine hands to a stack without one of its own."""
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    return {
        key if ":" in key else f"{PROJECT}:{key}": _text(
            entry["value" if ":" in key else "default"]
        )
        for key, entry in declared.items()
    }


def stack_file(stack: str) -> dict[str, str]:
    """The configuration of a stack's own file."""
    written = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text()).get("config", {})
    return {key: _text(value) for key, value in written.items()}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def run(
    config: Mapping[str, Any] | None = None,
    *,
    stack: str = "sandbox",
    answers: Answers | None = None,
    program: Program | None = None,
) -> Program:
    """Runs the program.

    Args:
        config: keys to add to the defaults or to change in them; short keys are the project's.
        stack: name of the stack.
        answers: answers of AWS that differ from `ANSWERS`.
        program: what to record into, to see what a run did that was refused.

    Raises:
        pulumi.RunError: when the program refuses to run.
    """
    changed = {
        key if ":" in key else f"{PROJECT}:{key}": _text(value)
        for key, value in (config or {}).items()
    }
    program = program or Program()
    logger = logging.Logger("program")
    logger.addHandler(_Lines(program.log))
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    mocks.set_mocks(
        _Mocks({}),
        project=PROJECT,
        stack=stack,
        preview=False,
        logger=logger,
        monitor=_Monitor({**ANSWERS, **(answers or {})}, program),
    )
    pulumi.runtime.set_all_config({**defaults(), **changed})
    try:
        pulumi.runtime.test(lambda: _run_main(program))()  # type: ignore[no-untyped-call]  # the SDK's
    finally:
        loop.close()
        asyncio.set_event_loop(None)
    return program


def _run_main(program: Program) -> pulumi.Output[Any]:
    exported: dict[str, Any] = {}
    with patch.object(pulumi, "export", exported.__setitem__), warnings.catch_warnings():
        # a type of the SDK's own, which it warns of as soon as its module is imported
        warnings.filterwarnings("ignore", r"aws\.ec2/encryptioncontrol", DeprecationWarning)
        runpy.run_path(str(ROOT / "infra"), run_name="__main__")
    return pulumi.Output.all(**exported).apply(program.outputs.update)


class _Lines(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.INFO)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(record.getMessage())
