"""Reads the register's TOML files."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from .model import Clause, Deviation, Framework, Register, RegisterError, Requirement

FOLDER = Path(__file__).parent
T = TypeVar("T")


def load(folder: Path = FOLDER) -> Register:
    """The register in `folder`. Raises RegisterError, one line, when a file is wrong."""
    clauses: Callable[[Mapping[str, Any], str], Framework] = _framework
    return Register(
        requirements=_table(folder / "requirements.toml", "requirement", _make(Requirement)),
        deviations=_table(folder / "deviations.toml", "deviation", _make(Deviation)),
        frameworks=_by_id(
            [clauses(_read(f), f.name) for f in sorted((folder / "frameworks").glob("*.toml"))],
            "frameworks",
        ),
    )


def _framework(data: Mapping[str, Any], where: str) -> Framework:
    head = dict(data.get("framework", {}))
    sources = dict(data.get("source", {}))
    entries = []
    for entry in data.get("clause", []):
        # several clauses rest on one source, which is written once
        source = sources.get(entry.get("source", ""))
        if source is None:
            raise RegisterError(
                f"{where}: clause {entry.get('id', '?')} names the source "
                f"{entry.get('source', '')!r}; write one of [source.{'|'.join(sources)}]"
            )
        entries.append(
            {"reader": source["reader"], **entry, "source": source["text"], "date": source["date"]}
        )
    made = [_make(Clause)(e, where) for e in entries]
    _by_id(made, where)
    return _make(Framework)({**head, "clauses": made}, where)


def _table(file: Path, name: str, make: Callable[[Mapping[str, Any], str], T]) -> dict[str, T]:
    data = _read(file)
    if strange := sorted(set(data) - {name}):
        raise RegisterError(f"{file.name}: unknown table {strange[0]!r}; write [[{name}]]")
    return _by_id([make(entry, file.name) for entry in data.get(name, [])], file.name)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as e:
        raise RegisterError(
            f"{file.name} of the register is missing: restore it ({e.strerror})"
        ) from e
    except tomllib.TOMLDecodeError as e:
        raise RegisterError(f"{file.name} is no TOML: {e}; correct that line") from e


def _make(kind: type[T]) -> Callable[[Mapping[str, Any], str], T]:
    """A constructor that refuses unknown and missing keys and values of the wrong type."""
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]

    def make(entry: Mapping[str, Any], where: str) -> T:
        who = f"{where}: {entry.get('id', 'an entry without id')}"
        values: dict[str, Any] = {}
        for key, value in entry.items():
            if key not in known:
                raise RegisterError(f"{who}: unknown key {key!r}; write one of {', '.join(known)}")
            kind_of = str(known[key].type)
            wanted = list if kind_of.startswith("tuple") else date if kind_of == "date" else str
            if not isinstance(value, wanted):
                raise RegisterError(f"{who}: {key} must be a {wanted.__name__}")
            values[key] = tuple(value) if isinstance(value, list) else value
        for key, field in known.items():
            if key not in values and field.default is MISSING and field.default_factory is MISSING:
                raise RegisterError(f"{who}: {key} is missing; add it")
        return kind(**values)

    return make


def _by_id(entries: list[T], where: str) -> dict[str, T]:
    found: dict[str, T] = {}
    for entry in entries:
        key = str(getattr(entry, "id"))  # noqa: B009 - T is one of the register's classes
        if key in found:
            raise RegisterError(f"{where}: {key} stands there twice; ids are never reused")
        found[key] = entry
    return found
