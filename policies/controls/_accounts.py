"""Which accounts the stack's policies let in, and which account is ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress

from core import UNKNOWN, Malformed, Resource, Stack, Undecided

from ._policy import accounts, statements
from ._reach import ARN, by_arn, by_provider
from ._signs_in import allowed, usual
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
#: What is read as policies, or is the account of somebody else by its nature.
_APART = frozenset(POLICIES.values())


def named(
    resource: Resource,
    stack: Stack,
    listed: Sequence[str] = (),
    own: AbstractSet[str] = frozenset(),
) -> dict[str, str]:
    """Each account the resource lets in or reaches, to where; ARNs that are `listed` do not count,
    and those of our `own` accounts may be left out. Raises Undecided, Malformed.
    """
    # with our own left out, and with all: who asks for all must not get the shorter one
    key = ("accounts of", resource.urn, bool(own))
    return stack.once(key, lambda: _named(resource, stack, listed, own))


def _named(
    resource: Resource, stack: Stack, listed: Sequence[str], own: AbstractSet[str]
) -> dict[str, str]:
    known = {account.encode() for account in own}
    found = by_arn(resource, _APART, listed, known) | by_provider(resource)
    for key in GRANTS.get(resource.type, ()):
        if match := ARN.fullmatch(resource.props.text(key) or ""):
            found[match[1]] = key
    if key := POLICIES.get(resource.type, ""):
        if resource.props.raw(key) is UNKNOWN and not stack.sources(resource, key):
            return found  # left out: AWS's own, for the account itself
        found |= accounts(statements(resource.props, key))
    if resource.props.raw("inlinePolicies") not in (None, UNKNOWN):  # else left to AWS: none
        for block in resource.props.blocks("inlinePolicies"):
            found |= accounts(statements(block, "policy"))
    return found


def ours(stack: Stack, listed: Sequence[str] = ()) -> tuple[set[str], set[str]]:
    """The accounts known to be ours (by the provider's config, by ARNs of what is deployed, or as
    most resources name it). Unless config or ARNs told them, also every account that a resource
    names. Worked out once for each stack.
    """
    return stack.once("our accounts", lambda: _ours(stack, listed))


def _ours(stack: Stack, listed: Sequence[str]) -> tuple[set[str], set[str]]:
    if told := allowed(usual(stack)):
        return set(told), set()
    arns = (r.props.raw("arn") for r in stack.resources)
    seen = {m[1] for arn in arns if isinstance(arn, str) and (m := ARN.fullmatch(arn))}
    if len(seen) == 1:  # ARNs of two accounts prove nothing
        return seen, set()
    mentioned: Counter[str] = Counter()
    for resource in (r for r in stack.resources if r.is_custom):
        try:
            mentioned.update(set(named(resource, stack, listed)))
        except (Undecided, Malformed):
            continue  # reported where it stands
    providers = {id(r.provider): r.provider for r in stack.resources}
    by_list = {a for p in providers.values() for a in allowed(p)}
    return _most(mentioned) or by_list, set(mentioned)


def proven(stack: Stack, listed: Sequence[str] = ()) -> set[str]:
    """The accounts that a provider of its own may be held to: those that the usual provider is
    held to, else the one that the usual provider's resources have or name. Worked out once.
    """
    return stack.once("accounts of the usual provider", lambda: _proven(stack, listed))


def _proven(stack: Stack, listed: Sequence[str]) -> set[str]:
    common = usual(stack)
    if told := allowed(common):
        return set(told)
    found: set[str] = set()
    for resource in stack.resources:
        if common is None or resource.provider is None or resource.provider.urn != common.urn:
            continue
        with suppress(Undecided, Malformed):  # reported where it stands
            found |= set(named(resource, stack, listed))
    return found if len(found) == 1 else set()


def _most(mentioned: Counter[str]) -> set[str]:
    """The account that more than twice as many resources name as all others together."""
    for account, times in mentioned.most_common(1):
        others = mentioned.total() - times
        return {account} if others and times > 2 * others else set()
    return set()
