"""Puts a mutant where it takes effect: into the running function, or into the file.

A function that no import calls is changed in place, in a fork of a process that has everything
imported; that takes milliseconds. What an import itself executes needs the import again.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any


def swap(module: object, name: str, source: str, filename: str) -> bool:
    """Give the living function `name` (dotted below a class) the code it has in `source`.

    True when the function remembers its answers: who asks second does not call it. Raises
    LookupError when the module has no such function.
    """
    code = _code(compile(source, filename, "exec"), name)
    function, remembers = _living(module, name)
    if code is None or function is None:
        raise LookupError(f"no function {name} to change")
    function.__code__ = code
    return remembers


def _code(code: CodeType, name: str) -> CodeType | None:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            if inner.co_qualname == name:
                return inner
            if name.startswith(f"{inner.co_qualname}.") and (found := _code(inner, name)):
                return found
    return None


def _living(module: object, name: str) -> tuple[FunctionType | None, bool]:
    found: Any = module
    for step in name.split("."):
        found = vars(found).get(step)
    for wrapped in ("fget", "func", "__func__"):  # property, cached_property, class method
        found = getattr(found, wrapped, None) or found
    if remembers := hasattr(found, "cache_clear"):
        found.cache_clear()
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    return (found if isinstance(found, FunctionType) else None), remembers


@contextmanager
def written(file: Path, source: str) -> Iterator[None]:
    """The file with `source` in it. Its time changes, so no compiled file stands for it."""
    original, times = file.read_bytes(), file.stat()
    try:
        file.write_text(source, "utf-8")
        os.utime(file, (times.st_atime, times.st_mtime + 60))
        yield
    finally:
        file.write_bytes(original)
        os.utime(file, (times.st_atime, times.st_mtime))


def forget(*packages: str) -> None:
    """Let the next import of these packages read their files again."""
    for name in [n for n in sys.modules if n.partition(".")[0] in packages]:
        del sys.modules[name]


def importers(packages: Iterable[str], folder: Path) -> dict[str, set[str]]:
    """For each module, it and all that import it, at any remove; the packages count too."""
    imports: dict[str, set[str]] = {}
    for package in packages:
        for file in (folder / package).glob("*.py"):
            name = package if file.stem == "__init__" else f"{package}.{file.stem}"
            imports[name] = set(_imported_by(ast.parse(file.read_text("utf-8")), package))
    found: dict[str, set[str]] = {}
    for name in imports:
        all_of, newest = {name}, {name}
        while newest:
            newest = {m for m, used in imports.items() if used & newest} - all_of
            all_of |= newest
        found[name] = all_of
    return found


def _imported_by(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package if node.level else ""
            module = ".".join(filter(None, (start, node.module)))
            yield module
            yield from (f"{module}.{a.name}" for a in node.names)
