"""Which generated passwords databases and secrets hold."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from core import UNKNOWN, Resource, Stack, Value

from ._json import parse
from ._stores import CACHE_USER, MEMORYDB_USER, RDS_CLUSTER, RDS_INSTANCE, REPLICATION_GROUP
from ._types import RANDOM_PASSWORD, SECRET_VERSION

HOLDS = {
    RDS_CLUSTER: ("masterPassword", "masterPasswordWo"),
    RDS_INSTANCE: ("password", "passwordWo"),
    SECRET_VERSION: ("secretString", "secretStringWo", "secretBinary"),
}

#: What caches ask for; a user may have two passwords, to change from one to the other.
TOKENS = {
    REPLICATION_GROUP: ("authToken", "authTokenWo"),
    CACHE_USER: ("passwords", "passwordsWo", "authenticationMode"),
    MEMORYDB_USER: ("authenticationMode",),
}

_KEPT: WeakKeyDictionary[Stack, set[str]] = WeakKeyDictionary()
ENDPOINTS = ("endpoint", "readerEndpoint", "address")

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


def tokens(resource: Resource, stack: Stack) -> tuple[dict[str, Resource], list[str]]:
    """The generated passwords that a cache or its user takes, by urn, and the properties that
    hold something else.
    """
    results, found, wrong = _results(stack), {}, []
    for key in TOKENS[resource.type]:
        if not resource.declared(key):
            continue
        value = resource.props.raw(key)
        if value is None and resource.inputs is not None:
            value = resource.inputs.raw(key)  # write-only: no output has it
        if key == "authenticationMode":
            value = value.get("passwords") if isinstance(value, Mapping) else value
        items = list(value) if isinstance(value, list | tuple) else [value]
        unknown = sum(item is UNKNOWN for item in items)
        sources = stack.sources(resource, key) if unknown else []
        generated = [s for s in sources if s.type == RANDOM_PASSWORD]
        texts = [item for item in items if isinstance(item, str) and item]
        known = [results[text] for text in texts if text in results]
        found.update({p.urn: p for p in (*known, *generated)})
        left = len({p.urn for p in generated} - {p.urn for p in known})
        if len(known) < len(texts) or (unknown and sources != generated) or unknown > left:
            wrong.append(key)
    return found, wrong


def named_by(version: Resource, database: Resource, stack: Stack) -> bool:
    """True when the secret was computed from the database, or holds one of its endpoints."""
    for key in HOLDS[SECRET_VERSION]:
        if database in stack.sources(version, key):
            return True
        value = version.props.raw(key)
        texts = _texts(value) if isinstance(value, str) else []
        own: list[Value] = [database.props.raw(e) for e in ENDPOINTS]
        if any(text and text in own for text in texts):
            return True
    return False


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


def invented(version: Resource, stack: Stack) -> str:
    """The member of a secret that is called a password and is no generated one; "" for none."""
    results = _results(stack)
    for key in HOLDS[SECRET_VERSION]:
        value = version.props.raw(key)
        for name, member in _members(value).items() if isinstance(value, str) else ():
            called = any(word in name.lower() for word in ("password", "passwd", "pwd"))
            if called and isinstance(member, str) and member not in results:
                return name
    return ""


def is_password(value: object) -> bool:
    """False only for a JSON object none of whose members is called like a password."""
    members = _members(value) if isinstance(value, str) else {}
    words = ("pass", "pwd", "secret", "token", "key")
    return not members or any(w in name.lower() for name in members for w in words)
