"""Deviations past their review date: what somebody agreed to once is agreed to no longer.

They are read from the register's published JSON, so that the gate imports nothing of the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from . import reference
from .errors import GateError

FILE = "compliance_tests/register/deviations.toml"


@dataclass(frozen=True)
class Deviation:
    """One entry of the register: what is knowingly done otherwise, on which stacks, until when."""

    id: str
    title: str
    stacks: tuple[str, ...]
    approver: str  # a role
    review: date


def of(entries: Any) -> tuple[Deviation, ...]:
    """The deviations as the register publishes them; raises GateError."""
    try:
        return tuple(
            Deviation(
                str(e["id"]),
                str(e["title"]),
                tuple(e["stacks"]),
                str(e["approver"]),
                date.fromisoformat(e["review"]),
            )
            for e in list(entries)
        )
    except (KeyError, TypeError, ValueError) as e:
        text = f"the register's deviations cannot be read ({e}); {reference.REMEDY}"
        raise GateError(text) from None


def overdue(entries: Iterable[Deviation], stack: str, at: str) -> Iterator[str]:
    """One line for each deviation of the stack whose review date is past at the time `at` (UTC)."""
    today = date.fromisoformat(at[:10])
    for entry in entries:
        if stack in entry.stacks and today > entry.review:
            yield (
                f"the deviation {entry.id} ({entry.title}) was to be reviewed by {entry.review}: "
                f"its approver ({entry.approver}) renews it with a new date in {FILE}, or it ends"
            )
