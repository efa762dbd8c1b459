"""The stack's state, as the engine exports it: secrets stay encrypted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import engine, timings
from .errors import GateError
from .paths import Paths

# What the engine keeps in a state beside the resources that a provider made.
INTERNAL = "pulumi:"
STACK = "pulumi:pulumi:Stack"


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
    """The export as the engine writes it; raises GateError."""
    return engine.output(["stack", "export", "--stack", paths.stack], env=env, root=paths.root)


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
