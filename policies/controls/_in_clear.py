"""Where a generated password stands in clear: outputs of the stack, tags, names, descriptions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from sys import byteorder

from core import Resource, SecretText, Stack, Value
from core.values import SECRET_PROPERTIES
from core.wire import ends_of_resources

from ._types import RANDOM_PASSWORD

STACK = "pulumi:pulumi:Stack"
SHORTEST = 12  # a shorter text may stand somewhere by chance
_NEAR = "resources near passwords"  # all of them, when nobody looked


def in_clear(password: Resource, stack: Stack) -> Iterator[str]:
    """What shows the password's text to everybody who may read the state. It is not known before
    the password is made, so this speaks from the second preview on.
    """
    text = password.props.raw("result")
    if not isinstance(text, SecretText) or len(text) < SHORTEST:
        return  # not known, or of the stock servicer, which tells of no value that it is secret
    if (pieces := _pieces(stack)) is not None:
        shown = stack.once("passwords in clear", lambda: _shown(stack, pieces))
        yield from shown.get(text.reveal(), ())


def look(stack: Stack, content: bytes) -> None:
    """Look through the bytes of the whole stack for the passwords that are known."""
    pieces = _pieces(stack)
    ends = ends_of_resources(content) if pieces is not None else None
    if pieces is not None and ends is not None and len(ends) == len(stack.resources):
        stack.once(_NEAR, lambda: _within(stack.resources, ends, pieces.stretches(content)))


def _within(
    resources: Sequence[Resource], ends: Sequence[int], stretches: Iterator[tuple[int, int]]
) -> Sequence[Resource]:
    """The resources that one of the stretches of bytes touches, by where each resource ends."""
    numbers: set[int] = set()
    for begin, end in stretches:
        numbers.update(range(bisect_right(ends, begin), bisect_left(ends, end) + 1))
    return [r for number, r in enumerate(resources) if number in numbers]


def _pieces(stack: Stack) -> _Pieces | None:
    """Those of the passwords that are known; None when none is."""
    return stack.once(
        "pieces of passwords", lambda: _Pieces(held) if (held := _known(stack)) else None
    )


def _known(stack: Stack) -> set[str]:
    results = (p.props.raw("result") for p in stack.of(RANDOM_PASSWORD))
    return {r.reveal() for r in results if isinstance(r, SecretText) and len(r) >= SHORTEST}


def _shown(stack: Stack, pieces: _Pieces) -> dict[str, list[str]]:
    """Where each known password stands in clear, in the stack's order. Of all passwords at once:
    to search every text for each of them would be quadratic.
    """
    found: dict[str, list[str]] = {}
    for resource in stack.once(_NEAR, lambda: stack.resources):
        content = resource.props.content()
        near: AbstractSet[str] = pieces.passwords
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


_STRETCH = 64  # words that are looked at in one go


class _Pieces:
    """All pieces of the passwords. A text is cut into words of as many bytes, one after another;
    wherever a password stands in it, one of every so many words is a piece of the password.
    """

    def __init__(self, passwords: AbstractSet[str]):
        self.passwords = passwords
        shortest = min(len(p.encode()) for p in passwords)
        self.bytes, self.format = (8, "Q") if shortest >= 2 * 8 - 1 else (4, "I")
        self.step = (shortest - self.bytes + 1) // self.bytes
        self._of: defaultdict[int, set[str]] = defaultdict(set)
        for password in passwords:
            content = password.encode()
            for at in range(len(content) - self.bytes + 1):
                self._of[int.from_bytes(content[at : at + self.bytes], byteorder)].add(password)
        self._pieces = frozenset(self._of)

    def _words(self, content: bytes) -> memoryview:
        whole = len(content) // self.bytes * self.bytes
        return memoryview(content)[:whole].cast(self.format)  # type: ignore[call-overload, no-any-return]

    def stretches(self, content: bytes) -> Iterator[tuple[int, int]]:
        """Where in the content, from byte to byte, a piece of a password stands."""
        words = self._words(content)
        stretch = _STRETCH * self.step
        for begin in range(0, len(words), stretch):
            if not self._pieces.isdisjoint(words[begin : begin + stretch : self.step].tolist()):
                yield begin * self.bytes, (begin + stretch) * self.bytes

    def near(self, content: bytes) -> AbstractSet[str]:
        """The passwords that may stand in the content."""
        words = self._words(content)[:: self.step].tolist()
        if self._pieces.isdisjoint(words):
            return frozenset()
        return {p for word in self._pieces.intersection(words) for p in self._of[word]}


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
