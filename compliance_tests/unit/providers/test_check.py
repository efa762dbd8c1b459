"""Check: what is added to the inputs, what is refused, and that the unknown is left alone."""

from __future__ import annotations

import pytest

from compliance_tests.unit.providers.engine import Engine
from sandbox.providers.values import UNKNOWN

VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
CLUSTER = "aws:memorydb/cluster:Cluster"


@pytest.fixture(scope="module")
def engine(emulator: object) -> Engine:
    return Engine()


def test_only_truthy_defaults_are_added(engine: Engine) -> None:
    inputs, _ = engine.check("aws:ec2/subnet:Subnet", {"vpcId": "vpc-1"})
    assert inputs == {
        "vpcId": "vpc-1",
        "region": "sa-east-1",
        "tagsAll": {"Project": "iot-data-platform"},
        "__defaults": [],
    }
    inputs, _ = engine.check(VPC, {"cidrBlock": "10.0.0.0/16"})
    assert inputs["enableDnsSupport"] is True
    assert inputs["__defaults"] == ["enableDnsSupport"]


def test_a_name_is_made_once_and_kept(engine: Engine) -> None:
    first, _ = engine.check(GROUP, {}, name="database", seed=b"a")
    other, _ = engine.check(GROUP, {}, name="database", seed=b"b")
    kept, _ = engine.check(GROUP, {}, olds=first, name="database", seed=b"c")
    assert first["name"].startswith("database-")
    assert len(first["name"]) == len("database-") + 7
    assert first["name"] != other["name"]
    assert kept["name"] == first["name"]
    assert "name" in kept["__defaults"]


def test_a_name_that_was_written_is_not_kept_when_it_goes(engine: Engine) -> None:
    written, _ = engine.check(GROUP, {"name": "fixed"}, name="database")
    assert "name" not in written["__defaults"]
    made, _ = engine.check(GROUP, {}, olds=written, name="database")
    assert made["name"] != "fixed"


def test_tags_win_over_the_providers_and_an_unknown_one_makes_all_unknown(engine: Engine) -> None:
    inputs, _ = engine.check(VPC, {"tags": {"Project": "another", "Name": "x"}})
    assert inputs["tagsAll"] == {"Project": "another", "Name": "x"}
    assert inputs["tags"] == {"Project": "another", "Name": "x"}
    inputs, _ = engine.check(VPC, {"tags": {"Name": UNKNOWN}})
    assert inputs["tagsAll"] == UNKNOWN


def test_types_of_the_newer_framework_get_no_bookkeeping(engine: Engine) -> None:
    inputs, _ = engine.check(
        RULE,
        {
            "securityGroupId": "sg-1",
            "ipProtocol": "tcp",
            "cidrIpv4": "10.0.0.0/16",
            "fromPort": 1,
            "toPort": 2,
        },
    )
    assert "__defaults" not in inputs
    assert "tagsAll" not in inputs
    assert inputs["region"] == "sa-east-1"


def test_objects_inside_lists_carry_their_own_bookkeeping(engine: Engine) -> None:
    block = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrBlocks": ["10.0.0.0/16"]}
    inputs, _ = engine.check(GROUP, {"ingress": [block]})
    assert inputs["ingress"] == [{**block, "__defaults": []}]


