"""CloudWatch Logs: keys, retention periods, deletion protection, tags that outlive their group."""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.logs.models import LogGroup, LogsBackend
from moto.logs.responses import LogsResponse

from sandbox.emulator.patches.patch import adds, around
from sandbox.emulator.patches.shared import principals, statements, usable_key

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


class LogsError(JsonRESTError):
    """Any error of the CloudWatch Logs API by its code."""

    code = 400


def _check_key(self: Any, name: str, key_id: str) -> None:
    """AWS tries the key out: it must exist and its policy must let the log service use it."""
    key = usable_key(self.account_id, self.region_name, key_id)
    if key is not None:
        services = {"*", "logs.amazonaws.com", f"logs.{self.region_name}.amazonaws.com"}
        for statement in statements(key.policy):
            if statement["Effect"] == "Allow" and services & set(principals(statement, "Service")):
                return
    arn = f"arn:aws:logs:{self.region_name}:{self.account_id}:log-group:{name}"
    raise LogsError(
        "InvalidParameterException",
        f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'",
    )


@around(
    LogsBackend,
    "create_log_group",
    "a key that does not exist, or shuts the log service out, is accepted",
)
def create_log_group(
    original: Any, self: Any, log_group_name: str, tags: Any, **values: Any
) -> Any:
    if key_id := values.get("kmsKeyId"):
        _check_key(self, log_group_name, key_id)
    return original(self, log_group_name, tags or {}, **values)


@around(LogsResponse, "create_log_group", "deletionProtectionEnabled and logGroupClass are dropped")
def create_log_group_options(original: Any, self: Any) -> Any:
    answer = original(self)
    group = self.logs_backend.groups[self._get_param("logGroupName")]
    group.deletion_protection = bool(self._get_param("deletionProtectionEnabled"))
    group.log_group_class = self._get_param("logGroupClass") or "STANDARD"
    return answer


@around(LogGroup, "to_describe_dict", "deletionProtectionEnabled and logGroupClass are absent")
def to_describe_dict(original: Any, self: Any) -> dict[str, Any]:
    return {
        **original(self),
        "deletionProtectionEnabled": getattr(self, "deletion_protection", False),
        "logGroupClass": getattr(self, "log_group_class", "STANDARD"),
    }


def _group(response: Any) -> Any:
    """The group that a request names, by name or by the ARN of an identifier."""
    name = response._get_param("logGroupName")
    if name is None:
        identifier = str(
            response._get_param("logGroupIdentifier") or response._get_param("resourceIdentifier")
        )
        name = identifier.rsplit(":log-group:", 1)[-1].removesuffix(":*")
    if name not in response.logs_backend.groups:
        raise LogsError("ResourceNotFoundException", "The specified log group does not exist.")
    return response.logs_backend.groups[name]


@adds(
    LogsResponse, "put_log_group_deletion_protection", "PutLogGroupDeletionProtection is not there"
)
def put_log_group_deletion_protection(self: Any) -> str:
    _group(self).deletion_protection = bool(self._get_param("deletionProtectionEnabled"))
    return "{}"


@adds(LogsResponse, "associate_kms_key", "AssociateKmsKey is not there")
def associate_kms_key(self: Any) -> str:
    group = _group(self)
    _check_key(self.logs_backend, group.name, self._get_param("kmsKeyId"))
    group.kms_key_id = self._get_param("kmsKeyId")
    return "{}"


@adds(LogsResponse, "disassociate_kms_key", "DisassociateKmsKey is not there")
def disassociate_kms_key(self: Any) -> str:
    _group(self).kms_key_id = None
    return "{}"


@around(LogsBackend, "put_retention_policy", "any number of days is accepted")
def put_retention_policy(
    original: Any, self: Any, log_group_name: str, retention_in_days: Any
) -> Any:
    if int(retention_in_days) not in RETENTION_DAYS:
        raise LogsError(
            "InvalidParameterException",
            f"1 validation error detected: Value '{retention_in_days}' at 'retentionInDays' "
            "failed to satisfy "
            f"constraint: Member must satisfy enum value set: {list(RETENTION_DAYS)}",
        )
    return original(self, log_group_name, retention_in_days)


@around(
    LogsBackend, "delete_log_group", "protected groups can be deleted; tags outlive their group"
)
def delete_log_group(original: Any, self: Any, log_group_name: str) -> Any:
    group = self.groups.get(log_group_name)
    if getattr(group, "deletion_protection", False):
        raise LogsError(
            "ValidationException",
            f"Log group {log_group_name} has deletion protection enabled: disable it first.",
        )
    answer = original(self, log_group_name)
    self.tagger.delete_all_tags_for_resource(group.arn)
    return answer
