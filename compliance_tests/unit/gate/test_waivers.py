"""Waivers as the gate reads them, and what of them opens or shuts it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from evidence.model import Outcome, Verdict, WaiverState
from gate import catalog, keys, people, trust, waiver_notes, waivers
from gate.errors import GateError, NotProven
from gate.facts import Facts
from gate.paths import ROOT
from gate.verdict import Judgement

from . import recorded
from .recorded import CATALOG, Event, judged, renumbered

TODAY = date(2026, 11, 20)
URN = "urn:pulumi:sandbox::iot-data-platform::aws:kms/key:Key::stream-key"
Entry = dict[str, Any]
GOOD: Entry = {
    "id": "WVR-2026-001",
    "control": "key-rotation",
    "resources": [URN],
    "reason": "the key was imported and cannot rotate by itself",
    "compensating_control": "it is rotated by hand each month",
    "ticket": "SEC-123",
    "requested_by": "a@x.test",
    "approved_by": "b@x.test",
    "approved_on": date(2026, 11, 1),
    "expires_on": date(2026, 12, 31),
}
OLD = GOOD | {
    "id": "WVR-2026-000",
    "approved_on": date(2026, 9, 1),
    "expires_on": date(2026, 10, 31),
}


def of(root: Path, *entries: Any, known: catalog.Catalog = CATALOG, **more: Any) -> waivers.Book:
    today = more.pop("today", TODAY)
    text = json.dumps({"version": 1, "waivers": list(entries)} | more, indent=1, default=str)
    return written(root, text, known, today)


def written(
    root: Path, text: str, known: catalog.Catalog = CATALOG, today: date = TODAY
) -> waivers.Book:
    (root / "policies").mkdir(exist_ok=True)
    (root / waivers.NAME).write_text(text, encoding="utf-8")
    return waivers.load(root, known, today)


def test_the_shipped_file_is_in_order() -> None:
    waivers.load(ROOT, catalog.load(ROOT))


def test_pack_and_gate_agree_on_what_cannot_be_waived() -> None:
    marked = {c.id for c in catalog.load(ROOT).controls if not c.waivable}
    assert waivers.never() == marked


#: A control that the pack's catalogue calls waivable, and the gate's list does not.
REGION = replace(CATALOG.controls[0], id="region", waivable=True)
WRONG: dict[str, tuple[Entry, str]] = {
    "a short reason": ({"reason": "because"}, "reason"),
    "a reason of blanks": ({"reason": "a" + " " * 30 + "b"}, "reason"),
    "no ticket": ({"ticket": " "}, "ticket"),
    "an unknown control": ({"control": "key-rotatoin"}, "there is no control"),
    "a control that cannot be waived": ({"control": "region"}, "cannot be waived"),
    "approved by the requester": ({"approved_by": "A+x@X.test"}, "who requested it"),
    "nobody by name": ({"approved_by": "security"}, "approved_by"),
    "the requester in letters that look alike": (
        {"approved_by": "\u0430@x.test"},
        "approved_by",
    ),
    "a blank behind the URN": ({"resources": [URN + " "]}, "resources"),
    "a blank of another kind behind the URN": ({"resources": [URN + "\u00a0"]}, "resources"),
    "a control in letters that look alike": (
        {"control": "key-r\u043etation"},
        "there is no control",
    ),
    "a wildcard": ({"resources": [URN[:-2] + "*"]}, "resources"),
    "no resource": ({"resources": []}, "resources"),
    "longer than 90 days": ({"expires_on": date(2027, 1, 30)}, "90 days at most"),
    "without an end": ({"expires_on": None}, "expires_on"),
    "an end with a time": ({"expires_on": "2026-12-31T10:00"}, "expires_on"),
    "no day at all": ({"expires_on": "2026-02-30"}, "no day"),
    "from tomorrow": ({"approved_on": date(2026, 11, 21)}, "yet to come"),
    "over before it began": ({"expires_on": date(2026, 10, 1)}, "90 days at most"),
    "an id of another form": ({"id": "W1"}, "id"),
    "a member of another name": ({"stacks": ["dev"]}, "stacks"),
    "a renewal of nothing": ({"renews": "WVR-2025-001"}, "not retired"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_file_that_breaks_a_rule_is_one_line(tmp_path: Path, name: str) -> None:
    change, said = WRONG[name]
    known = replace(CATALOG, controls=(*CATALOG.controls, REGION))
    with pytest.raises(NotProven) as e:
        of(tmp_path, GOOD | change, known=known)
    assert said in str(e.value)
    assert "\n" not in str(e.value)
    assert e.value.exit_code == Outcome.NOT_PROVEN.exit_code


@pytest.mark.parametrize("key", sorted(GOOD))
def test_nothing_may_be_left_out(tmp_path: Path, key: str) -> None:
    with pytest.raises(NotProven, match=key):
        of(tmp_path, {k: v for k, v in GOOD.items() if k != key})


@pytest.mark.parametrize(
    "text",
    ["", "[]", "version: 2", "{", "version: 1\nversion: 1", "version: 1\nwaivers: {}", "\x00",
     "version: 1\nx: &a [1]\nwaivers: *a"],
)  # fmt: skip
def test_a_malformed_file_is_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotProven) as e:
        written(tmp_path, text)
    assert "\n" not in str(e.value)


def test_a_critical_control_is_waived_for_30_days_at_most(tmp_path: Path) -> None:
    critical = replace(CATALOG.controls[0], severity="critical")
    known = replace(CATALOG, controls=(critical,))
    of(tmp_path, GOOD | {"expires_on": date(2026, 11, 30)}, known=known)
    with pytest.raises(NotProven, match="30 days at most"):
        of(tmp_path, GOOD | {"expires_on": date(2026, 12, 1)}, known=known)


def test_ids_and_resources_are_used_once(tmp_path: Path) -> None:
    with pytest.raises(NotProven, match="twice"):
        of(tmp_path, GOOD, GOOD | {"resources": [URN + "2"]})
    with pytest.raises(NotProven, match="another waiver"):
        of(tmp_path, GOOD, GOOD | {"id": "WVR-2026-002"})


def test_a_renewal_keeps_the_whole_age(tmp_path: Path) -> None:
    with pytest.raises(NotProven, match="it follows WVR-2026-000"):
        of(tmp_path, GOOD, retired=[OLD])
    book = of(tmp_path, GOOD | {"renews": OLD["id"]}, retired=[OLD])
    (told,) = book.told("sandbox", "iot-data-platform", [], {})
    assert (told.renewals, told.first_approved_on) == (1, "2026-09-01")
    (line,) = waiver_notes.notes([told], TODAY)
    assert "on stream-key, until 2026-12-31, 80 days old, renewed 1 times, approved by" in line


def commit(root: Path, who: str) -> None:
    git = ["git", "-C", str(root), "-c", f"user.email={who}", "-c", "user.name=x"]
    for args in (["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *args], check=True)


def test_who_wrote_a_waiver_cannot_be_its_approver(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    of(tmp_path, GOOD)
    commit(tmp_path, "a@x.test")
    waivers.load(tmp_path, CATALOG, TODAY)
    text = (tmp_path / waivers.NAME).read_text(encoding="utf-8")
    (tmp_path / waivers.NAME).write_text(text.replace("SEC-123", "SEC-124"), encoding="utf-8")
    commit(tmp_path, "B@x.test")
    with pytest.raises(NotProven, match="wrote it as well"):
        waivers.load(tmp_path, CATALOG, TODAY)


def violating(excused: str = "") -> list[Event]:
    """The recorded run in which stream-key does not rotate; `excused` as the pack writes it."""
    log = recorded.recorded("violating")
    for event in log:
        body = event.get("policyEvent")
        if body and excused:
            body["message"] = excused + body["message"]
            body["enforcementLevel"] = "advisory"
        if (summary := event.get("summaryEvent")) and excused:
            summary["result"] = "succeeded"
    return renumbered([e for e in log if not (excused and "diagnosticEvent" in e)])


MARK = "[waived WVR-2026-001 until 2026-12-31] "


def judge(
    folder: Path, log: list[Event], book: waivers.Book, told: waivers.Book | None = None
) -> Judgement:
    header, *decisions = recorded.recorded("violating", "trace")
    header["waivers"] = (told or book).digestible()

    def change(facts: Facts) -> Facts:
        return replace(
            facts, waivers=book, stack="sandbox", project="iot-data-platform", needs=facts.needs
        )

    code = 0 if any("[waived " in json.dumps(e) for e in log) else 255
    return judged(folder, log, [header, *decisions], engine_exit=code, change=change)


def verdict_of(found: Judgement) -> Verdict:
    return next(c.verdict for c in found.controls if c.id == "key-rotation")


def test_a_waived_failure_opens_the_gate_and_is_no_pass(tmp_path: Path) -> None:
    found = judge(tmp_path, violating(MARK), of(tmp_path, GOOD))
    assert found.outcome is Outcome.PASSED, found.problems
    assert verdict_of(found) is Verdict.WAIVED
    (record,) = [r for r in found.records if r.verdict is Verdict.WAIVED]
    assert (record.waiver, record.subject.urn) == ("WVR-2026-001", URN)
    (told,) = found.waivers
    assert told.state is WaiverState.ACTIVE
    (requirement,) = [r for r in found.requirements if "key-rotation" in r.controls]
    assert requirement.verdict is Verdict.WAIVED


def test_an_unused_waiver_is_told_and_shuts_nothing(tmp_path: Path) -> None:
    book = of(tmp_path, GOOD)
    header, *decisions = recorded.recorded("passing", "trace")
    header["waivers"] = book.digestible()
    found = judged(
        tmp_path,
        recorded.recorded("passing"),
        [header, *decisions],
        change=lambda f: replace(f, waivers=book, stack="sandbox", project="iot-data-platform"),
    )
    assert found.outcome is Outcome.PASSED, found.problems
    assert found.waivers[0].state is WaiverState.UNUSED


Case = Callable[[Path], tuple[list[Event], waivers.Book, waivers.Book | None]]
SHUT: dict[str, Case] = {
    "no waiver": lambda p: (violating(), of(p), None),
    "a waiver the pack did not take": lambda p: (violating(), of(p, GOOD), None),
    "a waiver only the pack knows": lambda p: (violating(MARK), of(p), None),
    "a waiver of another id": lambda p: (
        violating(MARK.replace("001", "002")),
        of(p, GOOD),
        None,
    ),
    "a waiver with another end": lambda p: (
        violating(MARK.replace("12-31", "12-30")),
        of(p, GOOD),
        None,
    ),
    "a waiver that is over": lambda p: (
        violating(MARK),
        of(p, GOOD, today=date(2027, 1, 1)),
        None,
    ),
    "a waiver of another resource": lambda p: (
        violating(MARK),
        of(p, GOOD | {"resources": [URN.replace("stream-key", "secret-key")]}),
        None,
    ),
    "a waiver of a resource that is not there": lambda p: (
        violating(MARK),
        of(p, GOOD | {"resources": [URN, URN + "2"]}),
        None,
    ),
    "another file than the pack's": lambda p: (violating(MARK), of(p, GOOD), waivers.Book()),
}


@pytest.mark.parametrize("name", SHUT)
def test_the_gate_stays_shut(tmp_path: Path, name: str) -> None:
    found = judge(tmp_path, *SHUT[name](tmp_path))
    assert found.outcome is not Outcome.PASSED


# Signatures ---------------------------------------------------------------------------------------

PROD = GOOD | {"resources": [URN.replace(":sandbox::", ":prod::")]}


@pytest.fixture
def signers(tmp_path: Path) -> Path:
    """A checkout whose stack prod is production, with two approvers; their keys lie in it."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "profiles.json").write_text('{"prod": "production"}')
    people = {name: keys.generate(tmp_path / name) for name in ("b@x.test", "c@x.test")}
    entries = [{"email": name, "key": key} for name, key in people.items()]
    (tmp_path / trust.NAME).write_text(json.dumps({"attesters": [], "approvers": entries}))
    return tmp_path


