"""Where a generated password stands in clear: outputs of the stack, tags, names, descriptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from core import Resource, SecretText, Stack, Value
from core.values import SECRET_PROPERTIES

STACK = "pulumi:pulumi:Stack"
SHORTEST = 12  # a shorter text may stand somewhere by chance


def in_clear(password: Resource, stack: Stack) -> Iterator[str]:
    """What shows the password's text to everybody who may read the state. It is not known before
    the password is made, so this speaks from the second preview on.
    """
    text = password.props.raw("result")
    if not isinstance(text, SecretText) or len(text) < SHORTEST:
        return  # not known, or of the stock servicer, which tells of no value that it is secret
    for where, shown in stack.once("texts in clear", lambda: list(_texts_of(stack))):
        if text in shown:
            yield where


def _texts_of(stack: Stack) -> Iterator[tuple[str, str]]:
    for resource in stack.resources:
        for key in resource.props.keys():  # noqa: SIM118 (no mapping)
            if key in SECRET_PROPERTIES:
                continue  # the engine keeps these, whatever the program says
            where = f"the output {key}" if resource.type == STACK else f"{resource.name}.{key}"
            for text in _texts(resource.props.raw(key)):
                yield where, text


def _texts(value: Value) -> Iterator[str]:
    """Every text in a value that nobody marked as secret."""
    if isinstance(value, str):
        if not isinstance(value, SecretText) and len(value) >= SHORTEST:
            yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key not in SECRET_PROPERTIES:
                yield from _texts(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from _texts(item)
