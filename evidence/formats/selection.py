"""What several formats pick out of evidence in the same way: what is open, and where."""

from __future__ import annotations

from collections.abc import Sequence

from evidence.model import WORST_FIRST, ControlResult, Evidence, Outcome, Record, Verdict

SEVERITIES = ("critical", "high", "medium", "low")
SETTLED = (Verdict.PASSED, Verdict.NOT_APPLICABLE, Verdict.OFF)
#: The program's entry, where a resource has no source line of its own.
ENTRY = "infra/__main__.py"


def severity_rank(severity: str) -> int:
    """0 is the worst; a word nobody knows comes last."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def keeps_shut(evidence: Evidence, verdict: Verdict, level: str) -> bool:
    """True where this verdict is one of the reasons for which the gate did not open."""
    open_verdicts = (Verdict.FAILED, Verdict.ERROR, Verdict.NOT_EVALUATED)
    opened = evidence.run.outcome is Outcome.PASSED
    return not opened and verdict in open_verdicts and level == "mandatory"


def subject(record: Record) -> str:
    """The subject in full: its URN, else ARN, else what else is known of it."""
    known = record.subject
    return known.urn or known.arn or known.name or known.type or "the stack"


def short(record: Record) -> str:
    """The subject as a person calls it."""
    known = record.subject
    return known.name or known.arn or known.urn.rpartition("::")[2] or known.type or "the stack"


def level(control: ControlResult | None, record: Record) -> str:
    """The level at which the record counts: its own, else its control's; unknown is mandatory."""
    return record.level or (control.level if control else "mandatory")


def open_records(evidence: Evidence) -> list[tuple[ControlResult | None, Record]]:
    """Whatever is not a pass, worst verdict first, then by severity, control and subject.

    Advisory ones come after all that keep the gate shut. A control that is open without any record
    of its own (nobody evaluated it) is not among them: `open_controls` has those.
    """
    controls = {c.id: c for c in evidence.controls}
    found = [(controls.get(r.control), r) for r in evidence.records if r.verdict not in SETTLED]
    found.sort(
        key=lambda pair: (
            level(*pair) != "mandatory",
            WORST_FIRST.index(pair[1].verdict),
            severity_rank(pair[0].severity if pair[0] else ""),
            pair[1].control,
            subject(pair[1]),
            pair[1].message,
        )
    )
    return found


def open_controls(evidence: Evidence) -> list[ControlResult]:
    """Controls whose own verdict is open and worse than that of each of their records."""
    said: dict[str, int] = {}
    for record in evidence.records:
        rank = WORST_FIRST.index(record.verdict)
        said[record.control] = min(rank, said.get(record.control, len(WORST_FIRST)))
    return [
        c
        for c in evidence.controls
        if c.verdict not in SETTLED
        and WORST_FIRST.index(c.verdict) < said.get(c.id, len(WORST_FIRST))
    ]


def sources(evidence: Evidence) -> dict[str, tuple[str, int]]:
    """URN -> file of the program, relative to the project, and line, where the engine told it."""
    found = {}
    for resource in evidence.resources:
        place = parse_source(resource.source)
        if place:
            found[resource.urn] = place
    return found


def parse_source(source: str) -> tuple[str, int] | None:
    """("infra/a.py", 42) of "infra/a.py:42"; None for whatever is no place inside the project."""
    path, _, number = source.rpartition(":")
    if not number.isascii() or not number.isdigit() or not 0 < int(number) < 10**7:
        return None
    parts = path.split("/")
    if not path or path.startswith("/") or "\\" in path or ":" in path:
        return None
    if any(part in ("", ".", "..") for part in parts):
        return None
    return path, int(number)


def place(record: Record, known: dict[str, tuple[str, int]]) -> tuple[str, int]:
    """Where in the program the subject of a record is made; its entry file where nobody knows."""
    return known.get(record.subject.urn, (ENTRY, 1))


def requirements_of(record: Record, control: ControlResult | None) -> Sequence[str]:
    """The requirements that a record answers for."""
    return record.requirements or (control.requirements if control else ())
