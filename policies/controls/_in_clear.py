"""Where a generated password stands in clear: outputs of the stack, tags, names, descriptions."""

from __future__ import annotations

from collections.abc import Iterator, KeysView, Mapping, Sequence

from core import Resource, SecretText, Stack, Value
from core.values import SECRET_PROPERTIES

from ._types import RANDOM_PASSWORD

STACK = "pulumi:pulumi:Stack"
SHORTEST = 12  # a shorter text may stand somewhere by chance
PIECE = 8  # bytes by which a password is looked for; fewer than the shortest has


def in_clear(password: Resource, stack: Stack) -> Iterator[str]:
    """What shows the password's text to everybody who may read the state. It is not known before
    the password is made, so this speaks from the second preview on.
    """
    text = password.props.raw("result")
    if not isinstance(text, SecretText) or len(text) < SHORTEST:
        return  # not known, or of the stock servicer, which tells of no value that it is secret
    shown = stack.once("passwords in clear", lambda: _shown(stack))
    yield from shown.get(text.reveal(), ())


def _shown(stack: Stack) -> dict[str, list[str]]:
    """Where each known password stands in clear, in the stack's order. Of all passwords at once:
    to search every text for each of them would be quadratic.
    """
    results = (p.props.raw("result") for p in stack.of(RANDOM_PASSWORD))
    held = {r.reveal() for r in results if isinstance(r, SecretText) and len(r) >= SHORTEST}
    by_piece: dict[bytes, set[str]] = {}
    for password in held:
        content = password.encode()
        for at in range(len(content) - PIECE + 1):
            by_piece.setdefault(content[at : at + PIECE], set()).add(password)
    # wherever a password stands, one of every so many positions begins a piece of it
    step = min(len(password.encode()) for password in held) - PIECE + 1
    found: dict[str, list[str]] = {}
    for where, shown in _texts_of(stack, by_piece.keys(), step):
        content = shown.encode()
        ends = range(0, len(content), step)
        near = {p for at in ends for p in by_piece.get(content[at : at + PIECE], ())}
        for password in near:
            if password in shown:
                found.setdefault(password, []).append(where)
    return found


def _texts_of(stack: Stack, pieces: KeysView[bytes], step: int) -> Iterator[tuple[str, str]]:
    """The texts in clear of every resource that may hold one of the pieces."""
    for resource in stack.resources:
        content = resource.props.content()
        if content is not None:
            starts = range(0, len(content), step)
            if pieces.isdisjoint([content[at : at + PIECE] for at in starts]):
                continue
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
