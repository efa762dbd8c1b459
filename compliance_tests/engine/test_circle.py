"""The stack comes, stays as it is, goes without a trace and comes again."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import boto3
import pytest

from evidence.model import Loss
from gate import changes, state
from gate.paths import Paths

from .checkout import Checkout, Ran, run
from .conftest import Copies, Job, begun_early

SPARE = (
    "infra/__main__.py",
    "",
    '\nimport pulumi_random\n\npulumi_random.RandomPassword("spare", length=40)\n',
)
OTHER_DATABASE = ("Pulumi.yaml", "default: sensordata\n", "default: sensors\n")
PASSWORD = "random:index/randomPassword:RandomPassword"
LOST = Loss(f"urn:pulumi:sandbox::iot-data-platform::{PASSWORD}::spare", PASSWORD, "delete", "x")


@dataclass(frozen=True)
class Circle:
    """What each step of up, up again, two ups with losses, destroy and a proven up said."""

    first: Ran
    again: Ran
    refused: Ran
    kept: str
    at_hand: str | None
    allowed: Ran
    gone: Ran
    state_after: str
    left: list[str]
    back: Ran


def circle(copy: Checkout) -> Circle:
    """The steps, on a sandbox of the copy's own."""
    gate = ("-m", "gate")
    with copy.changed([SPARE]):
        first = copy.python(*gate, "up", "--no-live-proof")
        again = copy.pulumi(
            "up", "--yes", "--skip-preview", "--non-interactive", "--expect-no-changes"
        )
    with copy.changed([OTHER_DATABASE]):
        refused = copy.python(*gate, "up", "--no-live-proof")
    kept = copy.pulumi("stack", "export").text
    at_hand = state.at_hand(Paths("sandbox", copy.root), copy.environ)
    command = [sys.executable, *gate, "up", "--no-live-proof"]
    allowed = run(command, copy.root, {**os.environ, "APPROVE_LOSS": changes.digest([LOST])})
    gone = copy.python(*gate, "destroy")
    state_after = copy.pulumi("stack", "export").text
    left = sorted(leftovers(copy))
    # with the live proof: keys that wait for their deletion are no strangers to the new stack
    back = copy.python(*gate, "up")
    copy.python(*gate, "destroy")
    return Circle(first, again, refused, kept, at_hand, allowed, gone, state_after, left, back)


def leftovers(copy: Checkout) -> Iterator[str]:
    """Everything of the stack's kinds that the emulator still has."""
    environ = copy.environ

    def client(service: str) -> object:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=environ["AWS_ENDPOINT_URL"],
            region_name=environ["AWS_REGION"],
            aws_access_key_id="sandbox",
            aws_secret_access_key="sandbox",
        )

    asked = (
        ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
        ("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
        ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
        ("kinesis", "list_streams", "StreamNames", None),
        ("rds", "describe_db_clusters", "DBClusters", "DBClusterIdentifier"),
        ("rds", "describe_db_instances", "DBInstances", "DBInstanceIdentifier"),
        ("rds", "describe_db_subnet_groups", "DBSubnetGroups", "DBSubnetGroupName"),
        ("elasticache", "describe_replication_groups", "ReplicationGroups", "ReplicationGroupId"),
        ("elasticache", "describe_cache_clusters", "CacheClusters", "CacheClusterId"),
        ("secretsmanager", "list_secrets", "SecretList", "Name"),
        ("logs", "describe_log_groups", "logGroups", "logGroupName"),
        ("iam", "list_roles", "Roles", "RoleName"),
    )
    for service, method, key, name in asked:
        for entry in getattr(client(service), method)()[key]:
            if not (isinstance(entry, dict) and entry.get("IsDefault")):
                yield f"{service} {entry if name is None else entry[name]}"
    kms = client("kms")
    for key in kms.list_keys()["Keys"]:  # type: ignore[attr-defined]
        told = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]  # type: ignore[attr-defined]
        if told["KeyManager"] == "CUSTOMER" and told["KeyState"] != "PendingDeletion":
            yield f"kms {key['KeyId']}"


@pytest.mark.requirement("REQ-OPS-1")
@begun_early(circle)
def test_up_again_destroy_and_up(copies: Copies, case: Job[Circle]) -> None:
    seen = copies.result(case)
    assert seen.first.code == 0, seen.first.text
    assert seen.again.code == 0, seen.again.text
    _check_losses(seen)
    assert seen.gone.code == 0, seen.gone.text
    deployment = json.loads(seen.state_after)["deployment"]
    assert not [r for r in deployment.get("resources", ()) if r.get("custom")]
    assert not seen.left, f"left in the cloud after destroy: {seen.left}"
    assert seen.back.code == 0, seen.back.text
    assert "passed as verified" in seen.back.text, "the chain ends with the live proof"
    assert "report: reports/sandbox/SANDBOX-report.md" in seen.back.text
    assert "passed as verified" not in seen.first.text, "and it is left out when asked to"


def _check_losses(seen: Circle) -> None:
    """A replaced cluster and a deleted password are named, and stay until they are let go."""
    refused = seen.refused
    assert refused.code == 2, refused.text
    for line in (
        "goes for good: aurora-cluster (aws:rds/cluster:Cluster, replace): the database",
        "goes for good: spare (random:index/randomPassword:RandomPassword, delete): ",
    ):
        assert line in refused.text, refused.text
    assert "::spare" in seen.kept
    assert json.loads(seen.at_hand or "{}") == json.loads(seen.kept), "what the gate reads itself"
    assert seen.allowed.code == 0, seen.allowed.text
    assert "spare (random:index/randomPassword:RandomPassword, delete)" in seen.allowed.text
    assert "aurora-cluster (aws:rds/cluster" not in seen.allowed.text
