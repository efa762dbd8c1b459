"""Two small runs recorded from the real engine (3.259), and how to change them.

`passing`: two keys, a stream, a secret, and a VPC that is only read. `violating`: one key without
rotation. Debug events and the controls beside four were cut out; nothing else was edited.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from evidence.model import Assurance, Stage
from gate import event_log, events, expected, population, trace
from gate.catalog import Catalog, Control, Requirement
from gate.facts import Facts
from gate.verdict import Judgement, judge

FIXTURES = Path(__file__).with_name("fixtures")
STARTED = 1795440000.0
PACK = "iot-data-platform-policies"
KEY, STREAM = "aws:kms/key:Key", "aws:kinesis/stream:Stream"
SECRET = "aws:secretsmanager/secret:Secret"
Event = dict[str, Any]

POPULATIONS = {
    "key-rotation": population.Rule("resource", (KEY,)),
    "stream-customer-key": population.Rule("resource", (STREAM,)),
    "secret-customer-key": population.Rule("resource", (SECRET,)),
    "key-per-service": population.Rule("stack", (STREAM, SECRET)),
}
NEEDS = expected.Expected(
    (
        expected.Need("REQ-KMS-1", KEY, 2, "two keys"),
        expected.Need("REQ-KIN-1", STREAM, 1, "s-{suffix}", {"name": "s-{suffix}"}),
    )
)


def control(control_id: str, kind: str = "resource", level: str = "mandatory") -> Control:
    return Control(
        id=control_id,
        title=f"The title of {control_id}",
        statement=f"{control_id} must hold.",
        rationale="Because.",
        severity="high",
        owner="platform engineering",
        kind=kind,
        subjects=POPULATIONS[control_id].types,
        properties=(),
        remediation="write it",
        levels={"baseline": level, "production": "mandatory"},
    )


CATALOG = Catalog(
    tuple(control(c, rule.kind) for c, rule in POPULATIONS.items()),
    (
        Requirement("REQ-KMS-1", "A key for each service", ("key-per-service",)),
        Requirement("REQ-KMS-2", "Keys rotate", ("key-rotation",)),
        Requirement("REQ-KIN-1", "The stream"),
        Requirement("REQ-OPS-1", "Nothing speaks about this one"),
    ),
    {"key-per-service": ("REQ-KMS-1",), "key-rotation": ("REQ-KMS-2",)},
)


def recorded(name: str, what: str = "events") -> list[Event]:
    lines = (FIXTURES / f"{name}.{what}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def kind_of(event: Event) -> str:
    return next(k for k in event if k not in ("sequence", "timestamp"))


def renumbered(log: Iterable[Event]) -> list[Event]:
    return [{**event, "sequence": number} for number, event in enumerate(log)]


def read(folder: Path, log: Iterable[Event], *, text: str | None = None) -> events.EventLog:
    path = folder / "events.jsonl"
    lines = "".join(json.dumps(event) + "\n" for event in log)
    path.write_text(lines if text is None else text, encoding="utf-8")
    return read_file(path)


def read_file(path: Path, **changes: Any) -> events.EventLog:
    given: dict[str, Any] = {
        "pack": PACK,
        "stack": "sandbox",
        "project": "iot-data-platform",
        "preview": True,
        "started": STARTED,
        "ended": STARTED + 10,
    }
    return event_log.read(path, **(given | changes))


def judged(
    folder: Path,
    log: Iterable[Event],
    account: Iterable[Event] | None = None,
    *,
    engine_exit: int = 0,
    change: Callable[[Facts], Facts] = lambda facts: facts,
) -> Judgement:
    path = folder / "trace.jsonl"
    lines = recorded("passing", "trace") if account is None else account
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    facts = Facts(
        catalog=CATALOG,
        populations=POPULATIONS,
        needs=NEEDS,
        log=read(folder, log),
        trace=trace.read(path),
        profile="baseline",
        suffix="sandbox",
        pack=PACK,
        pack_folder="policies",
        pack_digest="sha256:" + "0" * 64,
        engine_exit=engine_exit,
        stage=Stage.PLANNED,
        assurance=Assurance.EMULATED,
        at="2026-11-23T14:00:00.000Z",
    )
    return judge(change(facts))
