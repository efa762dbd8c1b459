"""How the live tests' permissions are taken away: who needs each, and what is no clear answer."""

from __future__ import annotations

from dataclasses import replace

import boto3
import pytest
from botocore.client import BaseClient

from compliance_tests.drift import permissions
from compliance_tests.drift.permissions import needing, noted, wrong
from compliance_tests.drift.verify import Before, Verified
from evidence.live import MISSING
from evidence.model import Assurance, Record, Stage, Verdict
from gate.junit import Case

FILE = "compliance_tests/deployed/test_x.py"
LINE = f"{MISSING} kms:ListGrants; grant it; not examined: foreign-accounts"
LOST = Verified(frozenset({"foreign-accounts"}), frozenset({"foreign-accounts"}), (LINE,))


def record(test: str) -> Record:
    return Record("c", Verdict.PASSED, Stage.LIVE, Assurance.EMULATED, "", test=f"{FILE}::{test}")


BEFORE = Before(
    (record("test_a"), record("test_b[1]"), record("test_b[2]")),
    (Case(f"{FILE}::test_a", "passed"), Case(f"{FILE}::test_b[1]", "passed")),
)


def test_only_the_tests_that_need_an_action_are_put_anew() -> None:
    before = needing("kms:ListGrants", {"kms:ListGrants": [f"{FILE}::test_b[1]"]}, BEFORE)
    assert before is not None
    records, cases = before.kept()
    assert [r.test for r in records] == [f"{FILE}::test_a"]
    assert [c.name for c in cases] == [f"{FILE}::test_a"]


def test_after_a_change_by_hand_all_tests_run() -> None:
    for action in permissions.RARE:
        assert needing(action, {}, BEFORE) is None


def test_each_call_is_noted_with_its_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BaseClient, "_make_api_call", lambda *_: {})
    client = boto3.client(
        "resourcegroupstaggingapi", "sa-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    called: dict[str, set[str]] = {}
    with noted(called):
        client.get_resources()
    client.get_tag_keys()
    (tests,) = [called.pop("tag:GetResources")]
    assert not called, "nothing is noted when it is over"
    assert all("test_each_call_is_noted" in t for t in tests)


def test_one_line_that_names_it_and_an_error_is_right() -> None:
    assert wrong(LOST, "kms:ListGrants") == []


@pytest.mark.parametrize(
    "found",
    [
        replace(LOST, lines=()),  # it passes: the action is not needed
        replace(LOST, errors=frozenset()),
        replace(LOST, lines=(LINE, LINE)),
        replace(LOST, lines=(LINE, "foreign-accounts has no live proof")),
        replace(LOST, lines=(LINE.replace("ListGrants", "ListKeys"),)),
    ],
)
def test_silence_a_second_line_or_another_name_is_wrong(found: Verified) -> None:
    assert wrong(found, "kms:ListGrants")
