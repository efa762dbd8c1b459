"""The lifecycle table of Secrets Manager."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.cases_ec2 import MORE_TAGS, TAGS
from compliance_tests.unit.providers.world import World
from sandbox.providers.framework import is_missing


def policy(action: str) -> str:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def described(world: World, id_: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = world.aws.secretsmanager.describe_secret(SecretId=id_)
    except Exception as error:
        if is_missing(error):
            return None
        raise
    return None if found.get("DeletedDate") else found


def view_secret(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = described(world, id_)
    if found is None:
        return None
    return {
        "name": found["Name"],
        "description": found["Description"],
        "kmsKeyId": found["KmsKeyId"],
        "tags": {tag["Key"]: tag["Value"] for tag in found["Tags"]},
    }


def view_version(world: World, id_: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    secret, _, version = id_.partition("|")
    found = world.aws.secretsmanager.get_secret_value(SecretId=secret, VersionId=version)
    if "BLUE" not in found["VersionStages"]:
        return None  # AWS keeps the current value: a delete takes the program's label
    return {"secretString": found["SecretString"], "versionStages": found["VersionStages"]}


def view_policy(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = world.aws.secretsmanager.get_resource_policy(SecretId=id_).get("ResourcePolicy")
    return {"policy": found} if found else None


CASES: tuple[Case, ...] = (
    Case(
        "aws:secretsmanager/secret:Secret",
        lambda w: {
            "name": w.name("password"),
            "description": "of a test",
            "kmsKeyId": w.key,
            "policy": policy("secretsmanager:GetSecretValue"),
            "recoveryWindowInDays": 0,
            "tags": TAGS,
        },
        view_secret,
        update=lambda w: {
            "description": "changed",
            "kmsKeyId": w.other_key,
            "policy": policy("secretsmanager:*"),
            "tags": MORE_TAGS,
        },
        replace=lambda w: {"name": w.name("other")},
        drift=lambda w, id_, s: w.aws.secretsmanager.update_secret(
            SecretId=id_, Description="drifted"
        ),
        drifts="description",
        not_imported={"recoveryWindowInDays"},
    ),
    Case(
        "aws:secretsmanager/secretVersion:SecretVersion",
        lambda w: {
            "secretId": w.secret,
            "secretString": "a value",
            "versionStages": ["AWSCURRENT", "BLUE"],
        },
        view_version,
        update=lambda w: {"versionStages": ["AWSCURRENT", "BLUE", "GREEN"]},
        replace=lambda w: {"secretString": "another"},
        leaves_another=True,
    ),
    Case(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        lambda w: {
            "secretArn": w.secret,
            "policy": policy("secretsmanager:*"),
            "blockPublicPolicy": True,
        },
        view_policy,
        update=lambda w: {"policy": policy("secretsmanager:PutSecretValue")},
        drift=lambda w, id_, s: w.aws.secretsmanager.put_resource_policy(
            SecretId=id_, ResourcePolicy=policy("secretsmanager:GetSecretValue")
        ),
        drifts="policy",
        not_imported={"blockPublicPolicy"},
    ),
)
