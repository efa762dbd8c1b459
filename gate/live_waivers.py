"""Waivers in a live run: what was excused in the plan is excused on the deployed resource.

The cloud names resources by ARN, waivers by URN; the stack's state knows both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from evidence.model import Record, Verdict

from .waivers import Book


def excused(
    records: Iterable[Record], book: Book, resources: Iterable[Mapping[str, Any]]
) -> tuple[Record, ...]:
    """The records, with those waived that failed on a resource under a waiver in date."""
    urns: dict[str, str] = {}
    for resource in resources:
        outputs = resource.get("outputs") or {}
        for name in {str(outputs.get("arn") or ""), str(resource.get("id") or "")} - {""}:
            # a name that two resources bear excuses neither
            urn = resource["urn"]
            urns[name] = urn if urns.get(name, urn) == urn else ""
    return tuple(_excused(r, book, urns) for r in records)


def _excused(record: Record, book: Book, urns: Mapping[str, str]) -> Record:
    if record.verdict is not Verdict.FAILED:
        return record
    subject = record.subject
    urn = subject.urn or urns.get(subject.arn, "") or urns.get(subject.name, "")
    entry = book.covering(record.control, urn)
    if entry is None:
        return record
    reason = f"waived by {entry.id} until {entry.expires_on}"
    return replace(record, verdict=Verdict.WAIVED, waiver=entry.id, reason=reason)
