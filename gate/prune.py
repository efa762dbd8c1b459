"""`python -m gate prune`: delete runs that are older than they must be kept, oldest first.

Not deleted, however old: the newest run of each stage, the last `up` and the preview before it,
and what came after any of these. The chain goes on from the record of the last run deleted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from evidence import canonical, chain, history, retention
from evidence.errors import EvidenceError
from evidence.model import Stage
from evidence.store import (
    ATTESTATION,
    EVIDENCE,
    REPORT,
    history_file,
    read_history,
    write_atomically,
)

from . import console, header
from .errors import GateError, NotProven
from .paths import Paths


def prune(paths: Paths, months: str, now: datetime) -> int:
    """Delete them; returns 0. Raises GateError, and NotProven when the chain is broken."""
    wanted = least(months)
    assurance = header.assurance_of(paths.stack)
    file = history_file(paths.reports, assurance)
    try:
        wrong = chain.read(paths.reports, assurance, runs=False).warnings
        if wrong:
            raise NotProven(f"nothing was deleted, the chain is broken: {wrong[0]}")
        every = read_history(file)
        entries = retention.kept(paths.reports, assurance, every).entries
        gone = old(entries, retention.months_before(now, wanted))
        if gone:
            retention.note(paths.reports, assurance, gone, wanted, now)
    except EvidenceError as e:
        raise GateError(str(e)) from None
    left = entries[len(gone) :]
    for entry in every[: len(every) - len(left)]:  # also those of a pruning that was interrupted
        _delete(paths.reports, str(entry["file"]))
    if len(left) < len(every):
        text = "".join(canonical.dumps(e) + "\n" for e in left)
        write_atomically(file, text.encode())
    upto = f", the last of {gone[-1]['finished_at']}" if gone else ""
    console.show(
        f"{len(gone)} runs older than {wanted} months deleted{upto}; {len(left)} runs kept\n"
    )
    return 0


def least(months: str) -> int:
    """How many months are kept; raises GateError below 13."""
    if not months.isdecimal() or int(months) < retention.MONTHS:
        raise GateError(
            f"evidence is kept for {retention.MONTHS} months at least, not {months or 'none'}; "
            f"give --months {retention.MONTHS} or more"
        )
    return int(months)


def old(entries: Sequence[Mapping[str, Any]], limit: datetime) -> list[Mapping[str, Any]]:
    """The runs at the old end that ended before the limit and that nothing needs."""
    first_needed = min(_needed(entries), default=0)
    found = []
    for entry in entries[:first_needed]:
        if history.moment(str(entry["finished_at"])) >= limit:
            break
        found.append(entry)
    return found


def _needed(entries: Sequence[Mapping[str, Any]]) -> set[int]:
    """The places of the newest run of each stage and of the preview that was deployed last."""
    needed = {str(e["stage"]): n for n, e in enumerate(entries)}
    last = max((n for n, e in enumerate(entries) if e["command"] == "up"), default=-1)
    plans = [n for n, e in enumerate(entries[: max(last, 0)]) if e["stage"] == Stage.PLANNED]
    return {*needed.values(), *plans[-1:]}


def _delete(folder: Path, name: str) -> None:
    """The evidence of a run and what was drawn from it, all in this folder."""
    stem = Path(name).name.removesuffix(EVIDENCE)
    for ending in (REPORT, ATTESTATION, EVIDENCE):  # without the last nothing tells of the others
        (folder / f"{stem}{ending}").unlink(missing_ok=True)
