"""The runs that the machine formats are drawn from: failing, passing, waived and undecided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from compliance_tests.samples import replay, world
from evidence.formats.registry import View
from evidence.model import Evidence, Verdict

ROOT = Path(__file__).parents[3]
CONTROL = "key-rotation"


def planned() -> Evidence:
    return world.triple(3, 12)[0]


def failed(evidence: Evidence) -> Evidence:
    return replay.verdict(CONTROL, Verdict.FAILED, "enableKeyRotation is false")(evidence)


def waived(evidence: Evidence) -> Evidence:
    return replay.waived(CONTROL, "2026-12-31")(evidence)


def undecided(evidence: Evidence) -> Evidence:
    return replay.verdict(CONTROL, Verdict.NOT_EVALUATED, "it is unknown")(evidence)


def view(change: Callable[[Evidence], Evidence] = replay.same) -> View:
    return View((change(planned()),))


def strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a JSON document, with the name of the member that it is in."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from strings(member, name)
    elif isinstance(value, list):
        for member in value:
            yield from strings(member, key)
    elif isinstance(value, str):
        yield key, value
