"""The IAM policy of the live tests: what is printed is what is checked in, and it only reads."""

from __future__ import annotations

import json

import pytest

from gate import iam
from gate.errors import GateError
from gate.paths import ROOT

#: What changes nothing. The first letters of an operation tell it.
READS = ("Describe", "Get", "List")


@pytest.mark.parametrize(
    ("name", "ingestion"), [("verify-read-only", False), ("verify-ingestion", True)]
)
def test_what_is_checked_in_is_what_is_printed(name: str, ingestion: bool) -> None:
    printed = iam.text(iam.policy(ROOT, iam.Where(), ingestion=ingestion))
    assert (ROOT / "docs" / "iam" / f"{name}.json").read_text("utf-8") == printed, (
        f"write it again: python -m gate iam-policy > docs/iam/{name}.json"
    )


def test_the_read_only_policy_writes_nothing() -> None:
    policy = iam.policy(ROOT, iam.Where(), ingestion=False)
    writes = {a for a in iam.actions(policy) if not a.split(":")[1].startswith(READS)}
    assert writes == {"kms:Decrypt"}  # to read the two secrets, through Secrets Manager alone
    (decrypt,) = [s for s in policy["Statement"] if "kms:Decrypt" in s["Action"]]
    assert decrypt["Condition"] == {
        "StringEquals": {"kms:ViaService": "secretsmanager.sa-east-1.amazonaws.com"}
    }


def test_no_action_is_a_pattern_and_each_stands_once() -> None:
    policy = iam.policy(ROOT, iam.Where(), ingestion=False)
    every = [a for s in policy["Statement"] for a in s["Action"]]
    assert not [a for a in every if "*" in a]
    assert len(every) == len(set(every))


def test_data_is_read_of_this_stack_alone() -> None:
    where = iam.Where("123456789012", "sa-east-1", "prod")
    policy = iam.policy(ROOT, where, ingestion=True)
    for statement in policy["Statement"]:
        if {"secretsmanager:GetSecretValue", "kinesis:GetRecords"} & set(statement["Action"]):
            assert all("-prod" in r for r in statement["Resource"])
            assert all(":123456789012:" in r for r in statement["Resource"])
    assert "{" not in json.dumps([s["Resource"] for s in policy["Statement"]])


@pytest.mark.parametrize(
    "where", [iam.Where(account="12"), iam.Where(suffix='a"b'), iam.Where(region="São Paulo")]
)
def test_a_name_that_is_none_is_one_line(where: iam.Where) -> None:
    with pytest.raises(GateError, match="write 12 digits"):
        iam.policy(ROOT, where, ingestion=False)
