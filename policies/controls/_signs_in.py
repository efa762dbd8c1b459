"""As whom a resource's provider signs in, compared with the provider that most resources have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet

from core import Provider, Resource, Stack

from ._json import parse

AWS = "pulumi:providers:aws"
NOBODY: frozenset[str] = frozenset()
#: The provider's settings that choose whose credentials it uses; roles are looked at apart.
CREDENTIALS = ("profile", "accessKey", "sharedCredentialsFiles", "sharedConfigFiles")


def allowed(provider: Provider | None) -> frozenset[str]:
    """The accounts that the provider may work in, by its allowedAccountIds; none when not told."""
    told = provider.props.raw("allowedAccountIds") if provider else None
    try:
        found = parse(told) if isinstance(told, str) else None
    except ValueError:
        return NOBODY
    return frozenset(a for a in found if isinstance(a, str)) if isinstance(found, list) else NOBODY


def usual(stack: Stack) -> Provider | None:
    """The AWS provider that most of the stack's resources are made by."""
    return stack.once("usual provider", lambda: _usual(stack))


def _usual(stack: Stack) -> Provider | None:
    made: Counter[str] = Counter()
    for provider, times in stack.providers.values():
        if provider.type == AWS:
            made[provider.urn] += times
    for urn, _ in made.most_common(1):
        return next(p for p, _ in stack.providers.values() if p.urn == urn)
    return None


def differs(mine: Provider | None, common: Provider | None) -> bool:
    """True for an AWS provider that is not the usual one."""
    return mine is not None and common is not None and mine.type == AWS and mine.urn != common.urn


def otherwise(
    resource: Resource, stack: Stack, own: Callable[[], AbstractSet[str]]
) -> Iterator[tuple[str, str]]:
    """The settings by which the resource's provider may work in an account that is not the
    stack's: each with what is wrong. `own` tells the stack's accounts, none when nothing does:
    a list of its own proves nothing.
    """
    mine, others = resource.provider, usual(stack)
    if mine is None or others is None or not differs(mine, others):
        return
    told, ours = allowed(mine), own()
    if told and ours and not told <= ours:
        yield "allowedAccountIds", f"is {', '.join(sorted(told - ours))}, no account of the stack"
    if told and told <= ours:
        return  # the provider itself refuses any other account
    for key in CREDENTIALS:
        if mine.props.raw(key) != others.props.raw(key):
            yield key, "is not that of the stack's other resources: whose account is it?"
            return
