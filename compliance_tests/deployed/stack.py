"""The deployed stack as its outputs and its state name it, and the cloud to ask about it.

The stack is found through Pulumi's own answers (`pulumi stack output`, `pulumi stack export`), not
through the program's code. STACK names it; the sandbox is the default.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

ROOT = Path(__file__).parents[2]
SANDBOX = "sandbox"
MISSING = "the stack {stack} is not deployed: run `make up`{how} and try again"
SANDBOX_CREDENTIALS = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
# Throttling and hiccups are botocore's to handle, with its own back-off.
RETRIES = Config(
    retries={"mode": "adaptive", "max_attempts": 8}, connect_timeout=5, read_timeout=60
)


class NotDeployedError(Exception):
    """There is nothing to examine; one line with the remedy."""


@dataclass(frozen=True)
class Resource:
    """A resource of the stack's state."""

    urn: str
    type: str
    id: str
    outputs: Mapping[str, Any]
    custom: bool
    external: bool  # read by .get(): not of this stack
    inputs: Mapping[str, Any] = field(default_factory=dict)  # what the program gave it

    @property
    def name(self) -> str:
        return self.urn.rpartition("::")[2]

    @property
    def live_id(self) -> str:
        """What the cloud knows it by: its ARN, or its id where it has none."""
        return str(self.outputs.get("arn") or self.id)


@dataclass(frozen=True)
class Deployed:
    """One deployed stack."""

    name: str
    outputs: Mapping[str, Any]
    resources: tuple[Resource, ...]
    region: str
    root: Path  # the checkout whose runs deployed it

    @property
    def suffix(self) -> str:
        """What every name ends in, read from the name of the stream."""
        found = re.fullmatch(r"sensor-data-stream-(.+)", self.output("kinesis_stream_name"))
        if not found:
            raise NotDeployedError(
                "the output kinesis_stream_name is not sensor-data-stream-SUFFIX"
            )
        return found[1]

    def output(self, name: str) -> Any:
        """One output. Raises AssertionError, one line, when the stack lacks it."""
        assert name in self.outputs, (
            f"the stack has no output {name}: export it in infra/outputs.py"
        )
        return self.outputs[name]

    def of(self, *types: str) -> list[Resource]:
        """The stack's own resources of these types."""
        return [r for r in self.resources if r.type in types and r.custom and not r.external]

    def ids(self, *types: str) -> set[str]:
        """The ids of the stack's own resources of these types."""
        return {r.id for r in self.of(*types)}

    @property
    def keys(self) -> dict[str, str]:
        """Service to key id, from the outputs, e.g. {"kinesis": "1234-..."}."""
        tail = "_kms_key_id"
        return {k.removesuffix(tail): v for k, v in self.outputs.items() if k.endswith(tail)}


@dataclass
class Cloud:
    """Clients of boto3, made once each, all of one region."""

    region: str
    emulated: bool
    endpoint: str | None = None  # of a sandbox that the environment does not name
    _clients: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, service: str) -> Any:
        if service not in self._clients:
            make: Any = boto3.client  # its stubs want the service as a literal
            self._clients[service] = make(
                service,
                region_name=self.region,
                config=RETRIES,
                endpoint_url=self.endpoint,
                **(SANDBOX_CREDENTIALS if self.endpoint else {}),
            )
        return self._clients[service]

    @cached_property
    def account(self) -> str:
        """The account the credentials belong to."""
        return str(self["sts"].get_caller_identity()["Account"])


def environment(stack: str) -> dict[str, str]:
    """What the engine and boto3 need in the environment.

    For the sandbox its own, as `make env` prints it, so that a bare `pytest` finds it too; for any
    other stack the user's own.
    """
    if stack != SANDBOX:
        return dict(os.environ)
    printed = _run([sys.executable, "-m", "sandbox", "env"], dict(os.environ))
    found = dict(os.environ)
    for line in printed.splitlines():
        words = shlex.split(line)
        if words[:1] == ["unset"]:
            for name in words[1:]:
                found.pop(name, None)
        elif words[:1] == ["export"]:
            name, _, value = words[1].partition("=")
            found[name] = value
    return found


def read(stack: str, environ: Mapping[str, str], root: Path = ROOT) -> Deployed:
    """The stack as Pulumi knows it, deployed from the checkout `root`.

    Raises NotDeployedError, one line.
    """
    how = "" if stack == SANDBOX else f" with STACK={stack}"
    missing = MISSING.format(stack=stack, how=how)
    try:
        outputs = json.loads(_pulumi(["output", "--json", "--stack", stack], environ, root))
        state = json.loads(_pulumi(["export", "--stack", stack], environ, root))
    except (OSError, subprocess.SubprocessError, ValueError) as e:
        raise NotDeployedError(f"{missing} ({_first_line(e)})") from None
    resources = tuple(_resources(state))
    if not any(r.custom for r in resources) or not outputs:
        raise NotDeployedError(missing)
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "sa-east-1"
    return Deployed(stack, outputs, resources, region, root)


def _resources(state: Mapping[str, Any]) -> Iterator[Resource]:
    for r in (state.get("deployment") or {}).get("resources") or ():
        if not r.get("delete"):
            yield Resource(
                urn=r["urn"],
                type=r["type"],
                id=r.get("id", ""),
                outputs=r.get("outputs", {}),
                custom=bool(r.get("custom")) and not r["type"].startswith("pulumi:"),
                external=bool(r.get("external")),
                inputs=r.get("inputs", {}),
            )


def _pulumi(arguments: list[str], environ: Mapping[str, str], root: Path) -> str:
    command = ["pulumi", "--non-interactive", "--cwd", str(root), "stack", *arguments]
    return _run(command, environ)


def _run(command: list[str], environ: Mapping[str, str]) -> str:
    done = subprocess.run(
        command,
        env=dict(environ),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout


def _first_line(error: Exception) -> str:
    text = getattr(error, "stderr", None) or str(error)
    return next((line.strip() for line in str(text).splitlines() if line.strip()), "no message")
