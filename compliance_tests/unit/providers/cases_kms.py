"""The lifecycle table of KMS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.cases_ec2 import MORE_TAGS, TAGS
from compliance_tests.unit.providers.world import World

ROOT = {
    "Sid": "Owner",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
    "Action": "kms:*",
    "Resource": "*",
}


def policy(*services: str) -> str:
    """A key policy: the owner, and services of AWS."""
    more = [
        {
            "Effect": "Allow",
            "Principal": {"Service": name},
            "Action": ["kms:Encrypt*", "kms:Decrypt*"],
            "Resource": "*",
        }
        for name in services
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": [ROOT, *more]})


def key_for(world: World, *services: str) -> str:
    """The ARN of a new key that services may use."""
    return str(world.aws.kms.create_key(Policy=policy(*services))["KeyMetadata"]["Arn"])


def view_key(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    key = world.aws.kms.describe_key(KeyId=id_)["KeyMetadata"]
    if key["KeyState"] == "PendingDeletion":
        return None
    rotation = world.aws.kms.get_key_rotation_status(KeyId=id_)
    tags = world.aws.kms.list_resource_tags(KeyId=id_)["Tags"]
    return {
        "description": key["Description"],
        "enableKeyRotation": rotation["KeyRotationEnabled"],
        "isEnabled": key["Enabled"],
        "policy": world.aws.kms.get_key_policy(KeyId=id_, PolicyName="default")["Policy"],
        "rotationPeriodInDays": rotation.get("RotationPeriodInDays"),
        "tags": {tag["TagKey"]: tag["TagValue"] for tag in tags},
    }


def view_alias(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    aliases = world.aws.kms.list_aliases()["Aliases"]
    return next(
        (
            {"name": a["AliasName"], "targetKeyId": a["TargetKeyId"]}
            for a in aliases
            if a["AliasName"] == id_
        ),
        None,
    )


def view_key_policy(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = world.aws.kms.get_key_policy(KeyId=id_, PolicyName="default")["Policy"]
    return None if "key-default-1" in found else {"policy": found}


CASES: tuple[Case, ...] = (
    Case(
        "aws:kms/key:Key",
        lambda w: {
            "description": "of a test",
            "deletionWindowInDays": 7,
            "enableKeyRotation": True,
            "rotationPeriodInDays": 365,
            "policy": policy(),
            "tags": TAGS,
        },
        view_key,
        update=lambda w: {
            "description": "changed",
            "policy": policy("logs.sa-east-1.amazonaws.com"),
            "rotationPeriodInDays": 180,
            "isEnabled": False,
            "tags": MORE_TAGS,
        },
        replace=lambda w: {"multiRegion": True},
        drift=lambda w, id_, s: w.aws.kms.enable_key(KeyId=id_),
        drifts="isEnabled",
        not_imported={"deletionWindowInDays"},
    ),
    Case(
        "aws:kms/alias:Alias",
        lambda w: {"name": f"alias/{w.name('a')}", "targetKeyId": w.key},
        view_alias,
        update=lambda w: {"targetKeyId": w.other_key},
        replace=lambda w: {"name": f"alias/{w.name('b')}"},
        drift=lambda w, id_, s: w.aws.kms.update_alias(AliasName=id_, TargetKeyId=w.key),
        drifts="targetKeyId",
    ),
    Case(
        "aws:kms/keyPolicy:KeyPolicy",
        lambda w: {"keyId": w.key.rsplit("/", 1)[-1], "policy": policy("sns.amazonaws.com")},
        view_key_policy,
        update=lambda w: {"policy": policy("rds.amazonaws.com")},
        replace=lambda w: {"keyId": w.other_key.rsplit("/", 1)[-1]},
        drift=lambda w, id_, s: w.aws.kms.put_key_policy(
            KeyId=id_, PolicyName="default", Policy=policy()
        ),
        drifts="policy",
        leaves_another=True,
    ),
)
