"""Runs inside a copy of the program: one resource is never registered, as if nobody had written it.

What others read of it is a text that says so, so that the rest of the program still runs.
"""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi import resource

engine: Any = resource


def leave_out(type_token: str, name: str) -> None:
    """From now on, the resource of this type and logical name is not registered."""
    register = engine.register_resource
    gone: list[pulumi.Resource] = []

    def without(res: Any, ty: str, logical: str, *rest: Any, **named: Any) -> None:
        custom, remote, new_dependency, props, opts = rest[:5]
        if (ty, logical) == (type_token, name):
            gone.append(res)
            res.__dict__["urn"] = pulumi.Output.from_input(f"urn:pulumi:left-out::{name}")
            res.__dict__["id"] = pulumi.Output.from_input(f"{name}-left-out")
            for key, value in props.items():
                known = unwritten(ty, key, name) if value is None else value
                res.__dict__[key] = pulumi.Output.from_input(known)
            return
        if opts is not None and opts.depends_on:
            wanted = opts.depends_on if isinstance(opts.depends_on, list) else [opts.depends_on]
            opts.depends_on = [d for d in wanted if not any(d is g for g in gone)]
        register(res, ty, logical, custom, remote, new_dependency, props, opts, *rest[5:], **named)

    engine.register_resource = without


def unwritten(type_token: str, key: str, name: str) -> str:
    """What stands for an output of a resource that does not exist; an ARN looks like one."""
    if not key.endswith("arn"):
        return f"{name}-left-out"
    service = type_token.split(":")[1].split("/", maxsplit=1)[0]
    return f"arn:aws:{service}:sa-east-1:123456789012:left-out/{name}"
