"""Which key each store is encrypted under, by value when it is known and by the graph when not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from core import UNKNOWN, Resource, Stack

from ._stores import (
    MEMORYDB_CLUSTER,
    RDS_CLUSTER,
    RDS_CLUSTER_INSTANCE,
    RDS_INSTANCE,
    REPLICATION_GROUP,
    SERVERLESS_CACHE,
)
from ._types import ALIAS, KEY, LOG_GROUP, QUEUE, SECRET, STREAM, TOPIC

#: Each type's service, and the properties that hold a key: first the store's own, then others
#: that AWS may fill in by itself.
SERVICES: dict[str, tuple[str, tuple[str, ...]]] = {
    STREAM: ("Kinesis", ("kmsKeyId",)),
    RDS_CLUSTER: ("RDS", ("kmsKeyId", "performanceInsightsKmsKeyId")),
    RDS_INSTANCE: ("RDS", ("kmsKeyId", "performanceInsightsKmsKeyId")),
    RDS_CLUSTER_INSTANCE: ("RDS", ("", "performanceInsightsKmsKeyId")),
    REPLICATION_GROUP: ("ElastiCache", ("kmsKeyId",)),
    SERVERLESS_CACHE: ("ElastiCache", ("kmsKeyId",)),
    MEMORYDB_CLUSTER: ("ElastiCache", ("kmsKeyArn",)),
    SECRET: ("Secrets Manager", ("kmsKeyId",)),
    LOG_GROUP: ("CloudWatch Logs", ("kmsKeyId",)),
    TOPIC: ("messaging", ("kmsMasterKeyId",)),
    QUEUE: ("messaging", ("kmsMasterKeyId",)),
}


class Use(NamedTuple):
    """One key property of one resource: the keys of the stack and the foreign texts it names.

    `open` says that neither value nor graph leaves exactly one key.
    """

    resource: Resource
    service: str
    path: str
    keys: tuple[Resource, ...]
    strangers: tuple[str, ...]
    open: bool
    #: What tells one key from another: the urn of a key of the stack, else the text.
    identities: tuple[str, ...]
    sources: tuple[Resource, ...] = ()  # by graph, while the value is not known
    aliases: Mapping[str, str] = MappingProxyType({})  # what a stranger is the target of


def uses(stack: Stack) -> dict[str, list[Use]]:
    """Every use of a key by the urn of its resource, worked out once for each stack."""
    return stack.once(
        "uses of keys", lambda: {r.urn: _uses_of(r, stack) for r in stack.of(*SERVICES)}
    )


def shared(stack: Stack) -> dict[str, dict[str, Use]]:
    """For each key, by identity, the first use of it by each service."""
    return stack.once("keys by service", lambda: _shared(stack))


def _shared(stack: Stack) -> dict[str, dict[str, Use]]:
    found: dict[str, dict[str, Use]] = {}
    for use in (u for of_one in uses(stack).values() for u in of_one):
        for identity in use.identities:
            found.setdefault(identity, {}).setdefault(use.service, use)
    return found


def _uses_of(resource: Resource, stack: Stack) -> list[Use]:
    service, (own, *others) = SERVICES[resource.type]
    found: list[Use] = []
    replica = resource.type == RDS_INSTANCE and resource.props.declared("replicateSourceDb")
    if own and not (replica and _left_out(resource, own, stack)):  # it has its source's key
        found.append(_use(resource, service, own, stack))
    found += [
        _use(resource, service, key, stack)
        for key in others
        # what AWS filled in is advised on by aurora-performance-insights-key
        if resource.declared(key) and not _left_out(resource, key, stack)
    ]
    return found


def _left_out(resource: Resource, key: str, stack: Stack) -> bool:
    value = resource.props.raw(key)
    return value in (None, "") or (value is UNKNOWN and not stack.sources(resource, key))


def alias_of(text: str, stack: Stack) -> Resource | None:
    """The alias of this stack that an alias's ARN names before the alias itself has one.

    Whose account and which region the ARN tells is asked by foreign-accounts and region.
    """
    name = re.sub(r"^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(?=alias/)", "", text)
    if name == text:
        return None
    return stack.once("aliases by name", lambda: _aliases(stack)).get(name)


def _aliases(stack: Stack) -> dict[str, Resource]:
    """The aliases by their known names; the first of two wins."""
    found: dict[str, Resource] = {}
    for alias in stack.of(ALIAS):
        if isinstance(name := alias.props.raw("name"), str):
            found.setdefault(name, alias)
    return found


def _use(resource: Resource, service: str, key: str, stack: Stack) -> Use:
    reference = stack.refers_to(resource, key, (KEY, ALIAS), ("id", "arn", "name"))
    if (one := reference.one) is not None and one.type == KEY:
        return Use(resource, service, key, reference.targets, (), False, (one.urn,))
    candidates = stack.sources(resource, key, KEY) if reference.undecided else ()
    found = {t.urn: t for t in (*reference.targets, *candidates) if t.type == KEY}
    strangers, undecided = list(reference.strangers), reference.undecided
    aliases: dict[str, str] = {}
    named = [alias_of(text, stack) for text in strangers]
    strangers = [text for text, alias in zip(strangers, named, strict=True) if alias is None]
    by_arn = [alias for alias in named if alias is not None]
    for alias in (*by_arn, *(t for t in reference.targets if t.type == ALIAS)):
        target = stack.refers_to(alias, "targetKeyId", (KEY,), ("id", "arn"))
        found.update({t.urn: t for t in target.targets})
        strangers.extend(target.strangers)
        aliases.update(dict.fromkeys(target.strangers, alias.name))
        undecided = undecided or target.undecided
    return Use(
        resource,
        service,
        key,
        tuple(found.values()),
        tuple(strangers),
        undecided or len(found) > 1,
        (*found, *strangers),
        tuple(stack.sources(resource, key)) if undecided else (),
        aliases,
    )
