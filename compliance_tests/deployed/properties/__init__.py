"""Each property of each resource of the stack, as the cloud answers it, in the state's own shape.

The state says what Pulumi last knew. These readers ask the service again, for every property that
the program sets and for every one that a control governs; `gaps.json` lists those that cannot be
asked, each with one of the five codes. A property that is in neither is a test that fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from evidence.live import Check

from ..stack import Cloud, Resource
from . import database, keys, network, stores
from .shape import ASKED_ELSEWHERE

Reader = Callable[[Check, Cloud, Resource], Mapping[str, Any]]

#: Type to what reads its properties. Pulumi's own resources (random:) are in no cloud.
READERS: dict[str, Reader] = {
    **network.READERS,
    **keys.READERS,
    **stores.READERS,
    **database.READERS,
}

__all__ = ["ASKED_ELSEWHERE", "READERS", "Reader"]
