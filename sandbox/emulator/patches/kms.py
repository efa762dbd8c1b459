"""KMS: rotation periods, states of keys, and key policies that AWS would refuse."""

from __future__ import annotations

import json
import time
from fnmatch import fnmatchcase
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms.models import Key, KmsBackend
from moto.kms.responses import KmsResponse

from sandbox.emulator.patches.patch import adds, around
from sandbox.emulator.patches.shared import as_list, backend, principals, statements

DAY_SECONDS = 86_400
ROTATION_DAYS = range(90, 2561)
DELETION_DAYS = range(7, 31)


class KmsError(JsonRESTError):
    """Any error of the KMS API by its code."""

    code = 400


def _key(response: Any) -> Key:
    """The key that the request names; moto's own error when there is none."""
    reference = response._get_param("KeyId")
    response._validate_key_id(reference)
    kms: KmsBackend = response.kms_backend
    return kms.keys[kms.any_id_to_key_id(reference)]


def _expect(key: Key, *states: str) -> None:
    if key.key_state in states:
        return
    if key.key_state == "Disabled":
        raise KmsError("DisabledException", f"{key.arn} is disabled.")
    raise KmsError("KMSInvalidStateException", f"{key.arn} is pending deletion.")


@around(KmsBackend, "create_key", "KeyUsage and MultiRegion are null when they are left out")
def create_key(
    original: Any, self: Any, policy: Any, key_usage: Any, *args: Any, **kwargs: Any
) -> Any:
    key = original(self, policy, key_usage or "ENCRYPT_DECRYPT", *args, **kwargs)
    key.multi_region = bool(key.multi_region)
    return key


@around(
    KmsResponse, "create_key", "a malformed policy, or one that locks its owner out, is accepted"
)
def create_key_policy(original: Any, self: Any) -> Any:
    if policy := self._get_param("Policy"):
        _check_policy(
            policy, self.current_account, bypass=self._get_param("BypassPolicyLockoutSafetyCheck")
        )
    return original(self)


@around(
    KmsResponse,
    "put_key_policy",
    "a malformed policy, or one that locks its owner out, is accepted",
)
def put_key_policy(original: Any, self: Any) -> Any:
    _expect(_key(self), "Enabled", "Disabled")
    _check_policy(
        self._get_param("Policy"),
        self.current_account,
        bypass=self._get_param("BypassPolicyLockoutSafetyCheck"),
    )
    return original(self)


def _check_policy(policy: str, account: str, bypass: Any) -> None:
    try:
        found = statements(policy)
    except ValueError:
        raise KmsError(
            "MalformedPolicyDocumentException",
            "The new key policy is malformed: it is no valid policy document.",
        ) from None
    for statement in found:
        for name in principals(statement, "AWS"):
            if not _exists(name, account):
                raise KmsError(
                    "MalformedPolicyDocumentException",
                    "Policy contains a statement with one or more invalid principals.",
                )
    if not bypass and not any(_lets_owner_change(statement, account) for statement in found):
        raise KmsError(
            "MalformedPolicyDocumentException",
            "The new key policy will not allow you to update the key policy in the future.",
        )


def _lets_owner_change(statement: dict[str, Any], account: str) -> bool:
    owner = {"*", account, f"arn:aws:iam::{account}:root"}
    return (
        statement.get("Effect") == "Allow"
        and bool(owner & set(principals(statement, "AWS")))
        and any(
            fnmatchcase("kms:putkeypolicy", str(action).lower())
            for action in as_list(statement.get("Action"))
        )
        and _only_own_account(statement.get("Condition") or {}, account)
    )


def _only_own_account(condition: dict[str, Any], account: str) -> bool:
    """Whether every condition holds for the account itself: others may lock it out."""
    return all(
        operator == "StringEquals"
        and key.lower() in ("kms:calleraccount", "aws:principalaccount")
        and account in as_list(value)
        for operator, tests in condition.items()
        for key, value in tests.items()
    )


def _exists(principal: str, account: str) -> bool:
    """Whether AWS knows the principal: those of other accounts cannot be looked up here."""
    fields = principal.split(":", 5)
    if len(fields) < 6 or fields[4] != account:
        return True
    kind, _, name = fields[5].partition("/")
    iam = backend("iam", account, "aws")
    if kind == "role":
        return any(role.arn == principal for role in iam.roles.values())
    if kind == "user":
        return name.rsplit("/", 1)[-1] in iam.users
    return True