def write(root: Path, entry: Entry) -> None:
    text = json.dumps({"version": 1, "waivers": [entry]}, indent=1, default=str)
    (root / waivers.NAME).write_text(text, encoding="utf-8")


def signature(root: Path, entry: Entry, who: str = "b@x.test") -> str:
    write(root, entry)
    return waivers.sign(root, CATALOG, entry["id"], root / who)


def test_production_needs_the_approvers_signature(signers: Path) -> None:
    with pytest.raises(NotProven, match="approve-waiver WVR-2026-001"):
        of(signers, PROD)
    assert of(signers, PROD | {"signature": signature(signers, PROD)}).entries
    assert of(signers, GOOD).entries, "other stacks may do with the name"


def test_a_signature_holds_for_what_it_was_made_over(signers: Path) -> None:
    made = signature(signers, PROD)
    for change in ({"expires_on": "2027-01-15"}, {"ticket": "SEC-9"}, {"reason": "x" * 30}):
        with pytest.raises(NotProven, match="over what the entry says now"):
            of(signers, PROD | change | {"signature": made})
    with pytest.raises(NotProven, match="no approver of"):
        of(signers, PROD | {"approved_by": "d@x.test", "signature": made})
    with pytest.raises(NotProven, match="over what the entry says now"):
        of(signers, PROD | {"approved_by": "c@x.test", "signature": made})
    with pytest.raises(NotProven, match="signature"):
        of(signers, PROD | {"signature": "yes"})


