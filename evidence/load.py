"""Evidence files back into the model."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
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
    """A dataclass of the model from its JSON form; unknown members raise TypeError."""
    hints: dict[str, Any] = _hints(kind)  # type: ignore[arg-type]
    return kind(**{name: _value(hints[name], value) for name, value in document.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _value(hint: Any, value: Any) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return tuple(_value(args[0], v) for v in value)
    if origin in (types.UnionType, typing.Union):
        return None if value is None else _value(args[0], value)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return build(hint, value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    return value
