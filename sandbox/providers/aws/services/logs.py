"""CloudWatch: log groups, policies of the log service; alarms are in alarms.py."""

from __future__ import annotations

from typing import Any

from sandbox.providers.aws.services import alarms
from sandbox.providers.aws.services.shared import given, remove, same_key, same_policy, tag_changes
from sandbox.providers.framework import AutoName, Clients, Handler, Inputs, Outputs, TypeRule, made
from sandbox.providers.validators import arn, json_text, matches, one_of

RETENTION_DAYS = (
    *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


def _describe(aws: Clients, name: str) -> dict[str, Any] | None:
    pages = aws.logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    return next((g for page in pages for g in page["logGroups"] if g["logGroupName"] == name), None)


class LogGroup:
    """aws.cloudwatch.LogGroup."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        id = str(inputs["name"])
        asked = given(
            inputs,
            {
                "kmsKeyId": "kmsKeyId",
                "logGroupClass": "logGroupClass",
                "deletionProtectionEnabled": "deletionProtectionEnabled",
            },
        )
        if inputs.get("tagsAll"):
            asked["tags"] = inputs["tagsAll"]
        aws.logs.create_log_group(logGroupName=id, **asked)
        with made(id):
            if inputs.get("retentionInDays"):
                aws.logs.put_retention_policy(
                    logGroupName=id, retentionInDays=inputs["retentionInDays"]
                )
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        group = _describe(aws, id)
        if group is None:
            return None
        plain_arn = group["arn"].removesuffix(":*")
        return {
            "arn": plain_arn,
            "deletionProtectionEnabled": group.get("deletionProtectionEnabled", False),
            "kmsKeyId": group.get("kmsKeyId", ""),
            "logGroupClass": group.get("logGroupClass", "STANDARD"),
            "name": id,
            "namePrefix": "",
            "retentionInDays": group.get("retentionInDays", 0),
            "tagsAll": aws.logs.list_tags_for_resource(resourceArn=plain_arn)["tags"],
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if "deletionProtectionEnabled" in changed:
            aws.logs.put_log_group_deletion_protection(
                logGroupIdentifier=id,
                deletionProtectionEnabled=bool(news.get("deletionProtectionEnabled")),
            )
        if "retentionInDays" in changed:
            if news.get("retentionInDays"):
                aws.logs.put_retention_policy(
                    logGroupName=id, retentionInDays=news["retentionInDays"]
                )
            else:
                aws.logs.delete_retention_policy(logGroupName=id)
        if "kmsKeyId" in changed:
            if news.get("kmsKeyId"):
                aws.logs.associate_kms_key(logGroupName=id, kmsKeyId=news["kmsKeyId"])
            else:
                aws.logs.disassociate_kms_key(logGroupName=id)
        gone, written = tag_changes(olds, news, changed)
        if gone:
            aws.logs.untag_resource(resourceArn=olds["arn"], tagKeys=gone)
        if written:
            aws.logs.tag_resource(resourceArn=olds["arn"], tags=written)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        if not state.get("skipDestroy"):
            remove(aws.logs.delete_log_group, logGroupName=id)


class LogResourcePolicy:
    """aws.cloudwatch.LogResourcePolicy."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        aws.logs.put_resource_policy(
            policyName=inputs["policyName"], policyDocument=inputs["policyDocument"]
        )
        return str(inputs["policyName"])

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        found = aws.logs.describe_resource_policies()["resourcePolicies"]
        policy = next((item for item in found if item["policyName"] == id), None)
        if policy is None:
            return None
        return {
            "policyDocument": policy["policyDocument"],
            "policyName": id,
            "policyScope": policy.get("policyScope", "ACCOUNT"),
            "revisionId": policy.get("revisionId", ""),
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if "policyDocument" in changed:
            aws.logs.put_resource_policy(policyName=id, policyDocument=news["policyDocument"])

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        remove(aws.logs.delete_resource_policy, policyName=id)


HANDLERS: dict[str, Handler] = {
    "aws:cloudwatch/logGroup:LogGroup": LogGroup(),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": LogResourcePolicy(),
    **alarms.HANDLERS,
}
RULES: dict[str, TypeRule] = {
    "aws:cloudwatch/logGroup:LogGroup": TypeRule(
        auto_name=AutoName(max_length=512),
        zeros={"retentionInDays": 0, "skipDestroy": False},
        replaces={"name", "namePrefix", "logGroupClass"},
        same={"kmsKeyId": same_key},
        validators=(
            one_of("retentionInDays", *RETENTION_DAYS),
            one_of("logGroupClass", "STANDARD", "INFREQUENT_ACCESS", "DELIVERY"),
            matches(
                "name",
                r"[a-zA-Z0-9_/.#-]{1,512}",
                '"{name}" isn\'t a valid log group name: "{value}"',
            ),
            arn("kmsKeyId"),
        ),
    ),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": TypeRule(
        auto_name=None,
        replaces={"policyName", "resourceArn"},
        same={"policyDocument": same_policy},
        validators=(json_text("policyDocument"),),
    ),
    **alarms.RULES,
}
