"""Which generated passwords databases and secrets hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


def kept(stack: Stack) -> set[str]:
    """The urns of the passwords that the stack's secrets hold, worked out once."""
    if stack not in _KEPT:
        versions = stack.of(SECRET_VERSION)
        _KEPT[stack] = {p.urn for v in versions for p in passwords(v, stack)}
    return _KEPT[stack]


def passwords(resource: Resource, stack: Stack) -> Iterator[Resource]:
    """The generated passwords a property holds: by value when both are known, else by graph."""
    values = [(key, resource.props.raw(key)) for key in HOLDS[resource.type]]
    texts = {key: _texts(value) for key, value in values if isinstance(value, str)}
    for password in stack.of(RANDOM_PASSWORD):
        result = password.props.raw("result")
        for key in HOLDS[resource.type]:
            if key in texts:
                held = isinstance(result, str) and result in texts[key]
            else:
                held = password in stack.sources(resource, key, RANDOM_PASSWORD)
            if held:
                yield password
                break


def _texts(value: str) -> list[object]:
    return [value, *_members(value).values()]


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
