"""The command that lets anyone ask again: read-only, as the AWS CLI names things, well quoted."""

from __future__ import annotations

import shlex

import botocore.session
import pytest
from botocore import xform_name

from evidence.formats.html.repeat import command, kebab
from evidence.model import ApiCall

SERVICES = ("ec2", "rds", "kms", "kinesis", "elasticache", "secretsmanager", "logs", "iam", "sns",
            "sqs", "sts")  # fmt: skip


@pytest.mark.parametrize("service", SERVICES)
def test_names_are_those_of_the_command_line(service: str) -> None:
    """Of every read-only operation of the service, with each of its parameters."""
    model = botocore.session.get_session().get_service_model(service)
    reads = [n for n in model.operation_names if n.startswith(("Describe", "Get", "List"))]
    assert reads
    for name in reads:
        assert kebab(name) == xform_name(name, "-")
        shape = model.operation_model(name).input_shape
        for member in shape.members if shape else ():
            assert kebab(member) == xform_name(member, "-"), f"{name} {member}"


def test_a_command_is_quoted_for_a_shell() -> None:
    hostile = "x'; rm -rf / #"
    call = ApiCall("rds", "DescribeDBClusters", {"DBClusterIdentifier": hostile})
    words = shlex.split(command(call, "sa-east-1"))
    assert words == [
        "aws", "rds", "describe-db-clusters", "--db-cluster-identifier", hostile,
        "--region", "sa-east-1",
    ]  # fmt: skip


def test_structures_are_json_and_lists_are_words() -> None:
    call = ApiCall("ec2", "DescribeSubnets", {"Filters": [{"Name": "vpc-id", "Values": ["v"]}]})
    assert '[{"Name":"vpc-id","Values":["v"]}]' in shlex.split(command(call, ""))
    call = ApiCall("ec2", "DescribeVpcs", {"VpcIds": ["a", "b"]})
    assert command(call, "") == "aws ec2 describe-vpcs --vpc-ids a b"


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("kinesis", "PutRecord"),
        ("kinesis", "GetRecords"),
        ("secretsmanager", "GetSecretValue"),
        ("kms", "Decrypt"),
        ("rds;id", "DescribeDBClusters"),
        ("rds", "DescribeDBClusters;id"),
        ("rds", "DeleteDBCluster"),
    ],
)
def test_what_writes_or_answers_a_secret_is_not_repeated(service: str, operation: str) -> None:
    assert command(ApiCall(service, operation), "sa-east-1") == ""
