"""The functions that the program calls while it is previewed."""

from __future__ import annotations

import json

import pytest

from compliance_tests.unit.providers.engine import Engine, RpcError

VERSION = "aws:rds/getEngineVersion:getEngineVersion"
CLASS = "aws:rds/getOrderableDbInstance:getOrderableDbInstance"
DOCUMENT = "aws:iam/getPolicyDocument:getPolicyDocument"
AURORA = {"engine": "aurora-postgresql"}


@pytest.fixture(scope="module")
def engine(emulator: object) -> Engine:
    return Engine()


def test_where_and_who(engine: Engine) -> None:
    zones = engine.invoke(
        "aws:index/getAvailabilityZones:getAvailabilityZones", {"state": "available"}
    )
    assert zones["names"] == ["sa-east-1a", "sa-east-1b", "sa-east-1c"]
    assert zones["id"] == "sa-east-1"
    fewer = engine.invoke(
        "aws:index/getAvailabilityZones:getAvailabilityZones", {"excludeNames": ["sa-east-1b"]}
    )
    assert fewer["names"] == ["sa-east-1a", "sa-east-1c"]
    who = engine.invoke("aws:index/getCallerIdentity:getCallerIdentity", {})
    assert who["accountId"] == who["id"] == "123456789012"
    assert engine.invoke("aws:index/getRegion:getRegion", {})["region"] == "sa-east-1"
    assert engine.invoke("aws:index/getPartition:getPartition", {})["partition"] == "aws"
    elsewhere = {"region": "us-east-1", "state": "available"}
    found = engine.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", elsewhere)
    assert found["names"][0] == "us-east-1a"


def test_the_first_version_that_can_be_created_is_taken(engine: Engine) -> None:
    found = engine.invoke(VERSION, {**AURORA, "preferredVersions": ["15.4", "15.10"]})
    assert found["version"] == found["versionActual"] == found["id"] == "15.10"
    assert found["parameterGroupFamily"] == "aurora-postgresql15"
    turned = engine.invoke(VERSION, {**AURORA, "preferredVersions": ["16.4", "15.10"]})
    assert turned["version"] == "16.4"


def test_a_version_that_nobody_can_create_is_refused(engine: Engine) -> None:
    with pytest.raises(
        RpcError, match=r"no RDS engine versions match the criteria: .* 15\.4, 15\.5"
    ):
        engine.invoke(VERSION, {**AURORA, "preferredVersions": ["15.4", "15.5"]})


def test_the_latest_of_many_and_the_default(engine: Engine) -> None:
    latest = engine.invoke(
        VERSION, {**AURORA, "preferredVersions": ["15.10", "15.12"], "latest": True}
    )
    assert latest["version"] == "15.12"
    assert engine.invoke(VERSION, AURORA)["version"]


def test_a_class_that_can_be_ordered(engine: Engine) -> None:
    asked = {**AURORA, "engineVersion": "15.10", "preferredInstanceClasses": ["db.serverless"]}
    assert engine.invoke(CLASS, asked)["instanceClass"] == "db.serverless"
    with pytest.raises(RpcError, match="no RDS DB Instance Classes match"):
        engine.invoke(CLASS, {**asked, "preferredInstanceClasses": ["db.t1.micro"]})


def test_a_policy_document(engine: Engine) -> None:
    statement = {
        "sid": "One",
        "actions": ["kms:Encrypt", "kms:Decrypt"],
        "resources": ["*"],
        "principals": [
            {"type": "Service", "identifiers": ["logs.amazonaws.com"]},
            {"type": "AWS", "identifiers": ["b", "a"]},
        ],
        "conditions": [
            {"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["1"]},
            {"test": "StringEquals", "variable": "aws:SourceArn", "values": ["x", "a"]},
        ],
    }
    answer = engine.invoke(DOCUMENT, {"statements": [statement]})
    document = json.loads(answer["json"])
    assert document == json.loads(answer["minifiedJson"])
    assert "\n" not in answer["minifiedJson"]
    assert document == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "One",
                "Effect": "Allow",
                "Action": ["kms:Encrypt", "kms:Decrypt"],
                "Resource": "*",
                "Principal": {"AWS": ["b", "a"], "Service": "logs.amazonaws.com"},
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": "1", "aws:SourceArn": ["x", "a"]}
                },
            }
        ],
    }


def test_documents_build_on_each_other(engine: Engine) -> None:
    source = engine.invoke(DOCUMENT, {"statements": [{"sid": "A", "actions": ["a:*"]}]})["json"]
    change = {"sid": "A", "effect": "Deny", "actions": ["a:*"]}
    override = engine.invoke(DOCUMENT, {"statements": [change]})["json"]
    made = engine.invoke(
        DOCUMENT, {"sourcePolicyDocuments": [source], "overridePolicyDocuments": [override]}
    )
    assert [item["Effect"] for item in json.loads(made["json"])["Statement"]] == ["Deny"]


def test_an_unknown_function_is_refused(engine: Engine) -> None:
    with pytest.raises(RpcError, match="does not have the function aws:s3/getBucket:getBucket"):
        engine.invoke("aws:s3/getBucket:getBucket", {})
