"""Waivers as the gate reads them: apart from the pack, so that each sees the other's mistakes.

`policies/waivers.yaml` is read as plain text values, held to waivers.schema.json and to the rules
that no schema can say. What breaks one shuts the gate before the engine starts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from evidence.model import Waiver, WaiverState

from . import people
from .catalog import Catalog
from .errors import GateError, NotProven

NAME = "policies/waivers.yaml"
NEVER = Path(__file__).with_name("never_waived.json")
SCHEMA = Path(__file__).with_name("waivers.schema.json")
LONGEST = timedelta(90)
LONGEST_CRITICAL = timedelta(30)
SOON = timedelta(14)
# Under this name the pack reports what is wrong with a waiver; no control has it.
POLICY = "waivers"


@dataclass(frozen=True)
class Entry:
    """One waiver, with what its forerunners add: how often it was renewed, and since when it is."""

    id: str
    control: str
    resources: tuple[str, ...]
    reason: str
    compensating_control: str
    ticket: str
    requested_by: str
    approved_by: str
    approved_on: date
    expires_on: date
    first_approved_on: date
    renewals: int = 0
    lines: tuple[int, int] = (0, 0)  # where it stands in the file, counted from 0

    def of_stack(self, stack: str, project: str) -> tuple[str, ...]:
        """Its resources in this stack."""
        ours = [f"urn:pulumi:{stack}", project]
        return tuple(u for u in self.resources if u.split("::")[:2] == ours)


@dataclass(frozen=True)
class Book:
    """All waivers of the file, on one day (UTC)."""

    entries: tuple[Entry, ...] = ()
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    def covering(self, control: str, urn: str) -> Entry | None:
        """The waiver in date that excuses the control on the resource."""
        return next((e for e in self.entries if self._covers(e, control, urn)), None)

    def _covers(self, entry: Entry, control: str, urn: str) -> bool:
        return entry.control == control and urn in entry.resources and not self.over(entry)

    def over(self, entry: Entry) -> bool:
        """True from the day after its last valid one."""
        return self.today > entry.expires_on

    def of_stack(self, stack: str, project: str) -> tuple[Entry, ...]:
        """The waivers that name a resource of the stack."""
        return tuple(e for e in self.entries if e.of_stack(stack, project))

    def expired(self, stack: str, project: str) -> list[str]:
        """One line for each waiver of the stack that is over."""
        return [
            f"the waiver {e.id} expired on {e.expires_on}: mend the resource and retire the waiver,"
            " or have a new one approved"
            for e in self.of_stack(stack, project)
            if self.over(e)
        ]

    def digestible(self) -> list[dict[str, Any]]:
        """What the pack's trace must say of the same file."""
        return [
            {
                "id": e.id,
                "control": e.control,
                "resources": list(e.resources),
                "expires_on": str(e.expires_on),
            }
            for e in self.entries
        ]

    def told(
        self,
        stack: str,
        project: str,
        used: Iterable[str],
        missing: Mapping[str, str],
    ) -> tuple[Waiver, ...]:
        """The waivers of the stack for a report.

        Args:
            stack: the stack's name.
            project: the project's name.
            used: ids of those that excused a failure in this run.
            missing: by id, why a waiver matches nobody.
        """
        excused = set(used)
        return tuple(
            self._told(e, e.id in excused, missing.get(e.id, ""))
            for e in self.of_stack(stack, project)
        )

    def _told(self, entry: Entry, used: bool, missing: str) -> Waiver:
        state, why = WaiverState.UNUSED, "nothing failed that it excuses: retire it"
        if self.over(entry):
            state, why = WaiverState.EXPIRED, f"expired on {entry.expires_on}"
        elif missing:
            state, why = WaiverState.UNMATCHED, missing
        elif used:
            soon = entry.expires_on - self.today <= SOON
            state, why = WaiverState.ACTIVE, f"ends on {entry.expires_on}" if soon else ""
        return Waiver(
            id=entry.id,
            control=entry.control,
            resources=entry.resources,
            state=state,
            reason=entry.reason,
            compensating_control=entry.compensating_control,
            ticket=entry.ticket,
            requested_by=entry.requested_by,
            approved_by=entry.approved_by,
            approved_on=str(entry.approved_on),
            expires_on=str(entry.expires_on),
            first_approved_on=str(entry.first_approved_on),
            renewals=entry.renewals,
            why=why,
        )


def load(root: Path, known: Catalog, today: date | None = None) -> Book:
    """Read and check the file of the checkout at `root`; none means no waivers.

    Raises:
        NotProven: it breaks a rule; the text is one line with the waiver's id.
    """
    path = root / NAME
    day = today or datetime.now(UTC).date()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Book((), day)
    except (OSError, UnicodeDecodeError) as e:
        raise NotProven(
            f"{NAME} cannot be read ({type(e).__name__}); restore it from git"
        ) from None
    document, lines = _read(text)
    old = {e["id"]: e for e in document.get("retired", ())}
    entries = tuple(
        _entry(e, old, where) for e, where in zip(document.get("waivers", ()), lines, strict=True)
    )
    ids = Counter([e["id"] for e in document.get("retired", ())] + [e.id for e in entries])
    pairs = Counter((e.control, urn) for e in entries for urn in e.resources)
    writers = people.writers(root, NAME) if entries else {}
    for entry in entries:
        if ids[entry.id] > 1:
            raise _wrong(entry.id, "its id stands twice; ids are never used again")
        for urn in entry.resources:
            if pairs[entry.control, urn] > 1:
                raise _wrong(entry.id, f"another waiver excuses {entry.control} on {urn} too")
        _check(entry, known, day)
        by = {w for n, w in writers.items() if entry.lines[0] <= n < entry.lines[1]}
        if people.mailbox(entry.approved_by) in by:
            raise _wrong(entry.id, f"{entry.approved_by} approved it and wrote it as well")
    return Book(entries, day)


