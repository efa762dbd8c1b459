"""Which generated passwords databases and secrets hold."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from core import Resource, Stack

from ._json import parse
from ._stores import RDS_CLUSTER, RDS_INSTANCE
from ._types import RANDOM_PASSWORD, SECRET_VERSION

HOLDS = {
    RDS_CLUSTER: ("masterPassword", "masterPasswordWo"),
    RDS_INSTANCE: ("password", "passwordWo"),
    SECRET_VERSION: ("secretString", "secretStringWo", "secretBinary"),
}

_KEPT: WeakKeyDictionary[Stack, set[str]] = WeakKeyDictionary()
_RESULTS: WeakKeyDictionary[Stack, dict[str, Resource]] = WeakKeyDictionary()


def kept(stack: Stack) -> set[str]:
    """The urns of the passwords that the stack's secrets hold, worked out once."""
    if stack not in _KEPT:
        versions = stack.of(SECRET_VERSION)
        _KEPT[stack] = {p.urn for v in versions for p in passwords(v, stack)}
    return _KEPT[stack]


def passwords(resource: Resource, stack: Stack) -> list[Resource]:
    """The generated passwords a resource holds: by value when it is known, else by graph."""
    results = _results(stack)
    found: dict[str, Resource] = {}
    for key in HOLDS[resource.type]:
        value = resource.props.raw(key)
        if isinstance(value, str):
            held = [results[t] for t in _texts(value) if t in results]
        else:
            held = stack.sources(resource, key, RANDOM_PASSWORD)
        found.update({p.urn: p for p in held})
    return list(found.values())


def _results(stack: Stack) -> dict[str, Resource]:
    """The passwords whose text is known, by that text."""
    if stack not in _RESULTS:
        every = ((p.props.raw("result"), p) for p in stack.of(RANDOM_PASSWORD))
        _RESULTS[stack] = {result: p for result, p in every if isinstance(result, str)}
    return _RESULTS[stack]


def _texts(value: str) -> list[str]:
    return [value, *(m for m in _members(value).values() if isinstance(m, str))]


def _members(text: str) -> Mapping[str, object]:
    try:
        value = parse(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def is_password(value: object) -> bool:
    """False only for a JSON object none of whose members is called like a password."""
    members = _members(value) if isinstance(value, str) else {}
    words = ("pass", "pwd", "secret", "token", "key")
    return not members or any(w in name.lower() for name in members for w in words)
