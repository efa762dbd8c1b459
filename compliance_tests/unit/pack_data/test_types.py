"""The pack's table of types is what the installed SDK says."""

from __future__ import annotations

import json

import pytest

from . import generate_types


def test_the_shipped_table_is_the_generated_one() -> None:
    assert generate_types.TABLE.read_text(encoding="utf-8") == generate_types.render()


@pytest.mark.parametrize(
    ("token", "row"),
    [
        ("aws:kinesis/stream:Stream", {"name": "name", "tags": True}),
        (
            "aws:rds/cluster:Cluster",
            {"name": "clusterIdentifier", "prefix": "clusterIdentifierPrefix", "tags": True},
        ),
        (
            "aws:rds/clusterInstance:ClusterInstance",
            {"name": "identifier", "prefix": "identifierPrefix", "tags": True},
        ),
        (
            "aws:elasticache/replicationGroup:ReplicationGroup",
            {"name": "replicationGroupId", "tags": True},
        ),
        ("aws:elasticache/cluster:Cluster", {"name": "clusterId", "tags": True}),
        ("aws:cloudwatch/compositeAlarm:CompositeAlarm", {"name": "alarmName", "tags": True}),
        ("aws:cloudwatch/dashboard:Dashboard", {"name": "dashboardName"}),
        ("aws:kms/alias:Alias", {"name": "name", "prefix": "namePrefix"}),
        ("aws:kms/key:Key", {"tags": True}),
        ("aws:ec2/vpc:Vpc", {"tags": True}),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {"tags": True}),
    ],
)
def test_a_type_is_named_by_the_property_aws_names_it_by(
    token: str, row: dict[str, object]
) -> None:
    types = json.loads(generate_types.TABLE.read_text(encoding="utf-8"))["types"]
    assert types[token] == row


def test_what_has_neither_name_nor_tags_is_not_in_the_table() -> None:
    types = json.loads(generate_types.TABLE.read_text(encoding="utf-8"))["types"]
    assert "aws:ec2/route:Route" not in types
    assert "aws:secretsmanager/secretVersion:SecretVersion" not in types
