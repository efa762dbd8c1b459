"""Where a generated password stands in clear: outputs of the stack, tags, names, descriptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from core import Resource, SecretText, Stack, Value
from core.values import SECRET_PROPERTIES

from ._types import RANDOM_PASSWORD

STACK = "pulumi:pulumi:Stack"
SHORTEST = 12  # a shorter text may stand somewhere by chance


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
    pieces = _Pieces(held)
    found: dict[str, list[str]] = {}
    for resource in stack.resources:
        content = resource.props.content()
        near: AbstractSet[str] = held
        if content is not None:
            if not (near := pieces.near(content)):
                continue
            near = _beside(resource, content, near)
        for key, text in _in_clear(resource) if near else ():
            for password in near:
                if password in text:
                    own = resource.type == STACK
                    where = f"the output {key}" if own else f"{resource.name}.{key}"
                    found.setdefault(password, []).append(where)
    return found


def _beside(resource: Resource, content: bytes, near: AbstractSet[str]) -> set[str]:
    """Those that stand in the content oftener than in the properties that are secret anyway."""
    hidden = resource.props.content(*SECRET_PROPERTIES) or b""
    return {p for p in near if content.count(p.encode()) > hidden.count(p.encode())}


class _Pieces:
    """All pieces of the passwords. A text is cut into words of as many bytes, one after another;
    wherever a password stands in it, one of every so many words is a piece of the password.
    """

    def __init__(self, passwords: AbstractSet[str]):
        shortest = min(len(p.encode()) for p in passwords)
        self.bytes, self.format = (8, "Q") if shortest >= 2 * 8 - 1 else (4, "I")
        self.step = (shortest - self.bytes + 1) // self.bytes
        self._of: dict[int, set[str]] = {}
        for password in passwords:
            content = password.encode()
            for at in range(len(content) - self.bytes + 1):
                [piece] = self._words(content[at : at + self.bytes], 1)
                self._of.setdefault(piece, set()).add(password)
        self._pieces = frozenset(self._of)

    def _words(self, content: bytes, step: int) -> list[int]:
        whole = len(content) // self.bytes * self.bytes
        return memoryview(content)[:whole].cast(self.format)[::step].tolist()  # type: ignore[call-overload, no-any-return]

    def near(self, content: bytes) -> AbstractSet[str]:
        """The passwords that may stand in the content."""
        words = self._words(content, self.step)
        if self._pieces.isdisjoint(words):
            return frozenset()
        return {p for word in words for p in self._of.get(word, ())}


def _in_clear(resource: Resource) -> Iterator[tuple[str, str]]:
    """The texts in clear of a resource, with their properties."""
    for key in resource.props.keys():  # noqa: SIM118 (no mapping)
        if key not in SECRET_PROPERTIES:  # the engine keeps those, whatever the program says
            for text in _texts(resource.props.raw(key)):
                yield key, text


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
