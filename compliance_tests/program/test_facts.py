"""The program takes what AWS can create, says when it is not the first choice, refuses else."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from compliance_tests.program.recorded import RefusedError, engine_versions, run

VERSION = "aws:rds/getEngineVersion:getEngineVersion"
CLASS = "aws:rds/getOrderableDbInstance:getOrderableDbInstance"
ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"
IDENTITY = "aws:index/getCallerIdentity:getCallerIdentity"


def fails(text: str) -> Any:
    """An AWS that answers with an error."""

    def answer(_: dict[str, Any]) -> dict[str, Any]:
        raise RefusedError(text)

    return answer


@pytest.mark.requirement("REQ-RDS-1")
def test_15_4_is_taken_without_a_word_where_aws_still_creates_it() -> None:
    program = run(answers={VERSION: engine_versions("15.4", "15.10")})
    assert program.outputs["aurora_engine_version"] == "15.4"
    assert program.log == []


@pytest.mark.requirement("REQ-RDS-1")
def test_15_10_is_taken_and_said_where_aws_refuses_15_4() -> None:
    program = run(answers={VERSION: engine_versions("15.8", "15.10", "15.17")})
    assert program.outputs["aurora_engine_version"] == "15.10"
    for number in (1, 2):
        instance = program.named(f"aurora-instance-{number}")
        assert instance.inputs["engineVersion"] == "15.10"
    assert program.log == [
        "AWS creates no aurora-postgresql 15.4: this stack takes 15.10, "
        "the next of databaseEngineVersions"
    ]


def test_the_newest_of_the_major_is_named_when_no_preferred_version_can_be_created() -> None:
    with pytest.raises(pulumi.RunError) as refusal:
        run(answers={VERSION: engine_versions("15.12", "15.17", "16.8")})
    assert str(refusal.value) == (
        "AWS creates no aurora-postgresql 15.4 or 15.10: add 15.17, the newest 15, "
        "to databaseEngineVersions"
    )


def test_a_question_that_fails_is_told_in_one_line() -> None:
    with pytest.raises(pulumi.RunError) as refusal:
        run(answers={VERSION: fails("no\ncredentials")})
    assert "\n" not in str(refusal.value)
    assert "AWS was asked for aurora-postgresql 15.4 or 15.10 and answered: " in str(refusal.value)
    assert "no credentials" in str(refusal.value)


@pytest.mark.parametrize(
    ("token", "question"),
    [
        (IDENTITY, "the account"),
        (CLASS, "db.serverless for aurora-postgresql 15.10"),
        (ZONES, "the zones"),
    ],
)
def test_every_question_that_fails_is_told_in_one_line(token: str, question: str) -> None:
    with pytest.raises(pulumi.RunError) as refusal:
        run(answers={token: fails("denied")})
    told = str(refusal.value)
    assert told.startswith(f"AWS was asked for {question} and answered: ")
    assert "denied" in told
    assert "\n" not in told


def test_the_family_of_another_major_names_its_parameter_group() -> None:
    program = run({"databaseEngineVersions": ["16.8"]}, answers={VERSION: engine_versions("16.8")})
    group = program.named("cluster-parameters").inputs
    assert (group["family"], group["name"]) == (
        "aurora-postgresql16",
        "aurora-postgresql16-sandbox",
    )
    assert program.log == []


def test_zones_without_the_database_s_class_are_left_out() -> None:
    program = run(answers={CLASS: lambda _: {"availabilityZones": ["sa-east-1c", "sa-east-1a"]}})
    zones = [
        program.named(f"private-subnet-{number}").inputs["availabilityZone"] for number in (1, 2)
    ]
    assert zones == ["sa-east-1a", "sa-east-1c"]


def test_too_few_zones_are_refused() -> None:
    with pytest.raises(pulumi.RunError) as refusal:
        run(answers={CLASS: lambda _: {"availabilityZones": ["sa-east-1b"]}})
    assert str(refusal.value) == (
        "db.serverless is offered in 1 available zones (sa-east-1b): "
        "2 are needed (availabilityZoneCount)"
    )


def test_configured_zones_are_taken_as_they_are() -> None:
    program = run(
        {"availabilityZones": ["sa-east-1c", "sa-east-1a"]}, answers={ZONES: fails("unasked")}
    )
    assert program.named("aurora-instance-1").inputs["availabilityZone"] == "sa-east-1c"
