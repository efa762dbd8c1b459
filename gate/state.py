"""The stack's state, as the engine exports it: secrets stay encrypted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from . import engine, timings
from .errors import GateError
from .paths import PROJECT, SANDBOX, Paths

# What the engine keeps in a state beside the resources that a provider made.
INTERNAL = "pulumi:"
STACK = "pulumi:pulumi:Stack"
BACKEND = "PULUMI_BACKEND_URL"
VERSION = 3  # of the checkpoints whose deployment is what an export prints
PACKED = (".gz", ".zst")  # how else the engine may have written it


@dataclass(frozen=True)
class State:
    """What is deployed, by Pulumi's own account."""

    digest: str = ""
    resources: tuple[Mapping[str, Any], ...] = ()  # made by a provider; only read ones are not here
    outputs: Mapping[str, Any] = field(default_factory=dict)
    every: tuple[Mapping[str, Any], ...] = ()  # components and what was only read as well
    secrets: Mapping[str, Any] = field(default_factory=dict)  # what encrypts them: type and state


def export(paths: Paths, env: Mapping[str, str]) -> State:
    """Ask the engine; raises GateError."""
    return read(exported(paths, env))


@timings.timed("state export")
def exported(paths: Paths, env: Mapping[str, str]) -> str:
    """The export as the engine writes it, or the sandbox's as it is at hand; raises GateError."""
    if (found := at_hand(paths, env)) is not None:
        return found
    return engine.output(["stack", "export", "--stack", paths.stack], env=env, root=paths.root)


def at_hand(paths: Paths, env: Mapping[str, str]) -> str | None:
    """What an export of the sandbox's stack says, from the file in which its backend keeps it.

    To start an engine for it takes a quarter of a second, three times in an `up`. None where the
    engine has to be asked: for any other stack or backend, and for whatever looks unusual.
    """
    where = urlsplit(env.get(BACKEND, ""))
    if paths.stack != SANDBOX or where.scheme != "file":
        return None
    file = Path(where.path) / ".pulumi" / "stacks" / PROJECT / f"{paths.stack}.json"
    if any(file.with_name(file.name + end).exists() for end in PACKED):
        return None
    try:
        found = json.loads(file.read_bytes())
        version, deployment = found["version"], found["checkpoint"]["latest"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if version != VERSION or not isinstance(deployment, dict) or len(found) != 2:
        return None
    return json.dumps({"version": version, "deployment": deployment})


def read(text: str) -> State:
    """What an export of the engine says; raises GateError."""
    try:
        deployment = json.loads(text).get("deployment") or {}
        resources = deployment.get("resources") or []
        # Times of the manifest change at each look; what is deployed is the resources.
        kept = [resources, deployment.get("pending_operations") or []]
        canonical = json.dumps(kept, sort_keys=True).encode()
        stack: Mapping[str, Any] = next((r for r in resources if r["type"] == STACK), {})
        return State(
            digest="sha256:" + hashlib.sha256(canonical).hexdigest(),
            resources=tuple(r for r in resources if _made(r)),
            outputs=stack.get("outputs") or {},
            every=tuple(r for r in resources if not r["type"].startswith(INTERNAL)),
            secrets=deployment.get("secrets_providers") or {},
        )
    except (ValueError, AttributeError, KeyError, TypeError):
        raise GateError("the stack's state cannot be read; run: pulumi stack export") from None


def _made(resource: Mapping[str, Any]) -> bool:
    internal = resource["type"].startswith(INTERNAL)
    return bool(resource.get("custom")) and not internal and not resource.get("external")
