"""The lifecycle table of Kinesis."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.cases_ec2 import MORE_TAGS, TAGS
from compliance_tests.unit.providers.world import World
from sandbox.providers.framework import is_missing

METRICS = ["IncomingBytes", "IncomingRecords", "OutgoingBytes", "OutgoingRecords"]


def stream(world: World) -> str:
    """The ARN of a stream."""
    name = world.name("plain")
    if name not in world.aws.kinesis.list_streams(Limit=1000)["StreamNames"]:
        world.aws.kinesis.create_stream(StreamName=name, ShardCount=1)
    return str(
        world.aws.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"][
            "StreamARN"
        ]
    )


def policy(arn: str, action: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": [action],
        "Resource": arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def view_stream(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    name = id_.rsplit("/", 1)[-1]
    try:
        found = world.aws.kinesis.describe_stream_summary(StreamName=name)[
            "StreamDescriptionSummary"
        ]
    except Exception as error:
        if is_missing(error):
            return None
        raise
    return {
        "name": name,
        "shardCount": found["OpenShardCount"],
        "retentionPeriod": found["RetentionPeriodHours"],
        "encryptionType": found["EncryptionType"],
        "kmsKeyId": found.get("KeyId"),
        "shardLevelMetrics": found["EnhancedMonitoring"][0]["ShardLevelMetrics"],
        "tags": {
            t["Key"]: t["Value"]
            for t in world.aws.kinesis.list_tags_for_stream(StreamName=name)["Tags"]
        },
    }


def view_policy(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = world.aws.kinesis.get_resource_policy(ResourceARN=id_)["Policy"]
    return None if found == "{}" else {"policy": found}


CASES: tuple[Case, ...] = (
    Case(
        "aws:kinesis/stream:Stream",
        lambda w: {
            "name": w.name("sensor"),
            "shardCount": 2,
            "retentionPeriod": 24,
            "shardLevelMetrics": METRICS,
            "encryptionType": "KMS",
            "kmsKeyId": w.key,
            "tags": TAGS,
        },
        view_stream,
        update=lambda w: {
            "shardCount": 4,
            "retentionPeriod": 48,
            "shardLevelMetrics": ["IncomingBytes", "IteratorAgeMilliseconds"],
            "kmsKeyId": w.other_key,
            "tags": MORE_TAGS,
        },
        replace=lambda w: {"name": w.name("other")},
        drift=lambda w, id_, s: w.aws.kinesis.stop_stream_encryption(
            StreamName=s["name"], EncryptionType="KMS", KeyId=s["kmsKeyId"]
        ),
        drifts="encryptionType",
    ),
    Case(
        "aws:kinesis/resourcePolicy:ResourcePolicy",
        lambda w: {"resourceArn": stream(w), "policy": policy(stream(w), "kinesis:PutRecord")},
        view_policy,
        update=lambda w: {"policy": policy(stream(w), "kinesis:GetRecords")},
        drift=lambda w, id_, s: w.aws.kinesis.put_resource_policy(
            ResourceARN=id_, Policy=policy(id_, "kinesis:ListShards")
        ),
        drifts="policy",
    ),
)
