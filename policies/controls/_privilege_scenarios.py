"""Scenarios of role-least-privilege."""

from __future__ import annotations

from typing import Any

from core import UNKNOWN, Item, Scenario, Value, accepts, refuses, undecided

from ._policy_scenarios import ACCOUNT, document
from ._types import POLICY, ROLE, ROLE_POLICY

GROUP = f"arn:aws:logs:sa-east-1:{ACCOUNT}:log-group:flows-test:*"


def may(action: Any, resource: Any = GROUP, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def policy(*entries: dict[str, Any], type_: str = ROLE_POLICY) -> Item:
    return Item(type_, "p", {"policy": document(*entries)})


def inline(value: Value) -> Item:
    return Item(ROLE, "r", {"inlinePolicies": value})


PUT = "logs:PutLogEvents"
WIDE = "on every resource"

SCENARIOS: tuple[Scenario, ...] = (
    accepts("writing to one group", policy(may([PUT, "logs:CreateLogStream"]))),
    accepts("a managed policy of ours", policy(may(PUT), type_=POLICY)),
    accepts(
        "lists of everything", policy(may(["logs:DescribeLogGroups", "kinesis:ListStreams"], "*"))
    ),
    accepts("metrics, which have no resource", policy(may("cloudwatch:PutMetricData", "*"))),
    accepts(
        "reading every record of one stream",
        policy(may("kinesis:Get*", f"arn:aws:kinesis:sa-east-1:{ACCOUNT}:stream/s-test")),
    ),
    accepts(
        "names that begin alike",
        policy(may(PUT, f"arn:aws:logs:sa-east-1:{ACCOUNT}:log-group:/aws/kinesis/*")),
    ),
    accepts("everything denied", policy({"Effect": "Deny", "Action": "*", "Resource": "*"})),
    accepts("a role without policies", Item(ROLE, "r")),
    accepts("an inline policy", inline([{"name": "x", "policy": document(may(PUT))}])),
    refuses("everything", policy(may("*", "*")), says="allows *, every action"),
    refuses("everything of a service", policy(may("kms:*")), says="allows kms:*, every action"),
    refuses("everything of a service, in capitals", policy(may("KMS:*")), says="every action"),
    refuses("everything by two wildcards", policy(may("*:*")), says="every action"),
    refuses("everything by question marks", policy(may("s3:??*")), says="every action"),
    refuses("a service by a pattern", policy(may("k*:Decrypt")), says="every action"),
    refuses("everything among others", policy(may([PUT, "logs:*"])), says="every action"),
    refuses(
        "all but an action",
        policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": GROUP}),
        says="all but",
    ),
    refuses(
        "all but a resource",
        policy({"Effect": "Allow", "Action": PUT, "NotResource": GROUP}),
        says="all but",
    ),
    refuses("writing to every group", policy(may(PUT, "*")), says=WIDE),
    refuses("writing to every group, by ARN", policy(may(PUT, "arn:aws:logs:*:*:*")), says=WIDE),
    refuses(
        "writing to every group of ours",
        policy(may(PUT, f"arn:aws:logs:sa-east-1:{ACCOUNT}:log-group:*")),
        says=WIDE,
    ),
    refuses(
        "every key", policy(may("kms:Decrypt", f"arn:aws:kms:sa-east-1:{ACCOUNT}:key/*")), says=WIDE
    ),
    refuses(
        "every secret among others",
        policy(may("secretsmanager:GetSecretValue", [GROUP, "*"])),
        says=WIDE,
    ),
    refuses("any service's resource", policy(may("kms:Decrypt", "arn:aws:*:*:*:key/k")), says=WIDE),
    refuses("a resource that is no ARN", policy(may(PUT, "flows-test")), says=WIDE),
    refuses("no resource", policy({"Effect": "Allow", "Action": PUT}), says=WIDE),
    refuses("passing any role", policy(may("iam:PassRole", "*")), says=WIDE),
    refuses("in the second statement", policy(may(PUT), may("*", "*")), says="statement 2"),
    refuses(
        "in a managed policy of ours", policy(may("*", "*"), type_=POLICY), says="every action"
    ),
    refuses(
        "in an inline policy", inline([{"policy": document(may("*", "*"))}]), says="every action"
    ),
    refuses(
        "in the second inline policy",
        inline([{"policy": document(may(PUT))}, {"policy": document(may("iam:*"))}]),
        says="inlinePolicies[1].policy",
    ),
    refuses("no policy", Item(ROLE_POLICY, "p"), says="policy is absent"),
    refuses("no JSON", Item(ROLE_POLICY, "p", {"policy": "allow all"}), says="JSON policy"),
    refuses("inline policies of a wrong kind", inline("*"), says="must be a list"),
    undecided("a policy from an output", Item(ROLE_POLICY, "p", {"policy": UNKNOWN})),
    undecided("inline policies from an output", inline(UNKNOWN)),
    undecided("an inline policy from an output", inline([{"policy": UNKNOWN}])),
    *(
        accepts(f"{action}, which has no resource", policy(may(action, "*")))
        for action in (
            "xray:PutTraceSegments",
            "xray:PutTelemetryRecords",
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ecr:GetAuthorizationToken",
            "sts:GetCallerIdentity",
            "kms:GenerateRandom",
        )
    ),
    accepts(
        "one topic, whose ARN has no kind",
        policy(may("sns:Publish", f"arn:aws:sns:sa-east-1:{ACCOUNT}:alarms-test")),
    ),
    *(
        refuses(f"on {resource}", policy(may("sns:Publish", resource)), says=WIDE)
        for resource in (
            f"arn:aws:sns:sa-east-1:{ACCOUNT}:*",
            f"arn:aws:sns:sa-east-1:{ACCOUNT}:?*",
            f"arn:aws:logs:sa-east-1:{ACCOUNT}:log-group:*:*",
            f"arn:aws:logs:sa-east-1:{ACCOUNT}:log-group/*",
            f"arn:aws:sns:sa-east-1:{ACCOUNT}:",
            f"arn:*:sns:sa-east-1:{ACCOUNT}:t",
            f"arn:aws:s?s:sa-east-1:{ACCOUNT}:t",
            "arn:aws:sns",
            "nra:aws:sns:sa-east-1:1:t",
        )
    ),
    *(
        refuses(f"as {a}", policy(may(a)), says="every action")
        for a in ("logs:", "l?gs:Put", "logs:**", "logs:?")
    ),
    refuses(
        "everything, after a denial",
        policy({**may("kms:*", "*"), "Effect": "Deny"}, may("*", "*")),
        says="statement 2 allows *, every action",
    ),
    refuses("a resource that is a part short", policy(may(PUT, "arn:aws:s3:x:y")), says=WIDE),
)
