"""Checks of inputs as data: each factory gives a Validator for a TypeRule.

A validator gets the inputs of Check and gives the text of the mistake or None. What is absent or
unknown is never a mistake. Texts are those of the vendor's provider, so names are snake_case.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.providers.framework import Inputs, Validator
from sandbox.providers.names import snake
from sandbox.providers.values import UNKNOWN, has_unknown


def at(inputs: Inputs, path: str) -> Iterator[Any]:
    """The known values at a path; `ingress.cidrBlocks` goes through lists and objects."""
    values: list[Any] = [inputs]
    for name in path.split("."):
        found: list[Any] = []
        for value in values:
            item = value.get(name) if isinstance(value, dict) else None
            found.extend(item if isinstance(item, list) else [item])
        values = found
    yield from (value for value in values if value is not None and not has_unknown(value))


def each(path: str, mistake: Callable[[str, Any], str | None]) -> Validator:
    """Apply `mistake(snake_name, value)` to each known value at a path."""
    name = snake(path.rsplit(".", 1)[-1])

    def validate(inputs: Inputs) -> str | None:
        return next((text for value in at(inputs, path) if (text := mistake(name, value))), None)

    return validate


def one_of(path: str, *allowed: Any) -> Validator:
    """The value is one of a list."""
    shown = " ".join(json.dumps(item) for item in allowed)

    def mistake(name: str, value: Any) -> str | None:
        return None if value in allowed else f"expected {name} to be one of [{shown}], got {value}"

    return each(path, mistake)


def between(path: str, low: float, high: float, *also: float) -> Validator:
    """The number is in a range, or one of `also`."""

    def mistake(name: str, value: Any) -> str | None:
        if not isinstance(value, (int, float)) or low <= value <= high or value in also:
            return None
        return f"expected {name} to be in the range ({low:g} - {high:g}), got {value:g}"

    return each(path, mistake)


def at_most(path: str, high: float) -> Validator:
    """The number is not above a bound."""

    def mistake(name: str, value: Any) -> str | None:
        if not isinstance(value, (int, float)) or value <= high:
            return None
        return f"expected {name} to be at most ({high:g}), got {value:g}"

    return each(path, mistake)


def length(path: str, low: int, high: int) -> Validator:
    """The text has so many characters."""

    def mistake(name: str, value: Any) -> str | None:
        if not isinstance(value, str) or low <= len(value) <= high:
            return None
        return (
            f"expected length of {name} to be in the range ({low} - {high}), "
            f"got {len(value)} characters"
        )

    return each(path, mistake)


def matches(path: str, pattern: str, text: str) -> Validator:
    """The text matches a pattern as a whole; `text` may use {name} and {value}."""
    compiled = re.compile(pattern)

    def mistake(name: str, value: Any) -> str | None:
        if not isinstance(value, str) or compiled.fullmatch(value):
            return None
        return text.format(name=name, value=value)

    return each(path, mistake)


def not_like(path: str, pattern: str, text: str) -> Validator:
    """The text does not have a pattern anywhere in it."""
    compiled = re.compile(pattern)

    def mistake(name: str, value: Any) -> str | None:
        if not isinstance(value, str) or not compiled.search(value):
            return None
        return text.format(name=name, value=value)

    return each(path, mistake)


def json_text(path: str) -> Validator:
    """The text is JSON."""

    def mistake(name: str, value: Any) -> str | None:
        try:
            json.loads(value)
        except (ValueError, TypeError) as error:
            return f'"{name}" contains an invalid JSON policy: {error}'
        return None

    return each(path, mistake)


def arn(path: str) -> Validator:
    """The text is an ARN."""
    text = '"{name}" ({value}) is an invalid ARN: arn: invalid prefix'
    return matches(path, r"arn:[\w-]+:[\w-]*:[\w-]*:\d*:.+", text)


def cidr4(path: str) -> Validator:
    """The text is an IPv4 network: `10.0.0.0/24`, not `10.0.0.1/24`."""
    return each(path, lambda name, value: _cidr(value, 4))


def cidr6(path: str) -> Validator:
    """The text is an IPv6 network."""
    return each(path, lambda name, value: _cidr(value, 6))


def prefix_length(path: str, low: int, high: int) -> Validator:
    """The network is not larger than /low and not smaller than /high."""

    def mistake(name: str, value: Any) -> str | None:
        if _cidr(value, 4) or low <= int(str(value).rsplit("/", 1)[1]) <= high:
            return None
        bits = str(value).rsplit("/", 1)[1]
        return (
            f'expected "{name}" to contain a network Value with between {low} and {high} '
            f"significant bits, got: {bits}"
        )

    return each(path, mistake)


def exactly_one(*names: str, text: str) -> Validator:
    """One of these properties is written, not more."""

    def validate(inputs: Inputs) -> str | None:
        return None if sum(_written(inputs.get(name)) for name in names) == 1 else text

    return validate


def any_of(*names: str, text: str) -> Validator:
    """At least one of these properties is written."""

    def validate(inputs: Inputs) -> str | None:
        return None if any(_written(inputs.get(name)) for name in names) else text

    return validate


def conflicts(name: str, *others: str) -> Validator:
    """A property does not stand beside others."""

    def validate(inputs: Inputs) -> str | None:
        for other in others:
            if _written(inputs.get(name)) and _written(inputs.get(other)):
                return (
                    f'Conflicting configuration arguments: "{snake(name)}": '
                    f"conflicts with {snake(other)}"
                )
        return None

    return validate


def rule(mistake: Callable[[Inputs], str | None], *needs: str) -> Validator:
    """A check of its own, made only when the properties it needs are not unknown."""

    def validate(inputs: Inputs) -> str | None:
        return None if any(has_unknown(inputs.get(name)) for name in needs) else mistake(inputs)

    return validate


def _written(value: Any) -> bool:
    return value == UNKNOWN or value not in (None, "", [])


def _cidr(value: Any, version: int) -> str | None:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return f'"{value}" is not a valid CIDR block: invalid CIDR address: {value}'
    if network.version != version or "/" not in str(value):
        return f'"{value}" is not a valid IPv{version} CIDR block'
    try:
        ipaddress.ip_network(value, strict=True)
    except ValueError:
        return f'"{value}" is not a valid IPv{version} CIDR block; did you mean "{network}"?'
    return None
