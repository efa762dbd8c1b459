"""A resource that is gone breaks no control; the gate stays shut all the same."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass

import pytest

from .checkout import Checkout, Ran
from .conftest import Copies, Job, begun_early
from .edits import EDITS
from .test_violations import COLOURS

ENTRY = "infra/__main__.py"
FIRST_IMPORT = "import facts\n"


@dataclass(frozen=True)
class Missing:
    """The program without one resource that a requirement names."""

    requirement: str
    type: str
    name: str

    def __call__(self, copy: Checkout) -> tuple[Ran, list[str]]:
        """The gated preview of the program without it, and what its evidence says is wrong."""
        call = f'import leave_out\nleave_out.leave_out("{self.type}", "{self.name}")\n'
        with copy.changed([(ENTRY, FIRST_IMPORT, call + FIRST_IMPORT)]):
            ran = copy.python("-m", "gate", "preview")
        return ran, problems(copy)


def problems(copy: Checkout) -> list[str]:
    """What kept the gate shut in the last run; the terminal shows the first twenty only."""
    files = sorted((copy.root / "reports" / "sandbox").glob("SANDBOX-*-preview.evidence.json"))
    assert files, "the gate left no evidence"
    evidence = json.loads(files[-1].read_text(encoding="utf-8"))
    return [p["text"] for p in evidence["problems"]]


def missing(requirement: str, type_token: str, *names: str) -> list[Missing]:
    return [Missing(requirement, type_token, name) for name in names]


SERVICES = ("kinesis", "rds", "secrets", "elasticache", "logs")
REQUIRED = [
    *missing("REQ-NET-1", "aws:ec2/vpc:Vpc", "vpc"),
    *missing(
        "REQ-NET-2",
        "aws:ec2/subnet:Subnet",
        "public-subnet-1",
        "public-subnet-2",
        "private-subnet-1",
        "private-subnet-2",
    ),
    *missing("REQ-NET-3", "aws:ec2/internetGateway:InternetGateway", "internet-gateway"),
    *missing("REQ-NET-3", "aws:ec2/routeTable:RouteTable", "public-routes", "private-routes"),
    *missing(
        "REQ-NET-3",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "private-subnet-1-routes",
    ),
    *missing("REQ-NET-3", "aws:ec2/flowLog:FlowLog", "flow-log"),
    *missing("REQ-SG-1", "aws:ec2/securityGroup:SecurityGroup", "database-group"),
    *missing("REQ-SG-2", "aws:ec2/securityGroup:SecurityGroup", "cache-group"),
    *missing("REQ-SG-3", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default-group"),
    *missing("REQ-KMS-1", "aws:kms/key:Key", *(f"{s}-key" for s in SERVICES)),
    *missing("REQ-KMS-1", "aws:kms/alias:Alias", *(f"{s}-key-alias" for s in SERVICES)),
    *missing("REQ-KIN-1", "aws:kinesis/stream:Stream", "sensor-data-stream"),
    *missing("REQ-SEC-1", "aws:secretsmanager/secret:Secret", "database-secret"),
    *missing(
        "REQ-SEC-1", "aws:secretsmanager/secretVersion:SecretVersion", "database-secret-value"
    ),
    *missing("REQ-SEC-3", "random:index/randomPassword:RandomPassword", "database-password"),
    *missing("REQ-RDS-1", "aws:rds/cluster:Cluster", "aurora-cluster"),
    *missing(
        "REQ-RDS-1", "aws:rds/clusterParameterGroup:ClusterParameterGroup", "cluster-parameters"
    ),
    *missing(
        "REQ-RDS-4",
        "aws:rds/clusterInstance:ClusterInstance",
        "aurora-instance-1",
        "aurora-instance-2",
    ),
    *missing("REQ-RDS-4", "aws:rds/subnetGroup:SubnetGroup", "database-subnets"),
    *missing("REQ-RED-1", "aws:elasticache/replicationGroup:ReplicationGroup", "redis"),
    *missing("REQ-RED-2", "aws:secretsmanager/secret:Secret", "cache-secret"),
    *missing("REQ-RED-5", "aws:elasticache/subnetGroup:SubnetGroup", "cache-subnets"),
    *missing(
        "REQ-LOG-1",
        "aws:cloudwatch/logGroup:LogGroup",
        "stream-logs",
        "cluster-logs",
        "postgresql-logs",
        "flow-logs",
    ),
]


EVERY = "EVERY_MISSING_RESOURCE"  # set to 1: each of them, which takes a preview each
CHOSEN = (
    REQUIRED
    if os.environ.get(EVERY) == "1"
    # one for each requirement and type; what the gate makes of each of them, its own tests replay
    else list({(m.requirement, m.type): m for m in REQUIRED}.values())
)


@pytest.mark.requirement("REQ-OPS-1")
@pytest.mark.parametrize("case", CHOSEN, ids=lambda m: f"{m.requirement} {m.name}")
def test_gate_is_not_proven_without(copies: Copies, case: Missing) -> None:
    ran, wrong = copies.result(case)
    text = COLOURS.sub("", ran.text)
    short = re.compile(rf"{case.requirement} needs .*{re.escape(case.type)}")
    assert any(short.search(w) for w in wrong), "\n".join(wrong) or text
    # what others read of the resource may break controls besides, and a violation outranks
    assert ran.code in (1, 2), text
    if "[mandatory]" not in text:
        assert ran.code == 2, text
    assert "Traceback" not in text


def up_of_a_violation(copy: Checkout) -> Ran:
    """`up` on a program that breaks a control, and what is deployed afterwards."""
    with copy.changed(EDITS[0].changes):
        ran = copy.python("-m", "gate", "up")
    left = copy.pulumi("stack", "export")
    return Ran(ran.code, ran.text + ("\nRESOURCES" if '"resources"' in left.text else ""))


@pytest.mark.requirement("REQ-GATE-3")
@begun_early(up_of_a_violation)
def test_up_refuses_after_a_failed_preview(copies: Copies, case: Job[Ran]) -> None:
    ran = copies.result(case)
    assert ran.code == 1, ran.text
    assert "nothing was deployed" in ran.text
    assert "RESOURCES" not in ran.text, ran.text
