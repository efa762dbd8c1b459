"""Key policies, written out from values known before any resource exists."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from components.names import Scope

# What an administrator does with a key; none of it reads or writes data.
ADMINISTER = (
    "kms:CancelKeyDeletion",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")


def service_key_policy(scope: Scope, service: str, *, grants: bool) -> str:
    """The policy of a key that this account uses through one AWS service only.

    Args:
        scope: account and region.
        service: the service's part of its endpoint, such as `rds`.
        grants: whether the service works through grants of its own (RDS and ElastiCache do).

    Returns:
        JSON. The principal is the account, so identity policies still decide who.
    """
    bound = _through(scope, service)
    statements = [
        _administration(scope),
        _statement("UseThroughTheService", _account(scope), USE, {"StringEquals": bound}),
    ]
    if grants:
        condition = {
            "StringEquals": bound,
            "Bool": {"kms:GrantIsForAWSResource": "true"},
        }
        statements.append(
            _statement("GrantToTheService", _account(scope), ("kms:CreateGrant",), condition)
        )
    return _document(statements)


def logs_key_policy(scope: Scope, log_groups: Sequence[str]) -> str:
    """The policy of the key that CloudWatch Logs uses, for the named log groups only.

    The service acts in its own name, and newer calls in that of whoever calls it. Its calls
    carry no account to compare with, so what binds them is the log group's ARN.
    """
    arns = [scope.arn("logs", f"log-group:{name}") for name in log_groups]
    principal = {"Service": f"logs.{scope.region}.amazonaws.com"}
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    context = {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": arns}}
    caller = {"StringEquals": _through(scope, "logs")}
    return _document(
        [
            _administration(scope),
            _statement("UseForTheLogGroups", principal, USE, context),
            _statement("UseThroughTheService", _account(scope), USE, caller | context),
        ]
    )


def _account(scope: Scope) -> dict[str, str]:
    return {"AWS": f"arn:aws:iam::{scope.account}:root"}


def _through(scope: Scope, service: str) -> dict[str, str]:
    return {
        "kms:ViaService": f"{service}.{scope.region}.amazonaws.com",
        "kms:CallerAccount": scope.account,
    }


def _administration(scope: Scope) -> dict[str, Any]:
    return _statement("AdministerFromTheAccount", _account(scope), ADMINISTER, None)


def _statement(
    sid: str,
    principal: dict[str, str],
    actions: Sequence[str],
    condition: dict[str, Any] | None,
) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": list(actions),
        "Resource": "*",
    }
    if condition:
        statement["Condition"] = condition
    return statement


def _document(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
