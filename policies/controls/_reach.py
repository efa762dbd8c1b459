"""Accounts that a resource names beside its policies: by its provider, and by ARNs it points to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from core import UNKNOWN, Provider, Resource, Undecided, texts
from core.values import ARN_TO_ACCOUNT

from ._json import parse
from ._types import ENDPOINT, FLOW_LOG

ARN = re.compile(rf"{ARN_TO_ACCOUNT}.+", re.ASCII)
#: The provider's settings that take it into an account.
ROLES = ("assumeRole", "assumeRoles", "assumeRoleWithWebIdentity")
_BUCKET = re.compile(r"arn:aws[a-z-]*:s3:::", re.ASCII | re.IGNORECASE)
_SERVICE = re.compile(r"\bvpce-svc-", re.ASCII | re.IGNORECASE)
#: Types with a property that may name a target in nobody's account.
NOBODYS = {
    FLOW_LOG: ("logDestination", _BUCKET, "a bucket"),
    ENDPOINT: ("serviceName", _SERVICE, "an endpoint service"),
}


def takes_role(provider: Provider) -> bool:
    """True when the provider takes a role, whosever it is."""
    return any(provider.props.declared(key) for key in ROLES)


def by_provider(resource: Resource) -> dict[str, str]:
    """The accounts whose roles the resource's provider takes, to the setting. Raises Undecided."""
    found: dict[str, str] = {}
    provider = resource.provider
    for key in ROLES if provider else ():
        assert provider is not None
        told = provider.props.raw(key)
        if told is None:
            continue
        if told is UNKNOWN:
            raise Undecided(f"{key} of the provider", "write the role's ARN as a literal")
        try:
            roles = parse(told) if isinstance(told, str) else told
        except ValueError:
            roles = told
        for _, _, text in texts(roles):
            if match := ARN.fullmatch(text):
                found.setdefault(match[1], f"{key} of its provider")
    return found


def by_arn(resource: Resource, but: frozenset[str], listed: Sequence[str] = ()) -> dict[str, str]:
    """The accounts of the ARNs among the properties, to the first path; `but` are left out, and
    ARNs that are `listed`.
    """
    found: dict[str, str] = {}
    for path, _, text in resource.props.every_text(but):
        if text.startswith("arn:") and text not in listed and (match := ARN.fullmatch(text)):
            found.setdefault(match[1], path)
    return found


def nobodys(resource: Resource) -> Iterator[tuple[str, str]]:
    """Targets whose account no name tells: the property, and what it is."""
    if resource.type in NOBODYS:
        key, pattern, what = NOBODYS[resource.type]
        value = resource.props.raw(key)
        if isinstance(value, str) and pattern.search(value):
            yield key, what
