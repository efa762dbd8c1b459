"""One thing that was looked at: by whom, when, what should have been seen and what was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evidence.model import Record, Stage, Verdict

from .repeat import command

MOST_TEXT = 400  # characters of one value
MOST_VALUES = 12


@dataclass(frozen=True)
class Answer:
    """One thing that was looked at: by whom, when, what should be seen and what was."""

    stage: Stage
    verdict: Verdict
    subject: str
    checker: str
    at: str
    values: tuple[tuple[str, str, str], ...]  # property, expected, observed
    calls: tuple[tuple[str, str, str], ...]  # API, time, request id
    commands: tuple[str, ...]
    unrepeated: tuple[str, ...]  # calls that are not repeated: they write, or answer a secret
    message: str
    digest: str
    echo: bool
    more_values: int = 0  # that are not shown


def answer(record: Record, region: str, tools: Mapping[str, str]) -> Answer:
    """A record as the report shows it."""
    calls = tuple((f"{c.service}:{c.operation}", c.time, c.request_id) for c in record.api)
    commands = {f"{c.service}:{c.operation}": command(c, region) for c in record.api}
    digests = [c.response_digest for c in record.api if c.response_digest]
    checker = record.test or tools.get("pack", "") or record.source
    return Answer(
        stage=record.stage,
        verdict=record.verdict,
        subject=record.subject.name or record.subject.arn or record.subject.urn,
        checker=checker,
        at=record.collected_at,
        values=tuple(_values(record)),
        calls=calls,
        commands=tuple(dict.fromkeys(command(c, region) for c in record.api if command(c, region))),
        unrepeated=tuple(name for name, text in commands.items() if not text),
        message=record.message or record.reason,
        digest=digests[-1] if digests else "",
        echo=record.echo,
        more_values=max(len(_names(record)) - MOST_VALUES, 0),
    )


def _values(record: Record) -> Iterable[tuple[str, str, str]]:
    for name in _names(record)[:MOST_VALUES]:
        yield name, shown(record.expected.get(name)), shown(record.observed.get(name))


def _names(record: Record) -> list[str]:
    names = [n for n in record.expected if n != "statement"]
    return names + [n for n in record.observed if n not in names]


def shown(value: Any) -> str:
    """A value as text, not endlessly long."""
    if value is None:
        return ""
    text = _flat(value)
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 1] + "…"


def _flat(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return ", ".join(f"{k}: {_flat(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_flat(v) for v in value) or "[]"
    return str(value)
