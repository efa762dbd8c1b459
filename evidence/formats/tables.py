"""Runs as CSV for spreadsheets: one row a record, or one row a control."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evidence import canonical
from evidence.model import Evidence

from . import selection
from .escape import line
from .registry import View

# What a spreadsheet takes for the beginning of a formula, in ASCII and in full width.
FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20|%")
MARK = "\ufeff"  # without it Excel reads UTF-8 as something else
LONGEST = 32_000  # a cell of Excel holds 32,767 characters

RUN = ("assurance", "stage", "stack", "run", "finished", "commit")
RECORD = (
    *RUN,
    *("control", "verdict", "level", "severity", "requirements", "source", "test"),
    *("type", "name", "urn", "arn", "decided_by", "expected", "observed", "echo"),
    *("message", "reason", "remediation", "waiver", "api", "request_ids", "collected_at", "where"),
)
CONTROL = (
    *RUN,
    *("control", "title", "statement", "verdict", "level", "severity", "owner", "requirements"),
    *("subjects", "to_evaluate", "evaluated", "missing", "awake", "gap", "reasons", "remediation"),
)


def records(view: View) -> str:
    """One row a record, in the order of the evidence."""
    return _csv(RECORD, (row for evidence in view.runs for row in _records(evidence)))


def controls(view: View) -> str:
    """One row a control: the rollup."""
    return _csv(CONTROL, (row for evidence in view.runs for row in _controls(evidence)))


def cell(value: Any) -> str:
    """One line that no spreadsheet computes."""
    text = line("" if value is None else str(value))
    if len(text) > LONGEST:
        text = text[:LONGEST] + "…"
    return f"'{text}" if text.startswith(FORMULA) else text


def _csv(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([cell(value) for value in row] for row in rows)
    return MARK + out.getvalue()


def _run(evidence: Evidence) -> tuple[str, ...]:
    run = evidence.run
    commit = run.commit.id + (" with local changes" if run.commit.dirty else "")
    assurance = run.assurance.value.upper()
    return (assurance, run.stage.value, run.stack, run.id, run.finished_at, commit)


def _records(evidence: Evidence) -> Iterable[Sequence[Any]]:
    start = _run(evidence)
    known = selection.sources(evidence)
    catalogue = {c.id: c for c in evidence.controls}
    for record in evidence.records:
        control = catalogue.get(record.control)
        about = record.subject
        path, number = known.get(about.urn, ("", 0))
        yield (
            *start,
            record.control,
            record.verdict.value,
            selection.level(control, record),
            control.severity if control else "",
            _list(selection.requirements_of(record, control)),
            record.source,
            record.test,
            about.type,
            about.name,
            about.urn,
            about.arn,
            record.decided_by,
            _map(record.expected),
            _map(record.observed),
            "yes" if record.echo else "",
            record.message,
            record.reason,
            record.remediation,
            record.waiver,
            _list(f"{a.service}:{a.operation}" for a in record.api),
            _list(a.request_id for a in record.api),
            record.collected_at,
            f"{path}:{number}" if path else "",
        )


def _controls(evidence: Evidence) -> Iterable[Sequence[Any]]:
    start = _run(evidence)
    for control in evidence.controls:
        population = control.population
        awake = {True: "yes", False: "no", None: "not asked"}[control.awake]
        yield (
            *start,
            control.id,
            control.title,
            control.statement,
            control.verdict.value,
            control.level,
            control.severity,
            control.owner,
            _list(control.requirements),
            control.subjects,
            len(population.expected),
            len(population.evaluated),
            len(population.missing),
            awake,
            control.gap,
            _list(control.reasons),
            control.remediation,
        )


def _list(values: Iterable[str]) -> str:
    return "; ".join(v for v in values if v)


def _map(values: Mapping[str, Any]) -> str:
    return _list(f"{k} = {_value(v)}" for k, v in sorted(values.items()))


def _value(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(canonical.plain(value), sort_keys=True, ensure_ascii=False, default=str)
