"""The lifecycle table of KMS, Kinesis and Secrets Manager."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.cases_ec2 import MORE_TAGS, TAGS
from compliance_tests.unit.providers.world import World
from sandbox.providers.framework import is_missing

ACCOUNT = "123456789012"


def ask(call: Any, **asked: Any) -> Any:
    """The answer of a call, None if it says that the thing is not there."""
    try:
        return call(**asked)
    except Exception as error:
        if is_missing(error):
            return None
        raise


def policy(action: str, resource: str = "*") -> str:
    """A policy document for the account's root."""
    statement = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def key_policy(sid: str) -> str:
    """A key policy that does not lock its account out."""
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    statement = {"Sid": sid, "Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def kms_tags(world: World, id: str) -> dict[str, str]:
    return {tag["TagKey"]: tag["TagValue"] for tag in world.aws.kms.list_resource_tags(KeyId=id)["Tags"]}


def view_key(world: World, id: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.kms.describe_key, KeyId=id)
    if answer is None or answer["KeyMetadata"]["KeyState"] == "PendingDeletion":
        return None
    key, rotation = answer["KeyMetadata"], world.aws.kms.get_key_rotation_status(KeyId=id)
    return {
        "description": key["Description"],
        "isEnabled": key["Enabled"],
        "enableKeyRotation": rotation["KeyRotationEnabled"],
        "policy": world.aws.kms.get_key_policy(KeyId=id, PolicyName="default")["Policy"],
        "tags": kms_tags(world, id),
    }


def view_alias(world: World, id: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = [item for item in world.aws.kms.list_aliases()["Aliases"] if item["AliasName"] == id]
    return {"name": id, "targetKeyId": found[0]["TargetKeyId"]} if found else None


def view_key_policy(world: World, id: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    text = world.aws.kms.get_key_policy(KeyId=world.key, PolicyName="default")["Policy"]
    return {"policy": text} if '"Ours' in text else None


def view_stream(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.kinesis.describe_stream, StreamName=state["name"])
    if answer is None:
        return None
    stream = answer["StreamDescription"]
    tags = world.aws.kinesis.list_tags_for_stream(StreamName=state["name"])["Tags"]
    open_shards = [s for s in stream["Shards"] if "EndingSequenceNumber" not in s["SequenceNumberRange"]]
    return {
        "retentionPeriod": stream["RetentionPeriodHours"],
        "encryptionType": stream.get("EncryptionType"),
        "kmsKeyId": stream.get("KeyId"),
        "shardLevelMetrics": stream["EnhancedMonitoring"][0]["ShardLevelMetrics"],
        "shardCount": len(open_shards),
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }


def view_stream_policy(world: World, id: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.kinesis.get_resource_policy, ResourceARN=id)
    return {"policy": answer["Policy"]} if answer and answer["Policy"] not in ("", "{}") else None


def stream_arn(world: World) -> str:
    """A stream to put a policy on."""
    name = world.name("stream")
    if ask(world.aws.kinesis.describe_stream_summary, StreamName=name) is None:
        world.aws.kinesis.create_stream(StreamName=name, ShardCount=1)
    return f"arn:aws:kinesis:{world.aws.region}:{ACCOUNT}:stream/{name}"


def view_secret(world: World, id: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.secretsmanager.describe_secret, SecretId=id)
    if answer is None or answer.get("DeletedDate"):
        return None
    tags = {tag["Key"]: tag["Value"] for tag in answer["Tags"]}
    return {"name": answer["Name"], "description": answer.get("Description"), "kmsKeyId": answer["KmsKeyId"], "tags": tags}


def view_version(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.secretsmanager.get_secret_value, SecretId=world.secret)
    if answer is None or id.rpartition("|")[2] != answer["VersionId"]:
        return None
    return {"secretString": answer["SecretString"]}


def view_secret_policy(world: World, id: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.secretsmanager.get_resource_policy, SecretId=id)
    return {"policy": answer["ResourcePolicy"]} if answer and answer.get("ResourcePolicy") else None


def stream(world: World) -> dict[str, Any]:
    return {
        "name": world.name("sensor-data"), "shardCount": 2, "retentionPeriod": 24, "encryptionType": "KMS", "kmsKeyId": world.key,
        "shardLevelMetrics": ["IncomingBytes", "OutgoingBytes"], "tags": TAGS,
    }  # fmt: skip


CASES: tuple[Case, ...] = (
    Case(
        "aws:kms/key:Key",
        lambda w: {"description": "data", "deletionWindowInDays": 7, "enableKeyRotation": True, "policy": key_policy("One"), "tags": TAGS},
        view_key,
        update=lambda w: {"description": "more data", "enableKeyRotation": False, "policy": key_policy("Two"), "tags": MORE_TAGS},
        replace=lambda w: {"multiRegion": True},
        drift=lambda w, id, s: w.aws.kms.enable_key_rotation(KeyId=id),
        drifts="enableKeyRotation",
        not_imported={"deletionWindowInDays"},
    ),
    Case(
        "aws:kms/alias:Alias",
        lambda w: {"name": "alias/" + w.name("data"), "targetKeyId": w.key},
        view_alias,
        update=lambda w: {"targetKeyId": w.other_key},
        replace=lambda w: {"name": "alias/" + w.name("other")},
        drift=lambda w, id, s: w.aws.kms.update_alias(AliasName=id, TargetKeyId=w.key),
        drifts="targetKeyId",
    ),
    Case(
        "aws:kms/keyPolicy:KeyPolicy",
        lambda w: {"keyId": w.key, "policy": key_policy("OursOne")},
        view_key_policy,
        update=lambda w: {"policy": key_policy("OursTwo")},
        replace=lambda w: {"keyId": w.other_key},
        drift=lambda w, id, s: w.aws.kms.put_key_policy(KeyId=id, PolicyName="default", Policy=key_policy("Theirs")),
        drifts="policy",
        leaves_another=True,
    ),
    Case(
        "aws:kinesis/stream:Stream",
        stream,
        view_stream,
        update=lambda w: {"retentionPeriod": 48, "shardLevelMetrics": ["IncomingBytes"], "kmsKeyId": w.other_key, "tags": MORE_TAGS},
        replace=lambda w: {"name": w.name("other-data")},
        drift=lambda w, id, s: w.aws.kinesis.stop_stream_encryption(StreamName=s["name"], EncryptionType="KMS", KeyId=s["kmsKeyId"]),
        drifts="encryptionType",
        import_id=lambda id, s: str(s["name"]),
    ),
    Case(
        "aws:kinesis/resourcePolicy:ResourcePolicy",
        lambda w: {"resourceArn": stream_arn(w), "policy": policy("kinesis:GetRecords", stream_arn(w))},
        view_stream_policy,
        update=lambda w: {"policy": policy("kinesis:PutRecord", stream_arn(w))},
        drift=lambda w, id, s: w.aws.kinesis.put_resource_policy(ResourceARN=id, Policy=policy("kinesis:*", id)),
        drifts="policy",
    ),
    Case(
        "aws:secretsmanager/secret:Secret",
        lambda w: {"name": w.name("password"), "description": "d", "kmsKeyId": w.key, "recoveryWindowInDays": 0, "tags": TAGS},
        view_secret,
        update=lambda w: {"description": "e", "kmsKeyId": w.other_key, "tags": MORE_TAGS},
        replace=lambda w: {"name": w.name("other-password")},
        drift=lambda w, id, s: w.aws.secretsmanager.update_secret(SecretId=id, KmsKeyId=w.key),
        drifts="kmsKeyId",
        not_imported={"recoveryWindowInDays"},
    ),
    Case(
        "aws:secretsmanager/secretVersion:SecretVersion",
        lambda w: {"secretId": w.secret, "secretString": "not-a-secret"},
        view_version,
        replace=lambda w: {"secretString": "not-a-secret-either"},
        # The value stays with the secret: AWS never deletes the current version.
        removable=False,
        operations=("create", "read"),
    ),
    Case(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        lambda w: {"secretArn": w.secret, "policy": policy("secretsmanager:GetSecretValue")},
        view_secret_policy,
        update=lambda w: {"policy": policy("secretsmanager:DescribeSecret")},
        drift=lambda w, id, s: w.aws.secretsmanager.put_resource_policy(SecretId=id, ResourcePolicy=policy("secretsmanager:*")),
        drifts="policy",
    ),
)  # fmt: skip
