"""A preview: inputs, defaults, null for what only the user sets, unknown for what AWS computes."""

from __future__ import annotations

import pytest

from compliance_tests.unit.providers.engine import Engine, engine_for
from sandbox.providers.values import UNKNOWN

REFLECTED = [
    "aws:rds/instance:Instance",
    "aws:elasticache/cluster:Cluster",
    "aws:memorydb/cluster:Cluster",
    "aws:lambda/function:Function",
    "aws:s3/bucket:Bucket",
    "aws:dynamodb/table:Table",
    "aws:ec2/natGateway:NatGateway",
]


@pytest.fixture(scope="module")
def engine(emulator: object) -> Engine:
    return Engine()


def plan(provider: Engine, token: str, /, **news: object) -> dict[str, object]:
    inputs, mistakes = provider.check(token, news)
    assert mistakes == []
    return provider.preview(token, inputs)


def test_a_planned_subnet(engine: Engine) -> None:
    planned = plan(engine, "aws:ec2/subnet:Subnet", vpcId=UNKNOWN, cidrBlock="10.0.1.0/24")
    assert planned["vpcId"] == UNKNOWN
    assert planned["cidrBlock"] == "10.0.1.0/24"
    assert planned["mapPublicIpOnLaunch"] is False
    assert planned["availabilityZone"] == UNKNOWN
    assert planned["arn"] == planned["id"] == UNKNOWN
    assert planned["outpostArn"] is None
    assert planned["tags"] is None
    assert planned["tagsAll"] == {"Project": "iot-data-platform"}
    assert planned["region"] == "sa-east-1"


def test_what_aws_decides_about_a_cluster_is_unknown_not_false(engine: Engine) -> None:
    planned = plan(engine, "aws:rds/cluster:Cluster", engine="aurora-postgresql")
    for name in (
        "storageEncrypted",
        "backupRetentionPeriod",
        "kmsKeyId",
        "clusterIdentifier",
        "endpoint",
    ):
        assert planned[name] == UNKNOWN, name
    for name in (
        "deletionProtection",
        "performanceInsightsEnabled",
        "enabledCloudwatchLogsExports",
    ):
        assert not planned[name], name


@pytest.mark.parametrize("token", REFLECTED)
def test_a_type_without_a_handler_can_be_previewed(engine: Engine, token: str) -> None:
    required = {
        "aclName": "a",
        "nodeType": "t",
        "instanceClass": "db.t4g.micro",
        "role": "r",
        "attributes": [],
        "subnetId": "s",
    }
    accepted = {name: value for name, value in required.items() if name in _inputs(token)}
    planned = plan(engine, token, **accepted)
    assert planned["arn" if "arn" in planned else "publicIp"] == UNKNOWN


def _inputs(token: str) -> set[str]:
    from sandbox.providers.schema import type_schema

    return set(type_schema(token).inputs)


def test_rules_of_the_newer_framework_get_their_tags_in_the_plan(engine: Engine) -> None:
    planned = plan(
        engine,
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        securityGroupId=UNKNOWN,
        ipProtocol="-1",
        cidrIpv4="0.0.0.0/0",
        tags={"Name": "out"},
    )
    assert planned["tagsAll"] == {"Project": "iot-data-platform", "Name": "out"}
    assert planned["securityGroupRuleId"] == UNKNOWN
    assert planned["fromPort"] is None


def test_a_planned_password(emulator: object) -> None:
    random = engine_for("random:index/randomPassword:RandomPassword")
    planned = plan(random, "random:index/randomPassword:RandomPassword", length=32)
    assert planned["result"] == planned["bcryptHash"] == planned["id"] == UNKNOWN
    assert planned["lower"] is planned["special"] is planned["numeric"] is True
    assert planned["minLower"] == 0
    assert planned["overrideSpecial"] is None


def test_a_planned_update_keeps_what_is_computed(engine: Engine) -> None:
    token = "aws:ec2/subnet:Subnet"
    inputs, _ = engine.check(token, {"vpcId": "vpc-1", "cidrBlock": "10.0.1.0/24"})
    olds = {
        **engine.preview(token, inputs),
        "id": "subnet-1",
        "arn": "arn:x",
        "availabilityZone": "sa-east-1a",
    }
    news, _ = engine.check(
        token, {"vpcId": "vpc-1", "cidrBlock": "10.0.1.0/24", "mapPublicIpOnLaunch": True}, inputs
    )
    planned = engine.update(token, "subnet-1", olds, news, preview=True)
    assert (planned["id"], planned["arn"], planned["availabilityZone"]) == (
        "subnet-1",
        "arn:x",
        "sa-east-1a",
    )
    assert planned["mapPublicIpOnLaunch"] is True
