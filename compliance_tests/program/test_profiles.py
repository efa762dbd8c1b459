"""The committed stacks of real accounts: what they change, and that they refuse to run unset."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from compliance_tests.program import checks
from compliance_tests.program.recorded import ACCOUNT, Program, run, stack_file

DEPLOYER = f"arn:aws:iam::{ACCOUNT}:role/deploy"
SET: dict[str, dict[str, Any]] = {
    "dev": {"aws:allowedAccountIds": [ACCOUNT]},
    "prod": {"aws:allowedAccountIds": [ACCOUNT], "secretReaders": [DEPLOYER]},
}


@pytest.fixture(scope="module")
def production() -> Program:
    return run({**stack_file("prod"), **SET["prod"]}, stack="prod")


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_as_committed_the_stack_refuses_to_run_until_its_account_is_set(stack: str) -> None:
    with pytest.raises(pulumi.RunError) as refusal:
        run(stack_file(stack), stack=stack)
    lines = str(refusal.value).splitlines()
    assert lines[0].startswith("aws:allowedAccountIds is ")
    assert "12-digit" in lines[0]
    assert len(lines) == len(SET[stack])


@pytest.mark.requirement("REQ-RDS-5")
def test_dev_has_the_numbers_of_the_requirements_and_can_be_destroyed() -> None:
    program = run({**stack_file("dev"), **SET["dev"]}, stack="dev")
    checks.inventory(program)
    cluster = program.named("aurora-cluster").inputs
    assert cluster["skipFinalSnapshot"] is True
    assert cluster["deletionProtection"] is False
    assert cluster["backupRetentionPeriod"] == 30
    assert not [each.name for each in program.custom() if each.protect]


def test_production_cannot_lose_its_data_in_one_step(production: Program) -> None:
    cluster, cache = production.named("aurora-cluster").inputs, production.named("redis").inputs
    assert cluster["deletionProtection"] is True
    assert cluster["skipFinalSnapshot"] is False
    assert cluster["finalSnapshotIdentifier"] == (
        "aurora-cluster-final-<hex of aurora-cluster-final-snapshot>-prod"
    )
    assert cluster["deleteAutomatedBackups"] is False
    assert cache["finalSnapshotIdentifier"] == ("redis-final-<hex of redis-final-snapshot>-prod")
    assert not [each.name for each in production.resources if not each.protect]


def test_production_keeps_longer(production: Program) -> None:
    stream = production.named("sensor-data-stream").inputs
    assert stream["retentionPeriod"] == 168
    assert len(stream["shardLevelMetrics"]) == 7
    assert production.named("redis").inputs["snapshotRetentionLimit"] == 7
    assert production.named("postgresql-logs").inputs["retentionInDays"] == 365
    assert production.named("flow-logs").inputs["retentionInDays"] == 365
    for name in ("database-secret", "cache-secret"):
        assert production.named(name).inputs["recoveryWindowInDays"] == 30


def test_production_names_its_owner_and_data_class_on_everything(production: Program) -> None:
    for each in production.custom():
        if "tags" in each.inputs:
            assert each.inputs["tags"]["Owner"] == "platform-engineering", each.name
            assert each.inputs["tags"]["DataClass"] == "confidential", each.name


def test_production_s_secrets_are_read_by_the_named_principals_only(production: Program) -> None:
    policies = production.of("aws:secretsmanager/secretPolicy:SecretPolicy")
    assert len(policies) == 2
    for each in policies:
        assert each.inputs["blockPublicPolicy"] is True
        readers, account = json.loads(each.inputs["policy"])["Statement"]
        assert (readers["Effect"], readers["Action"]) == ("Deny", "secretsmanager:GetSecretValue")
        assert readers["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [DEPLOYER]}}
        assert account["Effect"] == "Deny"
        assert account["Condition"] == {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}
