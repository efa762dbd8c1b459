"""Which accounts the stack's policies let in, and which account is ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from core import UNKNOWN, Malformed, Resource, Stack, Undecided

from ._policy import accounts, statements
from ._reach import ARN, NOBODYS, by_arn, by_provider, takes_role
from ._signs_in import allowed, differs, usual
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
_WRITERS = frozenset((*POLICIES, *GRANTS))
_IAM = "aws:iam/"  # where policies are also written inline


def named(resource: Resource, stack: Stack, listed: Sequence[str] = ()) -> dict[str, str]:
    """Each account the resource lets in or reaches, to where; ARNs that are `listed` do not count.
    Raises Undecided, Malformed.
    """
    return stack.once(("accounts of", resource), lambda: _named(resource, stack, listed))


def _named(resource: Resource, stack: Stack, listed: Sequence[str]) -> dict[str, str]:
    by_policy = _by_policy(resource, stack)
    return by_arn(resource, _APART, listed) | by_provider(resource) | by_policy


def _by_policy(resource: Resource, stack: Stack) -> dict[str, str]:
    """The accounts that the resource names in policies and grants."""
    if not _writes(resource.type):
        return {}
    return stack.once(("accounts by policy", resource), lambda: _policies(resource, stack))


def _policies(resource: Resource, stack: Stack) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in GRANTS.get(resource.type, ()):
        if match := ARN.fullmatch(resource.props.text(key) or ""):
            found[match[1]] = key
    if key := POLICIES.get(resource.type, ""):
        if resource.props.raw(key) is UNKNOWN and not stack.sources(resource, key):
            return found  # left out: AWS's own, for the account itself
        found |= accounts(statements(resource.props, key))
    # when the program wrote none, they are left to AWS, which writes none
    inline = resource.props.raw("inlinePolicies") if resource.type.startswith(_IAM) else None
    if inline not in (None, UNKNOWN):
        for block in resource.props.blocks("inlinePolicies"):
            found |= accounts(statements(block, "policy"))
    return found


def suspects(stack: Stack, own: set[str]) -> set[int] | None:
    """The resources, by id, that may name an account that is not our `own`, or something in
    nobody's: in the ARNs of the whole stack nobody does, so by their providers, by policies, or by
    what has no account in it. None when some ARN does, so that it may be any of them.
    """
    if stack.accounts is None or not stack.accounts <= own:
        return None
    common = usual(stack)
    found = [r for r in _writers(stack) if not _by_policy_at_most(r, stack, own)]
    found += stack.of(*NOBODYS)
    for provider, _ in stack.providers.values():
        if differs(provider, common) or takes_role(provider):
            found += [r for r in stack.governed if r.provider is provider]
    return {id(r) for r in found}


def _by_policy_at_most(resource: Resource, stack: Stack, own: set[str]) -> bool:
    try:
        return _by_policy(resource, stack).keys() <= own
    except (Undecided, Malformed):
        return False  # reported where it stands


def _writers(stack: Stack) -> list[Resource]:
    """The resources that may hold policies or grants."""
    return stack.once(
        "writers of policies",
        lambda: [r for r in stack.of(*filter(_writes, stack.types)) if r.is_governed],
    )


def _writes(type_: str) -> bool:
    return type_ in _WRITERS or type_.startswith(_IAM)


def ours(stack: Stack, listed: Sequence[str] = ()) -> tuple[set[str], set[str]]:
    """The accounts known to be ours (by the provider's config, by ARNs of what is deployed, as the
    only one that anything names, or as most resources name it). Unless those told them, also every
    account that a resource names. Worked out once for each stack.
    """
    return stack.once("our accounts", lambda: _ours(stack, listed))


def _ours(stack: Stack, listed: Sequence[str]) -> tuple[set[str], set[str]]:
    if told := allowed(usual(stack)):
        return set(told), set()
    by_list = {a for p, _ in stack.providers.values() for a in allowed(p)}
    if not by_list and (only := _only(stack)) is not None:
        return only, set()
    arns = (r.props.raw("arn") for r in stack.resources)
    seen = {m[1] for arn in arns if isinstance(arn, str) and (m := ARN.fullmatch(arn))}
    if len(seen) == 1:  # ARNs of two accounts prove nothing
        return seen, set()
    mentioned: Counter[str] = Counter()
    for resource in stack.governed:
        with suppress(Undecided, Malformed):  # reported where it stands
            mentioned.update(set(named(resource, stack, listed)))
    return _most(mentioned) or by_list, set(mentioned)


def _only(stack: Stack) -> set[str] | None:
    """The one account that anything of the stack names, or none; None when there are more, or
    when it takes a closer look to tell.
    """
    if stack.accounts is None or any(takes_role(p) for p, _ in stack.providers.values()):
        return None
    found = set(stack.accounts)
    for resource in _writers(stack):
        with suppress(Undecided, Malformed):  # reported where it stands
            found |= _by_policy(resource, stack).keys()
    return found if len(found) < 2 else None


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
    for resource in stack.governed:
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
