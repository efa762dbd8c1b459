"""The tags a resource will carry, and what the SDK says of each type's name and tags."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from core import UNKNOWN, Malformed, Resource, Undecided, Value

from ._json import parse

#: For each type token: `name` (the property of its physical name), `prefix`, `tags`. Generated
#: from the SDK, see compliance_tests/unit/pack_data.
TYPES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "types.json").read_text(encoding="utf-8")
)["types"]

REQUIRED = ("Environment", "Project", "ManagedBy", "Name")
PRODUCTION = ("Owner", "DataClass")  # the production profile asks for these too


def tag(resource: Resource, key: str) -> str | None:
    """The tag's value as the resource will carry it: its own, else the provider's default.

    `tags` is read before `tagsAll`, which is unknown as a whole when one tag is. None when the
    tag is absent, or ignored by the provider. Raises Undecided or Malformed.
    """
    own = _mapping(resource.props.raw("tags"), "tags")
    every = resource.props.raw("tagsAll")
    value = own.get(key)
    if every is not None and isinstance(every, Mapping):
        # what the provider leaves out of tagsAll is not applied, whatever `tags` says
        value = None if every.get(key) is None else every[key] if value is None else value
    elif value is None:
        value = _provider(resource, "defaultTags", "tags").get(key)
    ignored = _provider(resource, "ignoreTags", "")
    if ignored and (
        key in _texts(ignored.get("keys")) or key.startswith(_texts(ignored.get("keyPrefixes")))
    ):
        return None
    if value is None or isinstance(value, str):
        return value
    path = f'tags["{key}"]'
    if value is UNKNOWN:
        raise Undecided(path)
    raise Malformed(path, "a text")


def _mapping(value: Value, path: str) -> Mapping[str, Value]:
    if isinstance(value, dict):  # the fast way
        return value
    if value is UNKNOWN:
        raise Undecided(path)
    if value is not None and not isinstance(value, Mapping):
        raise Malformed(path, "an object of texts")
    return value or {}


def _provider(resource: Resource, key: str, inner: str) -> Mapping[str, Value]:
    """An object of the provider's configuration, which arrives as JSON text."""
    value = resource.provider.props.raw(key) if resource.provider else None
    if value is None:
        return {}
    path = f"the provider's {key}"
    if isinstance(value, str):
        with suppress(ValueError):  # the text is refused just below
            value = parse(value)
    found = _mapping(value, path)
    return _mapping(found.get(inner), path) if inner else found


def _texts(value: Value) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list | tuple) else ()
