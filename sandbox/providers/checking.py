"""Check: what the user wrote becomes the inputs that the engine keeps, or a list of mistakes.

Faithful to the vendor's bridge (v3.127 on): only truthy defaults are added, a name left out is made
once and kept, `__defaults` lists what was added, region and tagsAll come from the provider.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.providers.framework import Inputs, TypeRule
from sandbox.providers.names import random_hex
from sandbox.providers.schema import Property, Shape, TypeSchema
from sandbox.providers.values import DEFAULTS, UNKNOWN, has_unknown, without_defaults

RANDOM_DIGITS = 7


@dataclass(frozen=True, slots=True)
class Scope:
    """What the provider's own configuration adds to each resource."""

    region: str | None = None
    default_tags: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One call of Check: the resource's name and urn, old inputs, and the engine's random seed."""

    name: str
    urn: str
    olds: Inputs
    news: Inputs
    seed: bytes
    proposed_name: str | None = None


def check(
    schema: TypeSchema, rule: TypeRule, scope: Scope, request: Request
) -> tuple[Inputs, list[str]]:
    """The checked inputs and the mistakes, each one line."""
    mistakes: list[str] = []
    written = {
        key: value
        for key, value in request.news.items()
        if not key.startswith("__") and value is not None
    }
    inputs = _object(written, schema.inputs, request.name, mistakes, rule, "")
    added: list[str] = []
    for key, value in rule.defaults.items():
        if key not in inputs and key in schema.inputs:
            inputs[key] = value
            added.append(key)
    if name := _auto_name(schema, rule, request, inputs, mistakes):
        inputs[rule.auto_name.property] = name  # type: ignore[union-attr]
        added.append(rule.auto_name.property)  # type: ignore[union-attr]
    if scope.region and "region" in schema.inputs and "region" not in inputs:
        inputs["region"] = scope.region
    if not rule.plugin_framework:
        if "tagsAll" in schema.outputs:
            inputs["tagsAll"] = all_tags(scope, inputs)
        inputs[DEFAULTS] = sorted(added)
    mistakes.extend(missing(schema.inputs, inputs, ""))
    plain = without_defaults(inputs)
    mistakes.extend(text for validate in rule.validators if (text := validate(plain)))
    return inputs, mistakes


def all_tags(scope: Scope, inputs: Inputs) -> Any:
    """The tags of the resource over those of the provider; unknown as a whole if one is unknown."""
    tags = inputs.get("tags") or {}
    if has_unknown(tags):
        return UNKNOWN
    return {**(scope.default_tags or {}), **(tags if isinstance(tags, dict) else {})}


def missing(properties: Mapping[str, Property], inputs: Inputs, path: str) -> Iterator[str]:
    """Required inputs that are not there, at any depth."""
    for name, item in properties.items():
        value = inputs.get(name)
        if value is None:
            if not item.optional:
                yield f"Missing required property '{path}{name}'"
            continue
        inner = item.shape.element if item.shape.kind == "list" else item.shape
        if inner is None or inner.kind != "object":
            continue
        for index, element in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(element, dict):
                where = f"{path}{name}[{index}]." if isinstance(value, list) else f"{path}{name}."
                yield from missing(inner.fields, element, where)


def _auto_name(
    schema: TypeSchema, rule: TypeRule, request: Request, inputs: Inputs, mistakes: list[str]
) -> str | None:
    """The name made for a resource, if it needs one: the old one as long as it was made, too."""
    auto = rule.auto_name
    if (
        auto is None
        or auto.property not in schema.inputs
        or (rule.plugin_framework and auto.property == "name")
    ):
        return None
    if (
        not schema.inputs[auto.property].optional
        or schema.inputs[auto.property].shape.kind != "str"
    ):
        return None
    if auto.property in inputs or f"{auto.property}Prefix" in inputs:
        return None
    if auto.property in (request.olds.get(DEFAULTS) or []) and request.olds.get(auto.property):
        return str(request.olds[auto.property])
    if request.proposed_name:
        return request.proposed_name
    name = f"{auto.prefix}{request.name}-{random_hex(request.seed, request.urn, RANDOM_DIGITS)}"
    if len(name) > auto.max_length:
        mistakes.append(
            f"name '{auto.prefix}{request.name}' plus {RANDOM_DIGITS} random digits is longer than "
            f"the maximum of {auto.max_length} characters; set {auto.property}"
        )
    return name.lower() if auto.lower else name


def _object(
    values: Inputs,
    properties: Mapping[str, Property],
    path: str,
    mistakes: list[str],
    rule: TypeRule,
    inside: str,
) -> Inputs:
    """An object with its values in the types of the schema; unknown names are mistakes."""
    made: Inputs = {}
    for name, value in values.items():
        if name not in properties:
            near = difflib.get_close_matches(name, properties, 1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            mistakes.append(f"unknown property '{name}' at '{path}.{name}'{hint}")
            continue
        inner = f"{inside}.{name}" if inside else name
        made[name] = _value(value, properties[name].shape, f"{path}.{name}", mistakes, rule, inner)
    return made


def _value(
    value: Any, shape: Shape, path: str, mistakes: list[str], rule: TypeRule, inside: str
) -> Any:
    if value == UNKNOWN or value is None or shape.kind == "any":
        return value
    if shape.kind == "list" and isinstance(value, list) and shape.element:
        element = shape.element
        return [
            _value(item, element, f"{path}[{i}]", mistakes, rule, inside)
            for i, item in enumerate(value)
        ]
    if shape.kind == "map" and isinstance(value, dict) and shape.element:
        element = shape.element
        return {
            key: _value(item, element, f"{path}.{key}", mistakes, rule, inside)
            for key, item in value.items()
            if not key.startswith("__")
        }
    if shape.kind == "object" and isinstance(value, dict):
        written = {
            key: item
            for key, item in value.items()
            if not key.startswith("__") and item is not None
        }
        made = _object(written, shape.fields, path, mistakes, rule, inside)
        extra = {
            key: item
            for key, item in rule.nested_defaults.get(inside, {}).items()
            if key not in made
        }
        made.update(extra)
        if not rule.plugin_framework:
            made[DEFAULTS] = sorted(extra)
        return made
    return _scalar(value, shape, path, mistakes)


def _scalar(value: Any, shape: Shape, path: str, mistakes: list[str]) -> Any:
    kind = shape.kind
    if kind == "str":
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, (int, float)):
            return f"{value:g}" if isinstance(value, float) else str(value)
        if isinstance(value, (dict, list)):  # policies may be written as objects
            import json

            return (
                UNKNOWN
                if has_unknown(value)
                else json.dumps(without_defaults(value), separators=(",", ":"))
            )
    elif kind == "bool":
        if isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return value == "true"
    elif kind in ("int", "float"):
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
        try:
            number = float(value) if isinstance(value, str) else None
        except ValueError:
            number = None
        if number is not None:
            return int(number) if number.is_integer() else number
    expected = {
        "str": "a text",
        "bool": "true or false",
        "int": "a number",
        "float": "a number",
        "map": "a map",
    }
    wanted = expected.get(kind, f"{'an' if kind == 'object' else 'a'} {kind}")
    mistakes.append(f"expected {wanted} at '{path}', got {_kind(value)}")
    return value


def _kind(value: Any) -> str:
    names = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), type(value).__name__)
