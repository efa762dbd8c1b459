"""Values that hold objects, compared field by field: a plan's words against a state's.

The pack writes both in one way: `{maxCapacity: 2, minCapacity: 0.5}`, `[a, b]`, `unknown`. A
provider fills members in that the plan left out: empty ones make no difference, others do. The
order of a list makes none. What cannot be read as objects is compared as one text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from evidence.redact import REDACTED

KEY = re.compile(r"([\w./:@-]+): ")
HIDDEN = ("(secret)", "[secret]", REDACTED)
EMPTY: tuple[Any, ...] = (
    "",
    "null",
    "false",
    "0",
    [],
    {},
)  # what a provider fills in where nothing was written
ABSENT = "absent"
CUT = "… sha256:"  # a long text ends so; whether all of it was known cannot be told field by field
Found = tuple[str, Any, Any]


def differences(path: str, planned: str, deployed: str) -> Iterator[Found]:
    """Where they differ: the path (`ingress[0].fromPort`), the plan's value, the state's."""
    yield from _differences(path, read(planned), read(deployed))


def at(value: Any, path: str) -> Any:
    """The member of a live value that a path without its first name leads to; inside a list, in
    which the cloud has an order of its own, the whole value.
    """
    if not path or "[" in path:
        return value
    found = value[0] if isinstance(value, list) and len(value) == 1 else value
    for step in filter(None, path.split(".")[1:]):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def read(text: str) -> Any:
    """The value: a dict, a list, or a text. A text that is none of the pack's is one text."""
    try:
        value, end = _value(text, 0, "")
    except (ValueError, RecursionError):
        return text
    return value if end == len(text) else text


def _value(text: str, at: int, inside: str) -> tuple[Any, int]:
    if text.startswith(("{}", "[]"), at):
        return ({} if text[at] == "{" else []), at + 2
    if text.startswith("{", at) and KEY.match(text, at + 1):
        members: dict[str, Any] = {}
        while True:
            key = KEY.match(text, at + 1 if not members else at)
            if not key or key[1] in members:
                raise ValueError("no member")
            members[key[1]], at = _value(text, key.end(), "}")
            if text.startswith("}", at):
                return members, at + 1
            at = _after_comma(text, at)
    if text.startswith("[", at):
        items = []
        at += 1
        while True:
            item, at = _value(text, at, "]")
            items.append(item)
            if text.startswith("]", at):
                return items, at + 1
            at = _after_comma(text, at)
    return _scalar(text, at, inside)


def _after_comma(text: str, at: int) -> int:
    if not text.startswith(", ", at):
        raise ValueError("no comma")
    return at + 2


def _scalar(text: str, start: int, inside: str) -> tuple[str, int]:
    """A text up to what ends it: in a list a comma, in an object a comma before a key."""
    depth, at = 0, start
    while at < len(text):
        if not depth and inside:
            if text[at] == inside:
                break
            if text.startswith(", ", at) and (inside == "]" or KEY.match(text, at + 2)):
                break
        depth += (text[at] in "{[") - (text[at] in "}]")
        if depth < 0:
            raise ValueError("more ends than beginnings")
        at += 1
    return text[start:at], at


def _differences(path: str, planned: Any, deployed: Any) -> Iterator[Found]:
    both = isinstance(planned, list) and isinstance(deployed, list)  # how many is known
    if not both and (_open(planned) or _open(deployed)):
        return
    if isinstance(planned, dict) and isinstance(deployed, list) and len(deployed) == 1:
        deployed = deployed[0]
    if isinstance(planned, list) and len(planned) == 1 and not isinstance(deployed, list):
        planned = planned[0]
        yield from _differences(path, planned, deployed)
    elif isinstance(planned, dict) and isinstance(deployed, dict):
        for name in sorted(planned.keys() | deployed.keys()):
            yield from _differences(
                f"{path}.{name}", planned.get(name, ABSENT), deployed.get(name, ABSENT)
            )
    elif both:
        yield from _lists(path, planned, deployed)
    elif not _same(planned, deployed):
        yield path, _shown(planned), _shown(deployed)


def _lists(path: str, planned: list[Any], deployed: list[Any]) -> Iterator[Found]:
    """Each element of the plan finds one of the state that is no other; what is left differs."""
    left = list(deployed)
    alone: list[tuple[int, Any]] = []
    # what is wholly known first: an unknown would take any element
    for index, item in sorted(enumerate(planned), key=lambda e: "unknown" in _shown(e[1])):
        found = next((d for d in left if not list(_differences("", item, d))), None)
        if found is None:
            alone.append((index, item))
        else:
            left.remove(found)
    for index, item in sorted(alone, key=lambda e: e[0]):
        other = left.pop(0) if left else ABSENT
        yield from _differences(f"{path}[{index}]", item, other)
    for number, item in enumerate(left, len(planned)):
        yield f"{path}[{number}]", ABSENT, _shown(item)


def _open(value: Any) -> bool:
    """True for what is not known or not shown, whole or in every part."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return bool(value) and all(_open(p) for p in parts)
    cut = CUT in value and re.search(r"[\[:,] ?unknown\b", value)
    return value == "unknown" or bool(cut) or any(h in value for h in HIDDEN)


def _same(planned: Any, deployed: Any) -> bool:
    if ABSENT in (planned, deployed):
        other = deployed if planned == ABSENT else planned
        return other in (*EMPTY, ABSENT) or (
            isinstance(other, dict) and all(v in EMPTY for v in other.values())
        )
    return bool(planned == deployed)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value)) + "]"
    return str(value)
