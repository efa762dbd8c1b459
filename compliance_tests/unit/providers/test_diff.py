"""Diff: outputs against inputs, as Terraform's plan compares them."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from compliance_tests.unit.providers.engine import Diff, Engine
from sandbox.providers.values import UNKNOWN

GROUP = "aws:ec2/securityGroup:SecurityGroup"
POSTGRES = {
    "protocol": "tcp",
    "fromPort": 5432,
    "toPort": 5432,
    "cidrBlocks": ["10.0.0.0/16", "10.1.0.0/16"],
}
REDIS = {"protocol": "tcp", "fromPort": 6379, "toPort": 6379, "cidrBlocks": ["10.0.0.0/16"]}
FULL = {
    "description": "",
    "ipv6CidrBlocks": [],
    "prefixListIds": [],
    "securityGroups": [],
    "self": False,
}
BASE = {"description": "d", "name": "n", "vpcId": "vpc-1", "ingress": [POSTGRES, REDIS]}
STATE = {
    **BASE,
    "id": "sg-1",
    "arn": "arn:x",
    "ownerId": "1",
    "region": "sa-east-1",
    "namePrefix": "",
    "egress": [],
    "tags": None,
    "tagsAll": {"Project": "iot-data-platform"},
    "ingress": [{**REDIS, **FULL}, {**POSTGRES, **FULL}],
}


@pytest.fixture(scope="module")
def engine(emulator: object) -> Engine:
    return Engine()


def diff(engine: Engine, ignore: tuple[str, ...] = (), **change: Any) -> Diff:
    news = {key: value for key, value in {**BASE, **change}.items() if value is not None}
    inputs, mistakes = engine.check(GROUP, news)
    assert mistakes == []
    return engine.diff(GROUP, "sg-1", STATE, inputs, ignore)


def test_the_order_of_sets_makes_no_difference(engine: Engine) -> None:
    turned = {**POSTGRES, "cidrBlocks": ["10.1.0.0/16", "10.0.0.0/16"]}
    assert not diff(engine).changes
    assert not diff(engine, ingress=[REDIS, turned]).changes


def test_spellings_of_the_same_make_no_difference(engine: Engine) -> None:
    assert not diff(
        engine, ingress=[{**POSTGRES, "protocol": "6"}, {**REDIS, "protocol": "TCP", "self": False}]
    ).changes


def test_a_change_in_place_names_its_path(engine: Engine) -> None:
    found = diff(engine, ingress=[{**REDIS, "toPort": 6380}, POSTGRES])
    assert found.diffs == {"ingress"}
    assert found.paths == {"ingress[0].toPort": provider_pb2.PropertyDiff.UPDATE}
    assert not found.replaces


def test_an_immutable_property_replaces_and_a_fixed_name_goes_first(engine: Engine) -> None:
    found = diff(engine, description="another")
    assert found.replaces == {"description"}
    assert found.paths == {"description": provider_pb2.PropertyDiff.UPDATE_REPLACE}
    assert found.delete_before_replace, "the written name is taken until the old group is gone"
    made, _ = engine.check(
        GROUP,
        {**{key: value for key, value in BASE.items() if key != "name"}, "description": "another"},
    )
    assert not engine.diff(
        GROUP, "sg-1", {**STATE, "name": made["name"]}, made
    ).delete_before_replace


def test_another_region_replaces(engine: Engine) -> None:
    assert diff(engine, region="us-east-1").replaces == {"region"}


def test_an_unknown_value_counts_as_another(engine: Engine) -> None:
    assert diff(engine, vpcId=UNKNOWN).replaces == {"vpcId"}
    assert diff(engine, ingress=[POSTGRES, {**REDIS, "cidrBlocks": [UNKNOWN]}]).diffs == {"ingress"}


def test_what_aws_computes_may_be_left_out(engine: Engine) -> None:
    assert not diff(engine, ingress=None, vpcId=None).changes


def test_tags_differ_together_with_those_of_the_provider(engine: Engine) -> None:
    found = diff(engine, tags={"Name": "x"})
    assert found.diffs == {"tags", "tagsAll"}
    assert found.paths["tagsAll.Name"] == provider_pb2.PropertyDiff.ADD
    assert not found.replaces


def test_what_is_ignored_does_not_differ(engine: Engine) -> None:
    assert not diff(engine, ("description",), description="another").changes


def test_a_value_that_only_the_user_sets_differs_when_it_goes(engine: Engine) -> None:
    token = "aws:cloudwatch/logGroup:LogGroup"
    news, _ = engine.check(token, {"name": "/x"})
    olds = {
        "id": "/x",
        "name": "/x",
        "kmsKeyId": "arn:aws:kms:x",
        "region": "sa-east-1",
        "tagsAll": {"Project": "iot-data-platform"},
    }
    found = engine.diff(token, "/x", olds, news)
    assert found.paths == {"kmsKeyId": provider_pb2.PropertyDiff.DELETE}
