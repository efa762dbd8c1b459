"""Evidence files back into the model."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from . import model
from .errors import EvidenceError
from .schema import faults

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")


def load(path: Path) -> model.Evidence:
    """Read and validate an evidence file; raises EvidenceError."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as e:
        raise EvidenceError(f"{path.name} cannot be read ({e}); run the command again") from None
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version != model.SCHEMA_VERSION:
        raise EvidenceError(
            f"{path.name} has the schema version {version!r}, expected 1; run again"
        )
    if wrong := faults(document):
        raise EvidenceError(f"{path.name} is no valid evidence ({wrong[0]}); run the command again")
    return build(model.Evidence, document)


def record(line: str) -> model.Record:
    """One line that a live test recorded; raises ValueError when it is none."""
    document = json.loads(line)
    if not isinstance(document, dict):
        raise ValueError("no record")  # noqa: TRY004 (what is wrong is the text, not our types)
    try:
        return build(model.Record, document)
    except (KeyError, TypeError) as e:
        raise ValueError(f"no record: {e}") from None


def build(kind: type[T], document: Mapping[str, Any]) -> T:
    """A dataclass of the model from its JSON form; unknown members raise KeyError."""
    readers = _readers(kind)  # type: ignore[arg-type]
    found = {}
    for name, value in document.items():
        reader = readers[name]
        found[name] = value if reader is None else reader(value)
    return kind(**found)


@cache
def _readers(kind: Any) -> dict[str, Callable[[Any], Any] | None]:
    """For each member what makes the model's value out of JSON's; None where it is the same."""
    return {name: _reader(hint) for name, hint in typing.get_type_hints(kind).items()}


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return _tuple(_reader(args[0]))
    if origin in (types.UnionType, typing.Union):
        return _optional(_reader(args[0]))
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return partial(build, hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return None


def _tuple(each: Callable[[Any], Any] | None) -> Callable[[Any], Any]:
    return tuple if each is None else lambda value: tuple([each(v) for v in value])


def _optional(some: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    return None if some is None else lambda value: None if value is None else some(value)
