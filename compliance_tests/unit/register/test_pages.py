"""No live test reads the first page of a list alone: what has pages is asked with `ask_all`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest

TESTS = Path(__file__).parents[2] / "deployed"
SERVICES = ("ec2", "elasticache", "iam", "kinesis", "kms", "lambda", "logs", "rds",
            "resourcegroupstaggingapi", "secretsmanager", "sns", "sqs")  # fmt: skip
#: One thing asked for by its id has one page.
BY_ID = {
    "CacheSubnetGroupName", "DBClusterIdentifier", "DBClusterParameterGroupName",
    "DBInstanceIdentifier", "DBSubnetGroupName", "FlowLogIds", "GroupIds", "InternetGatewayIds",
    "ReplicationGroupId", "RouteTableIds", "SubnetIds", "VpcEndpointIds", "VpcIds",
}  # fmt: skip


def paged() -> set[str]:
    """The methods that have pages in any of the services."""
    session = botocore.session.Session()
    found = set()
    for service in SERVICES:
        model = session.get_service_model(service)
        pages = session.get_component("data_loader").load_service_model(service, "paginators-1")
        known = set(pages["pagination"])
        found |= {botocore.xform_name(o) for o in model.operation_names if o in known}
    return found


def first_page_alone(source: str, methods: set[str]) -> Iterator[int]:
    """The lines that ask for a list with pages in one call."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name = node.args[1] if len(node.args) > 1 else None
        if node.func.attr != "ask" or not isinstance(name, ast.Constant):
            continue
        one = str(name.value).startswith("describe_") and BY_ID & {k.arg for k in node.keywords}
        if name.value in methods and not one and not str(name.value).startswith("list_tags"):
            yield node.lineno


def test_every_list_of_the_live_tests_follows_its_pages() -> None:
    methods = paged()
    found = [
        f"{path.name}:{line}"
        for path in sorted(TESTS.rglob("*.py"))
        for line in first_page_alone(path.read_text("utf-8"), methods)
    ]
    assert not found, f"use check.ask_all: {found}"


@pytest.mark.parametrize(
    ("call", "count"),
    [
        ('check.ask(kms, "list_keys")', 1),
        ('check.ask(kms, "list_resource_tags", KeyId=key)', 1),
        ('check.ask(ec2, "describe_subnets", Filters=[])', 1),
        ('check.ask_all(kms, "list_keys")', 0),
        ('check.ask(ec2, "describe_subnets", SubnetIds=[one])', 0),
    ],
)
def test_the_search_sees_one_call_where_pages_are(call: str, count: int) -> None:
    assert len(list(first_page_alone(call, paged()))) == count
