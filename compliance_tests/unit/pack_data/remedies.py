"""Does the SDK take what a remedy says to write? Read from the remedy's text and from the SDK."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

_NESTED = re.compile(r"\b([A-Z]\w+Args)\b")
_CALL = re.compile(r"\b(aws|random)\.([\w.]+)\(")
_ARGUMENT = re.compile(r"(?<![\w.\"'{<-])([a-z][a-z0-9_]*)=(?!=)")
PACKAGES = {"aws": "pulumi_aws", "random": "pulumi_random"}


@cache
def arguments(type_: str) -> dict[str, str]:
    """The arguments of a type's class, each with its annotation. Raises LookupError."""
    package, path, name = type_.split(":")
    return _of(_module(package, path.partition("/")[0]), f"{name}Args")


def _module(package: str, *folders: str) -> Any:
    """As a program reaches it: the SDK imports its folders by attribute, when first asked for."""
    module: Any = import_module(PACKAGES[package])
    for folder in folders:
        if folder != "index":
            module = getattr(module, folder, None) or getattr(module, f"{folder}_", None)
        if module is None:
            raise LookupError(f"{PACKAGES[package]} has no {folder}")
    return module


def _of(module: Any, name: str) -> dict[str, str]:
    found = inspect.signature(getattr(module, name).__init__).parameters
    return {key: str(p.annotation) for key, p in found.items() if key not in ("self", "__self__")}


@cache
def of_class(dotted: str) -> dict[str, str]:
    """The arguments of a class as a program names it, such as `aws.kms.Key`."""
    package, *path, name = dotted.split(".")
    return _of(_module(package, *path), f"{name}Args")


def snake(key: str) -> str:
    """`cidrBlocks` as Python writes it."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", key).lower()


@cache
def nested(type_: str, property_: str) -> dict[str, str]:
    """The arguments of the blocks that a property holds, none when it holds none."""
    package, path, _ = type_.split(":")
    annotation = arguments(type_).get(snake(re.split(r"[.\[]", property_)[0]), "")
    return _blocks(_module(package, path.partition("/")[0]), annotation)


@cache
def nested_of_class(dotted: str, name: str) -> dict[str, str]:
    """The same for an argument of a class such as `aws.kms.Key`."""
    package, *path, _ = dotted.split(".")
    return _blocks(_module(package, *path), of_class(dotted).get(name, ""))


def _blocks(module: Any, annotation: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _NESTED.findall(annotation):
        found.update(_of(module, name))
    return found


def unknown(remedy: str, type_: str, property_: str) -> Iterator[str]:
    """Each argument of the remedy that the type it stands on does not take."""
    bare, made = calls(remedy)
    for dotted, inside in made:
        if dotted.rpartition(".")[2].islower():
            continue  # a function
        takes = of_class(dotted)
        for name in _ARGUMENT.findall(_flat(inside)):
            if name not in takes and name != "opts":
                yield f"{dotted}(..., {name}=)"
    names = _ARGUMENT.findall(_flat(bare))
    takes = {**arguments(type_), **nested(type_, property_)} if names else {}
    for name in names:
        if name not in takes:
            yield f"{name}= on {type_}"


def calls(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The text without its constructor calls, and each call with what stands inside."""
    made: list[tuple[str, str]] = []
    while match := _CALL.search(text):
        depth, end = 1, match.end()
        while end < len(text) and depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        made.append((f"{match[1]}.{match[2]}", text[match.end() : end - 1]))
        text = text[: match.start()] + "CALL" + text[end:]
    return text, made


def _flat(text: str) -> str:
    """The text without what stands in brackets or quotes, whose names are not arguments."""
    text = re.sub(r'f?"[^"]*"', '""', text)
    before = ""
    while before != text:
        before, text = text, re.sub(r"[\[{(][^\[\]{}()]*[\]})]", "_", text)
    return text