@pytest.mark.parametrize(
    ("token", "news", "says"),
    [
        (
            VPC,
            {"cidrBlok": "10.0.0.0/16"},
            "unknown property 'cidrBlok' at 'thing.cidrBlok'; did you mean 'cidrBlock'?",
        ),
        (VPC, {"cidrBlock": "10.0.0.1/16"}, 'did you mean "10.0.0.0/16"?'),
        (VPC, {"cidrBlock": "10.0.0.0/8"}, "between 16 and 28"),
        (
            VPC,
            {"enableDnsSupport": "perhaps"},
            "expected true or false at 'thing.enableDnsSupport', got a text",
        ),
        (VPC, {"tags": "none"}, "expected a map at 'thing.tags', got a text"),
        ("aws:ec2/subnet:Subnet", {}, "Missing required property 'vpcId'"),
        (
            GROUP,
            {"ingress": [{"protocol": "tcp", "fromPort": 1}]},
            "Missing required property 'ingress[0].toPort'",
        ),
        (
            GROUP,
            {"ingress": [{"protocol": "tcp", "fromPort": 1, "toPort": 2, "cidr": []}]},
            "unknown property 'cidr'",
        ),
        (GROUP, {"name": "sg-x"}, "cannot begin with sg-"),
        (
            GROUP,
            {"egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["::/0"]}]},
            "IPv4",
        ),
        (
            RULE,
            {"securityGroupId": "sg-1", "ipProtocol": "tcp"},
            "Exactly one of these attributes must be configured",
        ),
        (
            RULE,
            {
                "securityGroupId": "sg-1",
                "ipProtocol": "-1",
                "fromPort": 1,
                "cidrIpv4": "10.0.0.0/8",
            },
            "must not be set",
        ),
        (
            "aws:ec2/route:Route",
            {"routeTableId": "rtb-1", "gatewayId": "igw-1"},
            "destination_cidr_block",
        ),
        (
            "aws:ec2/flowLog:FlowLog",
            {"vpcId": "vpc-1", "maxAggregationInterval": 77},
            "one of [60 600], got 77",
        ),
        ("aws:ec2/flowLog:FlowLog", {}, "must be specified"),
        (CLUSTER, {"nodeType": "db.t4g.small"}, "Missing required property 'aclName'"),
        (VPC, {"cidrBlock": ["10.0.0.0/16"], "nope": UNKNOWN}, "unknown property 'nope'"),
    ],
)
def test_mistakes_are_one_line_each(
    engine: Engine, token: str, news: dict[str, object], says: str
) -> None:
    _, mistakes = engine.check(token, news)
    assert any(says in text for text in mistakes), mistakes
    assert all("\n" not in text for text in mistakes)


@pytest.mark.parametrize(
    ("token", "news"),
    [
        (VPC, {"cidrBlock": UNKNOWN, "enableDnsSupport": UNKNOWN, "tags": UNKNOWN}),
        (GROUP, {"ingress": UNKNOWN, "name": UNKNOWN}),
        (GROUP, {"ingress": [UNKNOWN]}),
        (
            GROUP,
            {
                "ingress": [
                    {
                        "protocol": UNKNOWN,
                        "fromPort": UNKNOWN,
                        "toPort": UNKNOWN,
                        "cidrBlocks": [UNKNOWN],
                    }
                ]
            },
        ),
        (
            RULE,
            {
                "securityGroupId": UNKNOWN,
                "ipProtocol": UNKNOWN,
                "cidrIpv4": UNKNOWN,
                "fromPort": UNKNOWN,
            },
        ),
        (
            "aws:ec2/flowLog:FlowLog",
            {"vpcId": UNKNOWN, "maxAggregationInterval": UNKNOWN, "iamRoleArn": UNKNOWN},
        ),
        (
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcId": UNKNOWN, "serviceName": UNKNOWN, "policy": UNKNOWN},
        ),
    ],
)
def test_what_is_unknown_is_never_refused_and_stays_unknown(
    engine: Engine, token: str, news: dict[str, object]
) -> None:
    inputs, mistakes = engine.check(token, news)
    assert mistakes == []
    planned = engine.preview(token, inputs)
    for name, value in news.items():
        if value == UNKNOWN:
            assert planned[name] == UNKNOWN


def test_texts_become_the_types_of_the_schema(engine: Engine) -> None:
    inputs, mistakes = engine.check(
        "aws:kinesis/stream:Stream", {"shardCount": "2", "enforceConsumerDeletion": "true"}
    )
    assert mistakes == []
    assert inputs["shardCount"] == 2
    assert inputs["enforceConsumerDeletion"] is True


def test_a_policy_may_be_written_as_an_object(engine: Engine) -> None:
    inputs, mistakes = engine.check(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {"vpcId": "v", "serviceName": "s", "policy": {"Statement": []}},
    )
    assert mistakes == []
    assert inputs["policy"] == '{"Statement":[]}'
