"""How long runs are kept, and what is left of those that were not: a record of their last digest.

The chain of digests goes on from that record, so that a history whose old end was pruned can be
verified as one that was not.
"""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .errors import EvidenceError
from .history import moment
from .model import Assurance
from .store import prefix, write_atomically

MONTHS = 13  # the least that is kept
MEMBERS = {"at", "months", "runs", "first_finished_at", "last"}


@dataclass(frozen=True)
class Kept:
    """A history without what was pruned: `before` is the digest its first run links to."""

    entries: list[dict[str, Any]]
    before: str
    warnings: tuple[str, ...] = ()


def file_of(folder: Path, assurance: Assurance) -> Path:
    """Where the prunings are recorded, oldest first."""
    return folder / f"{prefix(assurance)}pruned.json"


def prunings(folder: Path, assurance: Assurance) -> list[dict[str, Any]]:
    """The record; raises EvidenceError when it is damaged."""
    path = file_of(folder, assurance)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError):
        found = None
    whole = isinstance(found, list) and all(
        isinstance(f, dict) and set(f) == MEMBERS for f in found
    )
    if not whole or not found:
        raise EvidenceError(
            f"{path.name} is damaged; restore it from the store outside: the chain begins there"
        )
    return list(found)


def kept(folder: Path, assurance: Assurance, entries: Sequence[Mapping[str, Any]]) -> Kept:
    """The runs that were not pruned. A pruning that was interrupted counts as done."""
    made = prunings(folder, assurance)
    own = [dict(e) for e in entries]
    if not made:
        return Kept(own, "")
    before = str(made[-1]["last"]["digest"])
    places = [n for n, e in enumerate(own) if e["digest"] == before]
    return Kept(own[places[0] + 1 :] if places else own, before, tuple(_early(made)))


def _early(made: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in made:
        last, at = str(one["last"]["finished_at"]), str(one["at"])
        try:
            early = moment(last) >= months_before(moment(at), MONTHS)
        except ValueError:
            early = True
        if early:
            yield f"runs up to {last} were pruned at {at}, before their {MONTHS} months were over"


def note(folder: Path, assurance: Assurance, gone: Sequence[Mapping[str, Any]], months: int,
         now: datetime) -> None:  # fmt: skip
    """Record that these runs, the oldest ones, go; raises EvidenceError, OSError."""
    last = {name: gone[-1][name] for name in ("run_id", "digest", "finished_at", "file")}
    one = {
        "at": now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "months": months,
        "runs": len(gone),
        "first_finished_at": gone[0]["finished_at"],
        "last": last,
    }
    made = [*prunings(folder, assurance), one]
    write_atomically(file_of(folder, assurance), (json.dumps(made, indent=1) + "\n").encode())


def months_before(now: datetime, months: int) -> datetime:
    """The same day of the month so many months ago, or that month's last."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)


def months_after(then: datetime, months: int) -> datetime:
    """The same day of the month so many months later, or that month's last."""
    return months_before(then, -months)
