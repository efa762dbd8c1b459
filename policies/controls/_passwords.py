"""Which generated passwords databases and secrets hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

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

#: What a password is called, also in Portuguese.
CALLED = ("password", "passwd", "pwd", "senha")
ENDPOINTS = ("endpoint", "readerEndpoint", "address")


def kept(stack: Stack) -> set[str]:
    """The urns of the passwords that the stack's secrets hold, worked out once."""
    return stack.once(
        "passwords kept",
        lambda: {p.urn for v in stack.of(SECRET_VERSION) for p in passwords(v, stack)},
    )


def written(resource: Resource, key: str) -> Value:
    """What the program wrote there: no output has a write-only property."""
    value = resource.props.raw(key)
    if value is None and resource.inputs is not None:
        return resource.inputs.raw(key)
    return value


def passwords(resource: Resource, stack: Stack) -> list[Resource]:
    """The generated passwords a resource holds: by value when it is known, else by graph."""
    return stack.once(("passwords", resource), lambda: _passwords(resource, stack))


def _passwords(resource: Resource, stack: Stack) -> list[Resource]:
    results = _results(stack)
    found: dict[str, Resource] = {}
    for held in _held(resource, stack):
        if isinstance(held.value, str):
            known = [results[t] for t in held.texts if t in results]
        else:
            known = [s for s in held.sources if s.type == RANDOM_PASSWORD]
        found.update({p.urn: p for p in known})
    return list(found.values())


class _Held(NamedTuple):
    """A property that holds a password: its value, with what is inside, and what it was computed
    from.
    """

    value: Value
    texts: Sequence[str]
    members: Mapping[str, object]  # of a JSON object
    sources: Sequence[Resource]


def _held(resource: Resource, stack: Stack) -> list[_Held]:
    """Those properties of the resource that have a value or come from somewhere."""
    return stack.once(("held", resource), lambda: list(_read(resource, stack)))


def _read(resource: Resource, stack: Stack) -> Iterator[_Held]:
    for key in HOLDS[resource.type]:
        value, sources = written(resource, key), stack.sources(resource, key)
        if isinstance(value, str):
            members = _members(value)
            inside = (m for m in members.values() if isinstance(m, str))
            yield _Held(value, (value, *inside), members, sources)
        elif sources or value is not None:
            yield _Held(value, (), {}, sources)


def tokens(resource: Resource, stack: Stack) -> tuple[dict[str, Resource], list[str]]:
    """The generated passwords that a cache or its user takes, by urn, and the properties that
    hold something else.
    """
    results, found, wrong = _results(stack), {}, []
    for key in TOKENS[resource.type]:
        if not resource.declared(key):
            continue
        value = written(resource, key)
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


def naming(database: Resource, stack: Stack) -> list[Resource]:
    """The secret versions that were computed from the database, or hold one of its endpoints."""
    by_urn, by_text = stack.once("what secrets name", lambda: _named(stack))
    own = [database.props.raw(e) for e in ENDPOINTS]
    found = [*by_urn.get(database.urn, ())]
    for text in own:
        found += by_text.get(text, ()) if isinstance(text, str) and text else ()
    return list({id(v): v for v in found}.values())


def _named(stack: Stack) -> tuple[dict[str, list[Resource]], dict[str, list[Resource]]]:
    by_urn: dict[str, list[Resource]] = {}
    by_text: dict[str, list[Resource]] = {}
    for version in stack.of(SECRET_VERSION):
        for held in _held(version, stack):
            for source in held.sources:
                by_urn.setdefault(source.urn, []).append(version)
            for text in held.texts:
                by_text.setdefault(text, []).append(version)
    return by_urn, by_text


def takers(password: Resource, stack: Stack) -> list[Resource]:
    """The caches and their users that take this generated password."""
    return stack.once("who takes passwords", lambda: _takers(stack)).get(password.urn, [])


def _takers(stack: Stack) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for cache in stack.of(*TOKENS):
        for urn in tokens(cache, stack)[0]:
            found.setdefault(urn, []).append(cache)
    return found


def _results(stack: Stack) -> dict[str, Resource]:
    """The passwords whose text is known, by that text."""
    return stack.once("passwords by text", lambda: _by_text(stack))


def _by_text(stack: Stack) -> dict[str, Resource]:
    every = ((p.props.raw("result"), p) for p in stack.of(RANDOM_PASSWORD))
    return {result: p for result, p in every if isinstance(result, str)}


def _members(text: str) -> Mapping[str, object]:
    """The members of a JSON object at any depth, by path; none of anything else."""
    if not text.lstrip().startswith("{"):
        return {}
    try:
        value = parse(text)
    except ValueError:
        return {}
    return dict(_leaves(value, "")) if isinstance(value, dict) else {}


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from _leaves(member, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list) and value:
        for index, member in enumerate(value):
            yield from _leaves(member, f"{path}[{index}]")
    elif path:
        yield path, value


def invented(version: Resource, stack: Stack) -> str:
    """The member of a secret that is called a password and is no generated one; "" for none."""
    results = _results(stack)
    for held in _held(version, stack):
        for name, member in held.members.items():
            called = any(word in name.lower() for word in CALLED)
            if called and isinstance(member, str) and member not in results:
                return name
    return ""


def is_password(value: object) -> bool:
    """False only for a JSON object none of whose members is called like a password."""
    members = _members(value) if isinstance(value, str) else {}
    words = ("pass", "pwd", "senha", "secret", "token", "key")
    return not members or any(w in name.lower() for name in members for w in words)
