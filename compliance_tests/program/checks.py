"""What must hold of a run of the program; each raises AssertionError with what differs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from compliance_tests.program.exact import OUTPUTS, RESOURCES
from compliance_tests.program.recorded import Program

# How many of each type the requirements add up to.
INVENTORY = {
    "aws:cloudwatch/logGroup:LogGroup": 4,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": 1,
    "aws:ec2/flowLog:FlowLog": 1,
    "aws:ec2/internetGateway:InternetGateway": 1,
    "aws:ec2/routeTable:RouteTable": 2,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": 4,
    "aws:ec2/securityGroup:SecurityGroup": 2,
    "aws:ec2/subnet:Subnet": 4,
    "aws:ec2/vpc:Vpc": 1,
    "aws:elasticache/replicationGroup:ReplicationGroup": 1,
    "aws:elasticache/subnetGroup:SubnetGroup": 1,
    "aws:iam/role:Role": 1,
    "aws:iam/rolePolicy:RolePolicy": 1,
    "aws:kinesis/stream:Stream": 1,
    "aws:kms/alias:Alias": 5,
    "aws:kms/key:Key": 5,
    "aws:rds/cluster:Cluster": 1,
    "aws:rds/clusterInstance:ClusterInstance": 2,
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": 1,
    "aws:rds/subnetGroup:SubnetGroup": 1,
    "aws:secretsmanager/secret:Secret": 2,
    "aws:secretsmanager/secretVersion:SecretVersion": 2,
    "random:index/randomPassword:RandomPassword": 2,
}


def inventory(program: Program) -> None:
    """The stack has exactly these resources, and no other."""
    assert dict(Counter(each.type for each in program.custom())) == INVENTORY


def inputs(program: Program) -> None:
    """Every resource has exactly these inputs."""
    found = {(each.type, each.name): each.inputs for each in program.custom()}
    assert found.keys() == RESOURCES.keys()
    for key, expected in RESOURCES.items():
        _same(f"{key[0]} {key[1]}", found[key], expected)


def outputs(program: Program) -> None:
    """The stack exports exactly these outputs."""
    _same("outputs", program.outputs, OUTPUTS)


def order(program: Program) -> None:
    """What would otherwise be made by AWS itself is there before what needs it."""
    cluster, flow_log = program.named("aurora-cluster"), program.named("flow-log")
    assert "postgresql-logs" in cluster.waits_for, "RDS would make a log group that keeps for ever"
    assert "flow-logs-policy" in flow_log.waits_for, "the first records could not be written"


def private_endpoints(program: Program) -> None:
    """Interface endpoints in the private subnets, reached over HTTPS from inside the VPC only."""
    endpoints = program.of("aws:ec2/vpcEndpoint:VpcEndpoint")
    services = {each.inputs["serviceName"].rpartition(".")[2] for each in endpoints}
    assert services == {"kinesis-streams", "kms", "logs", "secretsmanager"}
    for each in endpoints:
        assert each.inputs["vpcEndpointType"] == "Interface"
        assert each.inputs["privateDnsEnabled"] is True
        assert each.inputs["subnetIds"] == ["<id of private-subnet-1>", "<id of private-subnet-2>"]
        assert each.inputs["securityGroupIds"] == ["<id of endpoint-group>"]
        policy = json.loads(each.inputs["policy"])["Statement"]
        assert [each["Condition"] for each in policy] == [
            {"StringEquals": {"aws:ResourceAccount": "123456789012"}}
        ]
    group = program.named("endpoint-group").inputs
    rules = [(rule["fromPort"], rule["toPort"], rule["cidrBlocks"]) for rule in group["ingress"]]
    assert rules == [(443, 443, ["10.0.0.0/16"])]
    assert group["egress"] == []


CHECKS: tuple[Callable[[Program], None], ...] = (inventory, inputs, outputs, order)


def _same(what: str, found: dict[str, Any], expected: dict[str, Any]) -> None:
    differing = {
        key: (found.get(key, "absent"), expected.get(key, "absent"))
        for key in found.keys() | expected.keys()
        if found.get(key, "absent") != expected.get(key, "absent")
    }
    assert not differing, f"{what}: {differing} (found, expected)"
