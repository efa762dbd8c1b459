"""What a remedy writes in a block (`name={"key": ...}` or a list of them), held to the SDK."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .remedies import calls, nested, nested_of_class

_BLOCK = re.compile(r"\b([a-z][a-z0-9_]*)=\[?\{")
_KEY = re.compile(r"\"(\w+)\"\s*:")


def blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each argument that is written as a block, with the block's own keys."""
    for match in _BLOCK.finditer(text):
        start = end = match.end()
        depth = 1
        while end < len(text) and depth:
            depth += {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}.get(text[end], 0)
            end += 1
        inside, before = text[start : end - 1], ""
        while before != inside:  # what stands deeper is not this block's own
            before, inside = inside, re.sub(r"[\[{(][^\[\]{}()]*[\]})]", "_", inside)
        yield match[1], _KEY.findall(inside)


def unknown_keys(remedy: str, type_: str) -> Iterator[str]:
    """Each key of a block that the argument's class does not take; maps take any key."""
    bare, made = calls(remedy)
    written = [(type_, name, keys, nested(type_, name)) for name, keys in blocks(bare)]
    for dotted, inside in made:
        if not dotted.rpartition(".")[2].islower():
            written += [(dotted, n, keys, nested_of_class(dotted, n)) for n, keys in blocks(inside)]
    for where, name, keys, takes in written:
        for key in keys if takes else ():
            if key not in takes:
                yield f"{name}={{{key!r}: }} on {where}"
