"""Policies that stand apart from what they are a policy of."""

from __future__ import annotations

from core import Resource, Stack, Undecided


def attached(stack: Stack, policy: str, key: str, target: str) -> dict[str, list[Resource]]:
    """The resources of the type `policy`, by the urn of the `target` that `key` points to.

    By value or by graph; worked out once for each stack. Raises Undecided when it may be one of
    several.
    """
    return stack.once(("attached", policy), lambda: _attached(stack, policy, key, target))


def _attached(stack: Stack, policy: str, key: str, target: str) -> dict[str, list[Resource]]:
    table: dict[str, list[Resource]] = {}
    for resource in stack.of(policy):
        found = stack.refers_to(resource, key, (target,), ("id", "arn"))
        unclear = found.undecided and stack.sources(resource, key)
        if unclear or len(found.targets) > 1:
            raise Undecided(f"{resource.name}.{key}", "take it from one resource of this stack")
        for one in found.targets:
            table.setdefault(one.urn, []).append(resource)
    return table
