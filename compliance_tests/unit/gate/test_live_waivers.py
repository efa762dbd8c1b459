"""A waived failure of the deployed resource: shown, no pass, and no reason to shut the gate."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evidence import canonical
from evidence.gaps import Gaps
from evidence.model import Evidence, Outcome, Record, Subject, Verdict, WaiverState
from evidence.schema import faults as schema_faults
from gate import junit, live_proof, proofs, state, waivers
from gate.cloud import Identity
from gate.live_proof import Live, join

from .fake_engine import Checkout, make
from .test_live_proof import AT, TEST, known, record

ARN = "arn:key/1"
URN = "urn:pulumi:sandbox::iot-data-platform::aws:kms/key:Key::stream-key"
STACK = {"urn": "urn:pulumi:sandbox::p::pulumi:pulumi:Stack::s", "type": "pulumi:pulumi:Stack"}


def key(urn: str = URN, arn: str = ARN) -> dict[str, Any]:
    return {"urn": urn, "type": "aws:kms/key:Key", "custom": True, "id": "1",
            "outputs": {"arn": arn}}  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    monkeypatch.setattr(live_proof, "identity", lambda *_: Identity("123456789012", 0.1))
    made = make(tmp_path, monkeypatch)
    made.tell(state={"deployment": {"resources": [STACK, key()]}})
    return made


def waived(checkout: Checkout, **changes: Any) -> None:
    today = datetime.now(UTC).date()
    entry = {
        "id": "WVR-2026-001",
        "control": "key-rotation",
        "resources": [URN],
        "reason": "the key was imported and cannot rotate by itself",
        "compensating_control": "it is rotated by hand each month",
        "ticket": "SEC-123",
        "requested_by": "a@x.test",
        "approved_by": "b@x.test",
        "approved_on": today - timedelta(10),
        "expires_on": today,
    } | changes
    text = json.dumps({"version": 1, "waivers": [entry]}, default=str)
    (checkout.paths.root / waivers.NAME).write_text(text, encoding="utf-8")


FAILED = record(verdict=Verdict.FAILED, message="it does not rotate")
COMPARED = record(
    control="conformance",
    source="comparison",
    requirements=(),
    subject=Subject("aws:kms/key:Key", URN, ARN),
)


def joined(checkout: Checkout, *records: Record) -> Evidence:
    before = proofs.Stages(state=state.export(checkout.paths, checkout.env))
    cases = (junit.Case(TEST, "failed", "off"),)
    given = Live((*(records or (FAILED,)), COMPARED), cases, Gaps(), 1, stages=before)
    return join(checkout.paths, known(), "baseline", live=given, env=checkout.env, started_at=AT)


def test_it_is_waived_by_the_arn_of_its_resource(checkout: Checkout) -> None:
    waived(checkout)
    found = joined(checkout)
    assert found.run.outcome is Outcome.PASSED, found.problems
    assert found.controls[0].verdict is Verdict.WAIVED
    assert found.requirements[0].verdict is Verdict.WAIVED
    assert found.records[0].waiver == "WVR-2026-001"
    assert [w.state for w in found.waivers] == [WaiverState.ACTIVE]
    assert schema_faults(canonical.plain(found)) == []


def over(checkout: Checkout) -> None:
    waived(checkout, expires_on=datetime.now(UTC).date() - timedelta(1))


def test_one_that_is_over_excuses_nothing(checkout: Checkout) -> None:
    over(checkout)
    found = joined(checkout)
    assert found.run.outcome is Outcome.VIOLATIONS
    assert [w.state for w in found.waivers] == [WaiverState.EXPIRED]


def test_another_resource_is_not_excused(checkout: Checkout) -> None:
    waived(checkout)
    other = record(verdict=Verdict.FAILED, subject=type(FAILED.subject)(arn="arn:key/2"))
    assert joined(checkout, FAILED, other).run.outcome is Outcome.VIOLATIONS


def test_a_name_that_two_resources_bear_excuses_neither(checkout: Checkout) -> None:
    waived(checkout)
    checkout.tell(state={"deployment": {"resources": [STACK, key(), key(URN + "2")]}})
    assert joined(checkout).run.outcome is Outcome.VIOLATIONS


def test_what_could_not_be_examined_is_not_excused(checkout: Checkout) -> None:
    waived(checkout)
    broken = record(verdict=Verdict.ERROR, message="the API failed")
    assert joined(checkout, broken).run.outcome is Outcome.NOT_PROVEN
