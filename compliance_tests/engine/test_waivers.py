"""Waivers on the real engine: one in date opens the gate and is shown, one that ended shuts it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from .checkout import Checkout, Ran
from .conftest import Copies, Job, begun_early
from .edits import EDITS

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
CONTROL = "aurora-backups"
CLUSTER = (
    "urn:pulumi:sandbox::iot-data-platform::"
    "iot-data-platform:components:Database$aws:rds/cluster:Cluster::aurora-cluster"
)
SEVEN_DAYS = next(e for e in EDITS if e.control == CONTROL)
NOT_PROVEN = 2


@dataclass(frozen=True)
class Seen:
    """What the bare preview and the gate's said."""

    bare: Ran
    gate: Ran
    evidence: str


@contextmanager
def waived(copy: Checkout, days: int) -> Iterator[None]:
    """A waiver for the cluster that was approved a month ago and ends in so many days."""
    today = datetime.now(UTC).date()
    entry = {
        "id": "WVR-2026-001",
        "control": CONTROL,
        "resources": [CLUSTER],
        "reason": "the migration holds the window at seven days",
        "compensating_control": "a snapshot is taken by hand each day",
        "ticket": "SEC-123",
        "requested_by": "a@x.test",
        "approved_by": "b@x.test",
        "approved_on": str(today - timedelta(30)),
        "expires_on": str(today + timedelta(days)),
    }
    file = copy.root / "policies" / "waivers.yaml"
    before = file.read_text(encoding="utf-8")
    lines = [f"  {k}: {json.dumps(v) if k == 'resources' else v}" for k, v in entry.items()]
    text = "version: 1\nwaivers:\n- " + "\n".join(lines).lstrip() + "\n"
    file.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(before, encoding="utf-8")


def previewed(copy: Checkout) -> Seen:
    bare = copy.pulumi("preview", "--non-interactive", "--policy-pack", "policies")
    gate = copy.python("-m", "gate", "preview")
    latest = copy.root / "reports" / "sandbox" / "SANDBOX-latest-planned.evidence.json"
    return Seen(bare, gate, latest.read_text(encoding="utf-8") if latest.exists() else "")


def with_a_waiver(copy: Checkout) -> Seen:
    with copy.changed(SEVEN_DAYS.changes), waived(copy, 30):
        return previewed(copy)


def with_one_that_is_over(copy: Checkout) -> Seen:
    with copy.changed(SEVEN_DAYS.changes), waived(copy, -1):
        return previewed(copy)


@pytest.mark.requirement("REQ-GATE-1")
@begun_early(with_a_waiver)
def test_a_waived_violation_goes_through_and_is_never_called_passed(
    copies: Copies, case: Job[Seen]
) -> None:
    seen = copies.result(case)
    bare = COLOURS.sub("", seen.bare.text)
    assert seen.bare.code == 0, bare
    assert "[waived WVR-2026-001 until " in bare
    assert seen.gate.code == 0, seen.gate.text
    assert "1 waived, " in seen.gate.text
    assert "note: waiver WVR-2026-001 is active: " in seen.gate.text
    assert re.search(rf"^{CONTROL} +waived", seen.gate.text, flags=re.MULTILINE)
    evidence = json.loads(seen.evidence)
    (record,) = [r for r in evidence["records"] if r.get("waiver")]
    assert (record["verdict"], record["subject"]["urn"]) == ("waived", CLUSTER)
    assert [w["state"] for w in evidence["waivers"]] == ["active"]


@pytest.mark.requirement("REQ-GATE-1")
@begun_early(with_one_that_is_over)
def test_a_waiver_that_is_over_shuts_both_ways_in(copies: Copies, case: Job[Seen]) -> None:
    seen = copies.result(case)
    bare = COLOURS.sub("", seen.bare.text)
    assert seen.bare.code != 0, bare
    assert "WVR-2026-001 expired on " in bare
    assert re.search(rf"\[mandatory\].*{CONTROL}", bare), bare
    assert seen.gate.code == NOT_PROVEN, seen.gate.text
    assert "the waiver WVR-2026-001 expired on " in seen.gate.text
    assert "Previewing" not in seen.gate.text, "it shuts before the engine starts"