@around(
    KmsResponse,
    "enable_key_rotation",
    "RotationPeriodInDays is dropped; a key pending deletion is accepted",
)
def enable_key_rotation(original: Any, self: Any) -> Any:
    key: Any = _key(self)
    _expect(key, "Enabled")
    period = self._get_param("RotationPeriodInDays")
    if period is not None and int(period) not in ROTATION_DAYS:
        raise KmsError(
            "ValidationException",
            f"1 validation error detected: Value '{period}' at 'rotationPeriodInDays' failed "
            "to satisfy constraint: "
            "Member must have value between 90 and 2560",
        )
    answer = original(self)
    key.rotation_period = int(period or getattr(key, "rotation_period", 365))
    key.rotation_from = time.time()
    return answer


@adds(
    KmsResponse, "get_key_rotation_status", "RotationPeriodInDays and NextRotationDate are missing"
)
def get_key_rotation_status(self: Any) -> str:
    key: Any = _key(self)
    answer: dict[str, Any] = {"KeyId": key.arn, "KeyRotationEnabled": key.key_rotation_status}
    if key.key_rotation_status:
        period = getattr(key, "rotation_period", 365)
        since = getattr(key, "rotation_from", key.creation_date)
        answer |= {"RotationPeriodInDays": period, "NextRotationDate": since + period * DAY_SECONDS}
    return json.dumps(answer)


@around(KmsResponse, "encrypt", "a disabled key and one pending deletion encrypt")
def encrypt(original: Any, self: Any) -> Any:
    _expect(_key(self), "Enabled")
    return original(self)


@around(KmsResponse, "generate_data_key", "a disabled key and one pending deletion make data keys")
def generate_data_key(original: Any, self: Any) -> Any:
    _expect(_key(self), "Enabled")
    return original(self)


@around(
    KmsResponse,
    "schedule_key_deletion",
    "windows outside 7 to 30 days, and a second deletion, are accepted",
)
def schedule_key_deletion(original: Any, self: Any) -> Any:
    key: Any = _key(self)
    if key.key_state == "PendingDeletion":
        raise KmsError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    days = self._get_param("PendingWindowInDays")
    if days is not None and int(days) not in DELETION_DAYS:
        raise KmsError(
            "ValidationException",
            f"1 validation error detected: Value '{days}' at 'pendingWindowInDays' failed to "
            "satisfy constraint: "
            "Member must have value between 7 and 30",
        )
    answer = json.loads(original(self))
    return json.dumps(
        answer
        | {"KeyId": key.arn, "KeyState": "PendingDeletion", "PendingWindowInDays": int(days or 30)}
    )


def _by_arn(original: Any, self: Any, key_id: str, *args: Any, **kwargs: Any) -> Any:
    return original(self, self.get_key_id(key_id), *args, **kwargs)


NO_ARN = "the key's ARN is not accepted"
schedule_by_arn = around(KmsBackend, "schedule_key_deletion", NO_ARN)(_by_arn)
cancel_by_arn = around(KmsBackend, "cancel_key_deletion", NO_ARN)(_by_arn)
enable_by_arn = around(KmsBackend, "enable_key", NO_ARN)(_by_arn)
disable_by_arn = around(KmsBackend, "disable_key", NO_ARN)(_by_arn)


AWS_KEYS = (
    *("dynamodb", "ebs", "elasticache", "elasticfilesystem", "kinesis", "lambda"),
    *("rds", "s3", "secretsmanager", "sns", "sqs", "ssm"),
)
"""The services that make a key of their own when they first need one."""


@around(
    KmsBackend,
    "get_key_id_from_alias",
    "AWS's own keys (alias/aws/...) are customer keys, and some are unknown",
)
def get_key_id_from_alias(original: Any, self: Any, alias_name: str) -> str | None:
    service = alias_name.removeprefix("alias/aws/")
    known = service != alias_name and service in AWS_KEYS
    if not known or self.alias_exists(alias_name):
        found: str | None = original(self, alias_name)
        return found
    description = f"Default key that protects my {service} data when no other key is defined"
    key = self.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", description, None)
    key.key_manager, key.key_rotation_status = "AWS", True
    self.create_alias(key.id, alias_name)
    return str(key.id)
