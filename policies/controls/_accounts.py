"""Which accounts the stack's policies let in, and which account is ours."""

from __future__ import annotations

import re
from weakref import WeakKeyDictionary

from core import UNKNOWN, Malformed, Resource, Stack, Undecided

from ._json import parse
from ._policy import accounts, statements
from ._types import (
    ENDPOINT,
    ENDPOINT_POLICY,
    KEY,
    KEY_GRANT,
    KEY_POLICY,
    LOG_POLICY,
    POLICY,
    QUEUE,
    QUEUE_POLICY,
    ROLE,
    ROLE_POLICY,
    SECRET,
    SECRET_POLICY,
    STREAM_POLICY,
    TOPIC,
    TOPIC_POLICY,
)

_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):.+", re.ASCII)

#: Where each type keeps the policy that lets somebody in, or that an identity acts by.
POLICIES = {
    KEY: "policy",
    KEY_POLICY: "policy",
    SECRET: "policy",
    SECRET_POLICY: "policy",
    STREAM_POLICY: "policy",
    LOG_POLICY: "policyDocument",
    TOPIC: "policy",
    TOPIC_POLICY: "policy",
    QUEUE: "policy",
    QUEUE_POLICY: "policy",
    ROLE: "assumeRolePolicy",
    ROLE_POLICY: "policy",
    POLICY: "policy",
    ENDPOINT: "policy",
    ENDPOINT_POLICY: "policy",
}
GRANTS = {KEY_GRANT: ("granteePrincipal", "retiringPrincipal")}


def named(resource: Resource, stack: Stack) -> dict[str, str]:
    """Each account the resource lets in or reaches, to where. Raises Undecided, Malformed."""
    found: dict[str, str] = {}
    for key in GRANTS.get(resource.type, ()):
        if match := _ARN.fullmatch(resource.props.text(key) or ""):
            found[match[1]] = key
    key = POLICIES.get(resource.type, "")
    if resource.props.raw(key) is UNKNOWN and not stack.sources(resource, key):
        return found  # left out: AWS's own, for the account itself
    found |= accounts(statements(resource.props, key)) if key else {}
    if resource.props.raw("inlinePolicies") is not UNKNOWN:  # else left to AWS: none
        for block in resource.props.blocks("inlinePolicies"):
            found |= accounts(statements(block, "policy"))
    return found


_OURS: WeakKeyDictionary[Stack, tuple[set[str], set[str]]] = WeakKeyDictionary()


def ours(stack: Stack) -> tuple[set[str], set[str]]:
    """The accounts known to be ours (by the provider's config and by ARNs of what is deployed),
    and every account that a policy of the stack names. Worked out once for each stack.
    """
    if stack not in _OURS:
        mentioned: set[str] = set()
        for resource in stack.of(*POLICIES, *GRANTS):
            try:
                mentioned |= set(named(resource, stack))
            except (Undecided, Malformed):
                continue  # reported where it stands
        told = {a for r in stack.resources for a in _allowed(r)}
        seen = {m[1] for r in stack.resources if (m := _arn(r))}
        # ARNs of two accounts prove nothing
        _OURS[stack] = told or (seen if len(seen) == 1 else set()), mentioned | seen
    return _OURS[stack]


def _arn(resource: Resource) -> re.Match[str] | None:
    arn = resource.props.raw("arn")
    return _ARN.fullmatch(arn) if isinstance(arn, str) else None


def _allowed(resource: Resource) -> list[str]:
    """The accounts that the resource's provider may work in, by aws:allowedAccountIds."""
    told = resource.provider.props.raw("allowedAccountIds") if resource.provider else None
    try:
        found = parse(told) if isinstance(told, str) else None
    except ValueError:
        return []
    return [a for a in found if isinstance(a, str)] if isinstance(found, list) else []