def test_a_wrong_signature_is_refused_where_none_is_needed(signers: Path) -> None:
    with pytest.raises(NotProven, match="over what the entry says now"):
        of(signers, GOOD | {"signature": signature(signers, PROD)})


def test_nobody_signs_for_another(signers: Path) -> None:
    with pytest.raises(GateError, match="not that of b@x"):
        signature(signers, PROD, "c@x.test")
    with pytest.raises(GateError, match="no waiver WVR-2026-009"):
        waivers.sign(signers, CATALOG, "WVR-2026-009", signers / "b@x.test")


def test_the_approver_may_have_written_the_signature_alone(signers: Path) -> None:
    made = signature(signers, PROD)
    subprocess.run(["git", "init", "-q", str(signers)], check=True)
    write(signers, PROD)
    commit(signers, "a@x.test")
    write(signers, PROD | {"signature": made})
    commit(signers, "b@x.test")
    text = (signers / waivers.NAME).read_text(encoding="utf-8")
    authors = people.writers(signers, waivers.NAME)
    where = next(n for n, line in enumerate(text.split("\n")) if "signature" in line)
    assert authors[where] == "b@x.test"
    (entry,) = of_lines(signers)
    assert where not in entry.lines


def of_lines(root: Path) -> tuple[waivers.Entry, ...]:
    """The entries of the file as it would be outside git: only their lines matter here."""
    text = (root / waivers.NAME).read_text(encoding="utf-8")
    (root / ".git").rename(root / "git.aside")
    try:
        return written(root, text).entries
    finally:
        (root / "git.aside").rename(root / ".git")
