"""Values as a program gives them by pulumi.Output.secret."""

from __future__ import annotations

from collections.abc import Mapping

from core import SecretText, Value
from core.values import SecretNumber


def marked(value: Value) -> Value:
    """The value with every text and number in it marked as secret."""
    if isinstance(value, SecretText | SecretNumber | bool):
        return value
    if isinstance(value, str):
        return SecretText(value)
    if isinstance(value, int | float):
        return SecretNumber(value)
    if isinstance(value, Mapping):
        return {key: marked(item) for key, item in value.items()}
    return [marked(item) for item in value] if isinstance(value, list | tuple) else value
