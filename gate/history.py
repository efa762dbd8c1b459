"""`python -m gate history`: is the chain of runs whole, and did each run come that was expected?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from evidence import chain, retention
from evidence import history as evidence_history
from evidence.errors import EvidenceError
from evidence.model import Outcome
from evidence.store import history_file, read_history

from . import console, header
from .errors import GateError
from .paths import Paths

GRACE = 1.5  # a scheduled run may start late: half an interval is no gap yet


def every(hours: float | None) -> float:
    """The hours asked for, else those of the setting; raises GateError."""
    try:
        return evidence_history.cadence() / timedelta(hours=1) if hours is None else hours
    except EvidenceError as e:
        raise GateError(str(e)) from None


def history(paths: Paths, command: str, every_hours: float, now: datetime) -> int:
    """Print the runs of `command`, and what is missing.

    Returns the exit code: 2 when a file is gone or was changed, or a run did not come in time.
    Raises GateError when there is no history to read.
    """
    if every_hours <= 0:
        raise GateError("--every must be a number of hours above 0; write for example --every 24")
    assurance = header.assurance_of(paths.stack)
    try:
        entries = read_history(history_file(paths.reports, assurance))
        pruned = retention.prunings(paths.reports, assurance)
        broken = chain.read(paths.reports, assurance, runs=False).warnings
    except EvidenceError as e:
        raise GateError(str(e)) from None
    own = [e for e in entries if e["command"] == command]
    missing = list(gaps(own, timedelta(hours=every_hours), now))
    for one in pruned:
        last = one["last"]["finished_at"]
        console.show(f"pruned on {one['at']}: {one['runs']} runs, up to the one of {last}\n")
    for line in [*broken, *missing]:
        console.show(f"missing: {line}\n")
    console.show(
        f"{len(own)} runs of {command}, {len(entries)} runs in the chain, "
        f"{len(broken)} broken links, {len(missing)} gaps\n"
    )
    return Outcome.NOT_PROVEN.exit_code if broken or missing else 0


def gaps(entries: Iterable[Mapping[str, Any]], every: timedelta, now: datetime) -> Iterable[str]:
    """Each stretch in which no run ended for one and a half intervals, the one up to now too."""
    ends = [datetime.fromisoformat(str(e["finished_at"])) for e in entries]
    if not ends:
        yield "no run at all"
        return
    for before, after in zip(ends, [*ends[1:], now.astimezone(UTC)], strict=True):
        if after - before > every * GRACE:
            yield f"no run between {before:%Y-%m-%d %H:%M} and {after:%Y-%m-%d %H:%M} UTC"
