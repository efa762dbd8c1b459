"""Waivers as the gate reads them: apart from the pack, so that each sees the other's mistakes.

`policies/waivers.yaml` is read as plain text values, held to waivers.schema.json and to the rules
that no schema can say. What breaks one shuts the gate before the engine starts.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evidence import canonical

from . import keys, people, trust, waiver_file
from .catalog import Catalog, profile_of
from .errors import GateError, NotProven

if TYPE_CHECKING:
    from evidence.model import Waiver

NAME = waiver_file.NAME
NEVER = Path(__file__).with_name("never_waived.json")
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
    lines: frozenset[int] = frozenset()  # where it stands in the file, counted from 0
    signature: str = ""
    signed: bytes = b""  # what the signature is over

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
        from evidence.model import Waiver, WaiverState

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
    document, lines = waiver_file.read(text)
    old = {e["id"]: e for e in document.get("retired", ())}
    entries = tuple(
        _entry(e, old, where) for e, where in zip(document.get("waivers", ()), lines, strict=True)
    )
    ids = Counter([e["id"] for e in document.get("retired", ())] + [e.id for e in entries])
    pairs = Counter((e.control, urn) for e in entries for urn in e.resources)
    writers = people.writers(root, NAME) if entries else {}
    approvers = trust.load(root).approvers if entries else ()
    for entry in entries:
        if ids[entry.id] > 1:
            raise _wrong(entry.id, "its id stands twice; ids are never used again")
        for urn in entry.resources:
            if pairs[entry.control, urn] > 1:
                raise _wrong(entry.id, f"another waiver excuses {entry.control} on {urn} too")
        _check(entry, known, day)
        _check_signature(entry, approvers, root)
        by = {w for n, w in writers.items() if n in entry.lines}
        if people.mailbox(entry.approved_by) in by:
            raise _wrong(entry.id, f"{entry.approved_by} approved it and wrote it as well")
    return Book(entries, day)


def _wrong(name: str, text: str) -> NotProven:
    return NotProven(f"{NAME}: {name}: {text}; see docs/gate.md, Waivers")


def _entry(entry: Mapping[str, Any], old: Mapping[str, Any], lines: frozenset[int]) -> Entry:
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
        signature=entry.get("signature", ""),
        signed=_signed(entry),
    )


def _signed(entry: Mapping[str, Any]) -> bytes:
    """What an approver signs: everything that the entry says, in one form."""
    said = {k: v for k, v in entry.items() if k != "signature"}
    return b"iot-data-platform waiver\n" + canonical.dumps(said).encode()


def _check_signature(entry: Entry, approvers: Iterable[trust.Trusted], root: Path) -> None:
    """Production believes no name in a file: its waivers bear their approver's signature."""
    stacks = {urn.split("::")[0].removeprefix("urn:pulumi:") for urn in entry.resources}
    needed = any(profile_of(root, stack) == "production" for stack in stacks)
    if not entry.signature:
        if needed:
            text = f"production needs {entry.approved_by}'s signature: python -m gate"
            raise _wrong(entry.id, f"{text} approve-waiver {entry.id} --key FILE")
        return
    known = [
        t.key for t in approvers if people.mailbox(t.name) == people.mailbox(entry.approved_by)
    ]
    if not known:
        raise _wrong(entry.id, f"{entry.approved_by} is no approver of {trust.NAME}")
    if not any(keys.verifies(key, entry.signature, entry.signed) for key in known):
        text = f"the signature is not {entry.approved_by}'s over what the entry says now"
        raise _wrong(entry.id, text)


def sign(root: Path, known: Catalog, name: str, key: Path) -> str:
    """The signature of an approver under a waiver of the file; raises GateError."""
    signer = keys.Signer(keys.load(key))
    names = {t.key: t.name for t in trust.load(root).approvers}
    text = (root / NAME).read_text(encoding="utf-8") if (root / NAME).exists() else "version: 1"
    document, _ = waiver_file.read(text)
    entry = next((e for e in document.get("waivers", ()) if e["id"] == name), None)
    if entry is None:
        raise GateError(f"{NAME} holds no waiver {name}; write it first")
    control = known.control(entry["control"])
    if control is None or not control.waivable or control.id in never():
        raise GateError(f"{entry['control']} cannot be waived; mend the resource")
    who = names.get(signer.public, "")
    if not who or people.mailbox(who) != people.mailbox(entry["approved_by"]):
        raise GateError(f"the key is not that of {entry['approved_by']} in {trust.NAME}")
    return base64.b64encode(signer.sign(_signed(entry))).decode()


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
