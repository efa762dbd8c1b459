"""Names: Terraform's and Python's spelling of Pulumi's, and the names made for resources."""

from __future__ import annotations

import hashlib
import re


def snake(name: str) -> str:
    """`deletionWindowInDays` -> `deletion_window_in_days`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])|(?<=[A-Z])([A-Z])(?=[a-z])", r"_\1\2", name).lower()


def random_hex(seed: bytes, urn: str, digits: int = 7) -> str:
    """The tail of an auto-name: the engine's seed of this run decides it."""
    return hashlib.sha256(seed + urn.encode()).hexdigest()[:digits]