def _wrong(name: str, text: str) -> NotProven:
    return NotProven(f"{NAME}: {name}: {text}; see docs/gate.md, Waivers")


def _read(text: str) -> tuple[dict[str, Any], list[tuple[int, int]]]:
    """The document with every scalar as it is written, and the lines of each waiver."""
    import yaml

    try:
        aliases = [e for e in yaml.parse(text, yaml.BaseLoader) if isinstance(e, yaml.AliasEvent)]
        root: Any = yaml.compose(text, Loader=yaml.BaseLoader)
        _once(root)
        document = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 (makes texts and no more)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as e:
        raise NotProven(f"{NAME} is no YAML: {' '.join(str(e).split())[:200]}") from None
    if aliases:
        raise NotProven(f"{NAME}: an alias (*name) hides what is approved; write it out")
    if fault := _schema_fault(document):
        raise NotProven(f"{NAME} breaks its schema: {fault}; see docs/gate.md, Waivers")
    nodes: list[Any] = next((v.value for k, v in root.value if k.value == "waivers"), [])
    return document, [(n.start_mark.line, n.end_mark.line) for n in nodes]


def _once(node: Any) -> None:
    """Of a key that stands twice the second would win without a word."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        keys = [str(k.value) for k, _ in node.value]
        if len(set(keys)) < len(keys):
            raise yaml.YAMLError(f"a key stands twice from line {node.start_mark.line + 1} on")
        for _, value in node.value:
            _once(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _once(value)


@cache
def _validator() -> Any:
    import jsonschema_rs

    return jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _schema_fault(document: Any) -> str:
    for error in _validator().iter_errors(document):
        where = ".".join(str(p) for p in error.instance_path)
        return f"{where or 'the file'}: {' '.join(error.message.split())[:200]}"
    return ""


def _entry(entry: Mapping[str, Any], old: Mapping[str, Any], lines: tuple[int, int]) -> Entry:
    chain = [entry]
    while (before := chain[-1].get("renews")) is not None:
        found = old.get(before)
        same = found is not None and found["control"] == entry["control"]
        if found is None or not same or not {*found["resources"]} & {*entry["resources"]}:
            text = f"it renews {before!r}, which is not retired for its control and resource"
            raise _wrong(entry["id"], text)
        if found in chain:
            raise _wrong(entry["id"], "its renewals go in a circle")
        chain.append(found)
    for other in old.values():
        same = other["control"] == entry["control"]
        if same and {*other["resources"]} & {*entry["resources"]} and other not in chain:
            raise _wrong(entry["id"], f"it follows {other['id']} and must say so: renews")
    return Entry(
        id=entry["id"],
        control=entry["control"],
        resources=tuple(entry["resources"]),
        reason=entry["reason"].strip(),
        compensating_control=entry["compensating_control"].strip(),
        ticket=entry["ticket"].strip(),
        requested_by=entry["requested_by"],
        approved_by=entry["approved_by"],
        approved_on=_day(entry, "approved_on"),
        expires_on=_day(entry, "expires_on"),
        first_approved_on=min(_day(e, "approved_on") for e in chain),
        renewals=len(chain) - 1,
        lines=lines,
    )


def _day(entry: Mapping[str, Any], key: str) -> date:
    try:
        return date.fromisoformat(entry[key])
    except ValueError:
        raise _wrong(entry["id"], f"{key} {entry[key]!r} is no day") from None


@cache
def never() -> frozenset[str]:
    """The controls that no waiver excuses: the gate's own list, beside the pack's marks."""
    try:
        return frozenset(json.loads(NEVER.read_text(encoding="utf-8")))
    except (OSError, ValueError) as e:
        raise GateError(f"gate/{NEVER.name} cannot be read: {e}; restore it from git") from None


def _check(entry: Entry, known: Catalog, today: date) -> None:
    control = known.control(entry.control)
    if control is None:
        raise _wrong(entry.id, f"there is no control {entry.control!r}")
    if not control.waivable or control.id in never():
        raise _wrong(entry.id, f"{control.id} cannot be waived")
    if people.mailbox(entry.requested_by) == people.mailbox(entry.approved_by):
        raise _wrong(entry.id, "who requested it has approved it")
    if entry.approved_on > today:
        raise _wrong(entry.id, f"it is approved on {entry.approved_on}, which is yet to come")
    most = LONGEST_CRITICAL if control.severity == "critical" else LONGEST
    if not timedelta(0) <= entry.expires_on - entry.approved_on < most:
        text = f"it runs from {entry.approved_on} to {entry.expires_on}, {most.days} days at most"
        raise _wrong(entry.id, f"{text} are allowed for a control of severity {control.severity}")
