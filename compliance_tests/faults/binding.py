"""A verdict is used for something else than it was reached for: `up` refuses before the engine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from compliance_tests.engine.checkout import Ran

from .fault import Table
from .place import Place

fault = Table("The verdict")
NOTHING = r"^nothing was deployed: .*"
MADE = ("sandbox.plan.json", "sandbox.events.jsonl", "sandbox.trace.jsonl", "sandbox.verdict.json")


@fault("the plan was edited", 2, NOTHING + "the plan is not the one that was judged", quick=True)
def edited(place: Place) -> Ran:
    return approved(place, spoil=lambda: appended(place.plans / MADE[0], b" "))


@fault("the plan is gone", 2, NOTHING + "the plan is not the one that was judged")
def gone(place: Place) -> Ran:
    return approved(place, spoil=(place.plans / MADE[0]).unlink)


@fault("the event log was edited", 2, NOTHING + "the events", quick=True)
def events(place: Place) -> Ran:
    return approved(place, spoil=lambda: appended(place.plans / MADE[1], b"\n"))


@fault("the event log is cut off", 2, NOTHING + "the events")
def events_cut(place: Place) -> Ran:
    log = place.plans / MADE[1]
    return approved(place, spoil=lambda: log.write_bytes(log.read_bytes()[:-100]))


@fault("the pack's trace was edited", 2, NOTHING + "the trace")
def trace(place: Place) -> Ran:
    return approved(place, spoil=lambda: appended(place.plans / MADE[2], b"\n"))


@fault("the program is of another commit", 2, NOTHING + "the program", quick=True)
def program(place: Place) -> Ran:
    prepared(place)
    with place.changed(("infra/stack.py", "", "\n# later\n")):
        return approved(place)


@fault("the packages are others", 2, NOTHING + "the lock file")
def packages(place: Place) -> Ran:
    prepared(place)
    with place.changed(("requirements.txt", "", "\n# later\n")):
        return approved(place)


@fault("the stack's config was changed", 2, NOTHING + "the config")
def config(place: Place) -> Ran:
    prepared(place)
    with place.changed(("Pulumi.sandbox.yaml", "", "\n# later\n")):
        return approved(place)


@fault("the pack was changed", 2, NOTHING + "the pack")
def pack(place: Place) -> Ran:
    prepared(place)
    with place.changed(("policies/controls/aurora_backups.py", "MIN_DAYS = 30", "MIN_DAYS = 7")):
        return approved(place)


@fault("the evidence was changed", 2, NOTHING + "evidence")
def evidence(place: Place) -> Ran:
    folder = place.root / "reports" / "sandbox"

    def spoil() -> None:
        for file in folder.glob("*-preview.evidence.json"):
            appended(file, b" ")

    return approved(place, spoil=spoil)


@fault("the verdict names other evidence", 2, r"evidence|attestation|verdict")
def stack(place: Place) -> Ran:
    return approved(place, ticket=lambda t: t | {"evidence": "SANDBOX-other.evidence.json"})


@fault(
    "the clock is two hours ahead: the verdict is too old, and the clock wrong",
    2,
    NOTHING + "clock",
)
def expired(place: Place) -> Ran:
    prepared(place)
    return at(place, 2 * 3600)


@fault("the clock is two hours behind: the verdict lies in the future", 2, NOTHING + "clock")
def future(place: Place) -> Ran:
    prepared(place)
    return at(place, -2 * 3600)


@fault("the verdict is cut off", 3, r"^the verdict of the last preview is damaged")
def damaged(place: Place) -> Ran:
    return approved(place, spoil=lambda: place.ticket.write_text('{"verdict": "sha'), digest="x")


@fault("the approval is of another verdict", 2, r"^APPROVE names another verdict", quick=True)
def another(place: Place) -> Ran:
    return approved(place, digest="sha256:" + "0" * 64)


@fault("a verdict that was used already", 3, r"^no preview of this stack has passed")
def used(place: Place) -> Ran:
    return approved(place, spoil=place.ticket.unlink, digest="sha256:" + "0" * 64)


@fault("left over: a preview failed after it", 3, r"^no preview of this stack has passed")
def left_over(place: Place) -> Ran:
    digest = prepared(place)
    with place.changed(
        ("policies/__main__.py", "from controls", 'raise RuntimeError("no")\nfrom controls')
    ):
        assert place.gate("preview").code == 3
    return place.gate("up", APPROVE=digest)


def prepared(place: Place) -> str:
    """The files of a passed preview in their place; the digest of its verdict.

    One preview serves all faults of this kind: its files are kept and put back.
    """
    kept = place.root / "kept"
    if not kept.exists():
        ran = place.gate("preview")
        assert ran.code == 0, ran.text
        kept.mkdir()
        for name in MADE:
            shutil.copy2(place.plans / name, kept / name)
        shutil.copytree(place.root / "reports" / "sandbox", kept / "reports")
    for name in MADE:
        shutil.copy2(kept / name, place.plans / name)
    shutil.copytree(kept / "reports", place.root / "reports" / "sandbox", dirs_exist_ok=True)
    return str(json.loads(place.ticket.read_text())["verdict"])


def approved(
    place: Place,
    *,
    spoil: Callable[[], object] = lambda: None,
    ticket: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    digest: str = "",
) -> Ran:
    """`up` of a passed and approved preview after something was spoilt."""
    verdict = prepared(place)
    if ticket is not None:
        place.ticket.write_text(json.dumps(ticket(json.loads(place.ticket.read_text()))))
    spoil()
    return place.gate("up", APPROVE=digest or verdict)


def appended(file: Path, content: bytes) -> None:
    file.write_bytes(file.read_bytes() + content)


def at(place: Place, seconds: int) -> Ran:
    """The approved `up` where the local clock is so far ahead."""
    digest = str(json.loads(place.ticket.read_text())["verdict"])
    script = (
        "import runpy, sys, time; now = time.time\n"
        f"time.time = lambda: now() + {seconds}\n"
        "sys.argv = ['gate', 'up']; runpy.run_module('gate', run_name='__main__')"
    )
    return place.python("-c", script, APPROVE=digest)
