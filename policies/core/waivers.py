"""Dated exceptions, from the owned file ``waivers.yaml``: a failure that is excused is decided all
the same, and reported as an advisory that names its waiver.

The engine honours the level of each diagnostic, so one resource is let through and the control
stays mandatory for all others. A file that breaks a rule ends the pack before it judges anything.
Rules: ``docs/gate.md``. The gate reads the same file with a reader of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from .control import Control, Severity
from .evaluate import is_subject
from .resources import Resource
from .settings import PACK_FOLDER, SettingsError

FILE = "waivers.yaml"
#: The name under which the engine shows what is wrong with a waiver; no control has it.
POLICY = "waivers"
LONGEST, LONGEST_CRITICAL = 90, 30  # days, the first and the last one included
SHORTEST_REASON = 20  # characters
TEXTS = (
    "id",
    "control",
    "reason",
    "compensating_control",
    "ticket",
    "requested_by",
    "approved_by",
)
DATES = ("approved_on", "expires_on")
FIELDS = {*TEXTS, *DATES, "resources"}
#: `signature` is the approver's, over the entry; the gate verifies it, the pack has no keys.
OPTIONAL = {"renews", "signature"}
ID = re.compile(r"WVR-[0-9]{4}-[0-9]{3,}")
URN = re.compile(r"urn:pulumi:[^:\s*?]+::[^:\s*?]+::[^\s*?]+::[^*?\n]+")
#: In ASCII: two addresses that look alike must be alike.
PERSON = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9.-]+")


@dataclass(frozen=True)
class Waiver:
    """One exception: a control on exact resources, until a day (UTC, the last valid one)."""

    id: str
    control: str
    resources: tuple[str, ...]
    expires_on: date

    def marked(self, message: str) -> str:
        """A complaint that it lets through, as it is told."""
        return f"[waived {self.id} until {self.expires_on}] {message}"

    def speaks_of(self, stack: str, project: str) -> tuple[str, ...]:
        """Its resources in this stack."""
        return tuple(u for u in self.resources if u.startswith(f"urn:pulumi:{stack}::{project}::"))


class Waivers:
    """All waivers of the file, on one day."""

    def __init__(self, waivers: Iterable[Waiver] = (), today: date | None = None):
        self.all = tuple(waivers)
        self.today = today or datetime.now(UTC).date()
        self._active = {
            (w.control, urn): w
            for w in self.all
            if w.expires_on >= self.today
            for urn in w.resources
        }

    def excuse(self, control: str, urn: str, message: str) -> Waiver | None:
        """The waiver that lets this complaint through. What was not decided is never excused."""
        if message.startswith(("[undecided] ", "[error] ")):
            return None
        return self._active.get((control, urn))

    def faults(
        self,
        stack: str,
        project: str,
        resources: Iterable[Resource],
        controls: Mapping[str, Control],
    ) -> Iterator[tuple[str, str]]:
        """(urn, line) for each waiver of this stack that is over, or that excuses nobody there."""
        found = {r.urn: r for r in resources}
        for waiver in self.all:
            ours = waiver.speaks_of(stack, project)
            if ours and waiver.expires_on < self.today:
                text = f"{waiver.id} expired on {waiver.expires_on}; mend the resource, and remove"
                yield ours[0], f"{text} the waiver or have a new one approved"
                continue
            for urn in ours:
                if urn not in found:
                    yield urn, f"{waiver.id} names {urn}, which the stack does not have; remove it"
                elif not is_subject(controls[waiver.control], found[urn]):
                    text = f"{waiver.id} names {urn}, of which {waiver.control} does not speak"
                    yield urn, f"{text}; remove it"


def read(
    controls: Sequence[Control], folder: Path = PACK_FOLDER, today: date | None = None
) -> Waivers:
    """Read and check the file. None means no waivers; raises SettingsError."""
    path = folder / FILE
    today = today or datetime.now(UTC).date()
    if not path.exists():
        return Waivers((), today)
    document = _document(path)
    known = {c.id: c for c in controls}
    retired = [_checked(e, known, today, old=True) for e in document.get("retired") or ()]
    entries = document.get("waivers") or ()
    waivers = [_checked(e, known, today, old=False) for e in entries]
    ids = [w.id for w in (*retired, *waivers)]
    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        raise _wrong(twice, "its id is used twice; ids are never reused")
    covered: dict[tuple[str, str], str] = {}
    for waiver in waivers:
        for urn in waiver.resources:
            if (other := covered.setdefault((waiver.control, urn), waiver.id)) != waiver.id:
                raise _wrong(waiver.id, f"{other} excuses the same control on {urn}")
    for entry, waiver in zip(entries, waivers, strict=True):
        _check_renewal(entry, waiver, retired)
    return Waivers(waivers, today)


def _document(path: Path) -> Mapping[str, Any]:
    import yaml

    class Strict(yaml.SafeLoader):
        """Refuses a key that stands twice: the second would win without a word."""

    def mapping(loader: Any, node: Any) -> dict[Any, Any]:
        pairs = loader.construct_pairs(node, deep=True)
        if len({str(k) for k, _ in pairs}) != len(pairs):
            raise yaml.YAMLError("a key stands twice")
        return dict(pairs)

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    try:
        found = yaml.load(path.read_text("utf-8"), Loader=Strict)  # noqa: S506 (a SafeLoader)
    except (OSError, ValueError, TypeError, yaml.YAMLError) as wrong:
        text = " ".join(str(wrong).split())[:200]
        raise SettingsError(f"{FILE} cannot be read as YAML: {text}") from None
    if not isinstance(found, dict) or found.get("version") != 1 or found["version"] is True:
        raise SettingsError(f"{FILE} must begin with version: 1")
    for key in found:
        if key not in ("version", "waivers", "retired"):
            raise SettingsError(f"{FILE}: unknown key {key!r}; remove it")
    for key in ("waivers", "retired"):
        if not isinstance(found.get(key, []), list):
            raise SettingsError(f"{FILE}: {key} must be a list")
    return found


def _wrong(name: str, text: str) -> SettingsError:
    return SettingsError(f"{FILE}: {name}: {text}")


def _checked(entry: Any, known: Mapping[str, Control], today: date, *, old: bool) -> Waiver:
    if not isinstance(entry, dict):
        raise SettingsError(f"{FILE}: {str(entry)[:60]!r} is no waiver")
    name = str(entry.get("id", "a waiver without id"))[:60]
    if missing := sorted(FIELDS - set(entry)):
        raise _wrong(name, f"{missing[0]} is missing")
    if unknown := sorted(str(k) for k in set(entry) - FIELDS - OPTIONAL):
        raise _wrong(name, f"unknown key {unknown[0]!r}; remove it")
    _check_texts(name, entry)
    _check_people(name, entry)
    _check_resources(name, entry["resources"])
    control = known.get(entry["control"])
    if control is None and not old:
        raise _wrong(name, f"there is no control {entry['control']!r}")
    if control is not None and not control.waivable and not old:
        raise _wrong(name, f"{control.id} cannot be waived")
    _check_dates(name, entry, None if old else control, today)
    return Waiver(entry["id"], entry["control"], tuple(entry["resources"]), entry["expires_on"])


def _check_texts(name: str, entry: Mapping[str, Any]) -> None:
    for key in TEXTS:
        if not isinstance(entry[key], str) or not entry[key].strip():
            raise _wrong(name, f"{key} must be a text")
    if not ID.fullmatch(entry["id"]):
        raise _wrong(name, "its id must look like WVR-2026-001")
    for key, least in (("reason", SHORTEST_REASON), ("compensating_control", 10)):
        if len(" ".join(entry[key].split())) < least:
            raise _wrong(name, f"{key} must have {least} characters or more")


def _check_resources(name: str, resources: Any) -> None:
    if not isinstance(resources, list) or not resources:
        raise _wrong(name, "resources must be a list of URNs")
    for urn in resources:
        if not isinstance(urn, str) or not URN.fullmatch(urn):
            raise _wrong(name, f"{str(urn)[:80]!r} is no exact URN; take it from the report")
    if len(set(resources)) != len(resources):
        raise _wrong(name, "a URN stands twice")


def _check_people(name: str, entry: Mapping[str, Any]) -> None:
    for key in ("requested_by", "approved_by"):
        if not PERSON.fullmatch(entry[key]):
            raise _wrong(name, f"{key} must be one e-mail address")
    if _person(entry["requested_by"]) == _person(entry["approved_by"]):
        raise _wrong(name, "the requester cannot approve it")


def _person(address: str) -> str:
    """One form for one mailbox: case and what follows a plus sign do not make another person."""
    local, _, domain = address.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _check_dates(name: str, entry: Mapping[str, Any], control: Control | None, today: date) -> None:
    for key in DATES:
        if not isinstance(entry[key], date) or isinstance(entry[key], datetime):
            raise _wrong(name, f"{key} must be a day like 2026-12-31")
    begins, ends = entry["approved_on"], entry["expires_on"]
    if begins > today:
        raise _wrong(name, f"approved_on {begins} lies in the future")
    if ends < begins:
        raise _wrong(name, "it ends before it was approved")
    critical = control is not None and control.severity is Severity.CRITICAL
    longest = LONGEST_CRITICAL if critical else LONGEST
    if (ends - begins).days + 1 > longest:
        why = f", as {control.id} is critical" if control and critical else ""
        raise _wrong(name, f"it may last {longest} days at most{why}")


def _check_renewal(entry: Mapping[str, Any], waiver: Waiver, retired: Sequence[Waiver]) -> None:
    before = [
        r for r in retired if r.control == waiver.control and {*r.resources} & {*waiver.resources}
    ]
    renews = entry.get("renews")
    if renews is None and before:
        raise _wrong(waiver.id, f"it follows {before[-1].id}; write renews: {before[-1].id}")
    if renews is not None and renews not in {b.id for b in before}:
        text = f"it renews {str(renews)[:60]!r}, which is not under retired for"
        raise _wrong(waiver.id, f"{text} the same control and resource")
