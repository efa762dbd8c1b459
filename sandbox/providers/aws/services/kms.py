"""KMS: keys, their aliases, and policies put on them apart."""

from __future__ import annotations

import json
from typing import Any

from sandbox.providers.aws.services.shared import (
    given,
    look,
    remove,
    same_key,
    same_policy,
    tag_changes,
)
from sandbox.providers.framework import (
    AutoName,
    Clients,
    Handler,
    Inputs,
    Outputs,
    TypeRule,
    code_of,
    made,
    tag_list,
    tag_map,
)
from sandbox.providers.validators import between, json_text, length, matches, not_like, one_of, rule

TAG = ("TagKey", "TagValue")
DEFAULT_POLICY_NAME = "default"


def alive(aws: Clients, key_id: str) -> dict[str, Any] | None:
    """What AWS says of a key. One that is pending deletion is gone."""
    answer = look(aws.kms.describe_key, KeyId=key_id)
    if answer is None or answer["KeyMetadata"]["KeyState"] in (
        "PendingDeletion",
        "PendingReplicaDeletion",
    ):
        return None
    metadata: dict[str, Any] = answer["KeyMetadata"]
    return metadata


class Key:
    """aws.kms.Key."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        asked = given(
            inputs,
            {
                "policy": "Policy",
                "keyUsage": "KeyUsage",
                "customerMasterKeySpec": "KeySpec",
                "description": "Description",
                "multiRegion": "MultiRegion",
                "bypassPolicyLockoutSafetyCheck": "BypassPolicyLockoutSafetyCheck",
                "customKeyStoreId": "CustomKeyStoreId",
                "xksKeyId": "XksKeyId",
            },
        )
        if tags := tag_list(inputs.get("tagsAll"), *TAG):
            asked["Tags"] = tags
        id: str = aws.kms.create_key(**asked)["KeyMetadata"]["KeyId"]
        with made(id):
            if inputs.get("enableKeyRotation"):
                self._rotate(aws, id, inputs)
            if inputs.get("isEnabled") is False:
                aws.kms.disable_key(KeyId=id)
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        key = alive(aws, id)
        if key is None:
            return None
        rotation = look(aws.kms.get_key_rotation_status, KeyId=id) or {}
        policy = aws.kms.get_key_policy(KeyId=id, PolicyName=DEFAULT_POLICY_NAME)["Policy"]
        tags = aws.kms.get_paginator("list_resource_tags").paginate(KeyId=id)
        return {
            "id": key["KeyId"],
            "arn": key["Arn"],
            "customKeyStoreId": key.get("CustomKeyStoreId", ""),
            "customerMasterKeySpec": key.get("KeySpec") or key.get("CustomerMasterKeySpec"),
            "description": key.get("Description", ""),
            "enableKeyRotation": rotation.get("KeyRotationEnabled", False),
            "isEnabled": key["Enabled"],
            "keyId": key["KeyId"],
            "keyUsage": key["KeyUsage"],
            "multiRegion": bool(key.get("MultiRegion")),
            "policy": policy,
            "rotationPeriodInDays": rotation.get("RotationPeriodInDays", 0),
            "tagsAll": tag_map([tag for page in tags for tag in page["Tags"]], *TAG),
            "xksKeyId": "",
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        enabled = news.get("isEnabled", True)
        if "isEnabled" in changed and enabled:  # a disabled key takes no other change
            aws.kms.enable_key(KeyId=id)
        if changed & {"enableKeyRotation", "rotationPeriodInDays"}:
            if news.get("enableKeyRotation"):
                self._rotate(aws, id, news)
            else:
                aws.kms.disable_key_rotation(KeyId=id)
        if "description" in changed:
            aws.kms.update_key_description(KeyId=id, Description=news.get("description", ""))
        if "policy" in changed and news.get("policy"):
            put_policy(aws, id, news)
        if "isEnabled" in changed and not enabled:
            aws.kms.disable_key(KeyId=id)
        gone, written = tag_changes(olds, news, changed)
        if gone:
            aws.kms.untag_resource(KeyId=id, TagKeys=gone)
        if written:
            aws.kms.tag_resource(KeyId=id, Tags=tag_list(written, *TAG))

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        asked = given(state, {"deletionWindowInDays": "PendingWindowInDays"})
        try:
            remove(aws.kms.schedule_key_deletion, KeyId=id, **asked)
        except Exception as error:  # somebody has scheduled it already
            if code_of(error) != "KMSInvalidStateException" or alive(aws, id) is not None:
                raise

    def _rotate(self, aws: Clients, id: str, inputs: Inputs) -> None:
        aws.kms.enable_key_rotation(
            KeyId=id, **given(inputs, {"rotationPeriodInDays": "RotationPeriodInDays"})
        )


def put_policy(aws: Clients, id: str, inputs: Inputs) -> None:
    """Write the one policy of a key."""
    asked = given(inputs, {"bypassPolicyLockoutSafetyCheck": "BypassPolicyLockoutSafetyCheck"})
    aws.kms.put_key_policy(
        KeyId=id, PolicyName=DEFAULT_POLICY_NAME, Policy=inputs["policy"], **asked
    )


class Alias:
    """aws.kms.Alias."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        aws.kms.create_alias(AliasName=inputs["name"], TargetKeyId=inputs["targetKeyId"])
        return str(inputs["name"])

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        pages = aws.kms.get_paginator("list_aliases").paginate()
        alias = next(
            (item for page in pages for item in page["Aliases"] if item["AliasName"] == id), None
        )
        if alias is None or not alias.get("TargetKeyId"):
            return None
        arn = alias["AliasArn"]
        return {
            "arn": arn,
            "name": id,
            "namePrefix": "",
            "targetKeyArn": f"{arn[: arn.index(':alias/')]}:key/{alias['TargetKeyId']}",
            "targetKeyId": alias["TargetKeyId"],
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if "targetKeyId" in changed:
            aws.kms.update_alias(AliasName=id, TargetKeyId=news["targetKeyId"])

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        remove(aws.kms.delete_alias, AliasName=id)


class KeyPolicy:
    """aws.kms.KeyPolicy: the policy of a key that is made elsewhere."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        put_policy(aws, inputs["keyId"], inputs)
        return str(inputs["keyId"])

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        if alive(aws, id) is None:
            return None
        policy = aws.kms.get_key_policy(KeyId=id, PolicyName=DEFAULT_POLICY_NAME)["Policy"]
        return {"keyId": id, "policy": policy}

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if "policy" in changed:
            put_policy(aws, id, news)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        if alive(aws, id) is None:
            return
        statement = {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{aws.account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
        default = {"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]}
        put_policy(aws, id, {"policy": json.dumps(default)})


HANDLERS: dict[str, Handler] = {
    "aws:kms/key:Key": Key(),
    "aws:kms/alias:Alias": Alias(),
    "aws:kms/keyPolicy:KeyPolicy": KeyPolicy(),
}
RULES: dict[str, TypeRule] = {
    "aws:kms/key:Key": TypeRule(
        defaults={
            "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
            "isEnabled": True,
            "keyUsage": "ENCRYPT_DECRYPT",
        },
        zeros={"bypassPolicyLockoutSafetyCheck": False, "enableKeyRotation": False},
        replaces={
            "customKeyStoreId",
            "customerMasterKeySpec",
            "keyUsage",
            "multiRegion",
            "xksKeyId",
        },
        same={"policy": same_policy},
        validators=(
            between("deletionWindowInDays", 7, 30),
            between("rotationPeriodInDays", 90, 2560),
            one_of(
                "keyUsage", "ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"
            ),
            length("description", 0, 8192),
            json_text("policy"),
            rule(
                lambda inputs: (
                    '"rotation_period_in_days": all of '
                    "`enable_key_rotation,rotation_period_in_days` must be specified"
                    if inputs.get("rotationPeriodInDays")
                    and inputs.get("enableKeyRotation") is None
                    else None
                ),
                "rotationPeriodInDays",
                "enableKeyRotation",
            ),
        ),
    ),
    "aws:kms/alias:Alias": TypeRule(
        auto_name=AutoName(prefix="alias/"),
        replaces={"name", "namePrefix"},
        same={"targetKeyId": same_key},
        validators=(
            matches(
                "name",
                r"alias/[a-zA-Z0-9/_-]+",
                "\"{name}\" must begin with 'alias/' and be comprised of only [a-zA-Z0-9/_-]",
            ),
            not_like(
                "name",
                r"^alias/aws/",
                "\"{name}\" must not begin with 'alias/aws/': that prefix is reserved",
            ),
        ),
    ),
    "aws:kms/keyPolicy:KeyPolicy": TypeRule(
        zeros={"bypassPolicyLockoutSafetyCheck": False},
        replaces={"keyId"},
        same={"policy": same_policy, "keyId": same_key},
        validators=(json_text("policy"),),
    ),
}
