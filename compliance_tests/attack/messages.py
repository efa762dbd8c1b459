"""Doors beside the stores that an attacker adds: who reads messages, what a network ACL admits."""

from __future__ import annotations

from core import Value

from .addition import Added
from .mutants import shown
from .wrong_values import FOREIGN, POLICIES

ARN = "arn:aws:{}:sa-east-1:111122223333:alarms-{{suffix}}"
WORLD: dict[str, Value] = {"cidrBlock": "0.0.0.0/0", "protocol": "tcp"}
ENTRY: dict[str, Value] = {"ruleNo": 100.0, "action": "allow"}
VPC = ("aws:ec2/vpc:Vpc", "")


def _acl(what: str, *, number: int, last: int) -> tuple[Added, Added]:
    """The same opening as an entry of an ACL and as a rule of its own."""
    ports: dict[str, Value] = {"fromPort": float(number), "toPort": float(last)}
    return (
        Added(f"an ACL open {what}", "aws:ec2/networkAcl:NetworkAcl",
              {"ingress": [{**ENTRY, **WORLD, **ports}], "tags": {}}, {"vpcId": VPC},
              "network-acl-not-open"),
        Added(f"an ACL rule open {what}", "aws:ec2/networkAclRule:NetworkAclRule",
              {"networkAclId": "acl-1", "ruleNumber": 1.0, "ruleAction": "allow",
               **WORLD, **ports}, {}, "network-acl-not-open"),
    )  # fmt: skip


def _owner(policy: Value) -> str:
    """Another account by name is the business of one control, everybody that of another."""
    return "foreign-accounts" if FOREIGN in str(policy) else "message-policy-closed"


BESIDE_STORES: tuple[Added, ...] = (
    *_acl("for PostgreSQL", number=5432, last=5432),
    *_acl("for Redis", number=6379, last=6379),
    *_acl("for SSH", number=22, last=22),
    *_acl("on every port", number=0, last=65535),
    *(
        Added(f"topic policy {shown(p)}", "aws:sns/topicPolicy:TopicPolicy",
              {"arn": ARN.format("sns"), "policy": p}, {}, _owner(p))
        for p in POLICIES
    ),
    *(
        Added(f"queue policy {shown(p)}", "aws:sqs/queuePolicy:QueuePolicy",
              {"queueUrl": "https://sqs.sa-east-1.amazonaws.com/111122223333/q-{suffix}",
               "policy": p}, {}, _owner(p))
        for p in POLICIES
    ),
    Added("a subscription in clear", "aws:sns/topicSubscription:TopicSubscription",
          {"topic": ARN.format("sns"), "protocol": "http", "endpoint": "http://reader.example"},
          {}, "message-policy-closed"),
)  # fmt: skip
