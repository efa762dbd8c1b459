"""The engine's names as a Python program writes them."""

from __future__ import annotations

import re


def as_python(key: str) -> str:
    """The property as a program writes it: `subnet_group_name` for `subnetGroupName`."""
    return re.sub(r"(?<!^)[A-Z]", lambda m: f"_{m[0]}", key).lower()
