"""Values between protobuf and Python: secrets, unknowns, numbers, comparisons."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the engine writes a value that only a deployment will tell, of whatever type."""
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's signature of one
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
DEFAULTS = "__defaults"


def has_unknown(value: Any) -> bool:
    """Whether a value is unknown or has an unknown anywhere inside."""
    if isinstance(value, str):
        return value == UNKNOWN
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    return False


def from_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Plain Python from a Struct: secrets unwrapped, whole numbers as int, outputs by value."""
    return {key: _from_value(value) for key, value in struct.fields.items()}


def _from_value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_from_value(item) for item in value.list_value.values]
    if kind == "struct_value":
        fields = value.struct_value.fields
        if SIGNATURE in fields:
            signature = fields[SIGNATURE].string_value
            if signature == SECRET:
                return _from_value(fields["value"])
            if signature == OUTPUT:
                return _from_value(fields["value"]) if "value" in fields else UNKNOWN
        return {key: _from_value(item) for key, item in fields.items()}
    return None


def to_struct(
    values: Mapping[str, Any], secrets: frozenset[str] | set[str] = frozenset()
) -> struct_pb2.Struct:
    """A Struct for the engine; the top-level properties in `secrets` are wrapped as secret."""
    struct = struct_pb2.Struct()
    for key, value in values.items():
        if key in secrets and value is not None:
            wrapped = struct.fields[key].struct_value.fields
            wrapped[SIGNATURE].string_value = SECRET
            _to_value(value, wrapped["value"])
        else:
            _to_value(value, struct.fields[key])
    return struct


def _to_value(value: Any, into: struct_pb2.Value) -> None:
    if value is None:
        into.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, bool):
        into.bool_value = value
    elif isinstance(value, (int, float)):
        into.number_value = value
    elif isinstance(value, str):
        into.string_value = value
    elif isinstance(value, Mapping):
        into.struct_value.SetInParent()
        for key, item in value.items():
            _to_value(item, into.struct_value.fields[str(key)])
    elif isinstance(value, (list, tuple, set, frozenset)):
        into.list_value.SetInParent()
        for item in sorted(value) if isinstance(value, (set, frozenset)) else value:
            _to_value(item, into.list_value.values.add())
    else:
        raise TypeError(f"a provider's value cannot be of type {type(value).__name__}")


def without_defaults(value: Any) -> Any:
    """A copy without the bookkeeping keys (`__defaults`) at any depth."""
    if isinstance(value, dict):
        return {
            key: without_defaults(item) for key, item in value.items() if not key.startswith("__")
        }
    if isinstance(value, list):
        return [without_defaults(item) for item in value]
    return value


def is_zero(value: Any) -> bool:
    """Whether a value says nothing: None, False, 0, "", [], {} or an object of such."""
    if isinstance(value, dict):
        return all(is_zero(item) for item in value.values())
    return value in (None, "", [], 0)  # False is 0


def json_same(old: Any, new: Any) -> bool:
    """Whether two texts are the same JSON (policies come back with other spaces and key order)."""
    if old == new:
        return True
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    try:
        return bool(_canonical(json.loads(old)) == _canonical(json.loads(new)))
    except ValueError:
        return False


def _canonical(value: Any) -> Any:
    """JSON as IAM reads it: lists have no order, and a list of one is its element."""
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_canonical(item) for item in value]
        return (
            items[0]
            if len(items) == 1
            else sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
        )
    return value


def last_part(old: Any, new: Any) -> bool:
    """Whether an id and an ARN name the same thing: `<uuid>` and `arn:aws:kms:...:key/<uuid>`."""
    return (
        isinstance(old, str)
        and isinstance(new, str)
        and old.rsplit("/", 1)[-1] == new.rsplit("/", 1)[-1]
    )
