"""The stream, changed by hand."""

from __future__ import annotations

from typing import Any

from .change import FOREIGN, Changes, Here
from .roles_and_messages import document

change = Changes()


UNDER_ANOTHER_KEY = ("key-per-service", "REQ-OUT-1")


def name(here: Here) -> str:
    return here.out("kinesis_stream_name")


def encrypt(here: Here, key: str) -> str:
    here["kinesis"].start_stream_encryption(StreamName=name(here), EncryptionType="KMS", KeyId=key)
    return name(here)


@change("stream-customer-key", *UNDER_ANOTHER_KEY)
def stream_decrypted(here: Here) -> str:
    here["kinesis"].stop_stream_encryption(
        StreamName=name(here), EncryptionType="KMS", KeyId=here.key()
    )
    return name(here)


@change("stream-customer-key", *UNDER_ANOTHER_KEY)
def stream_under_the_key_of_aws(here: Here) -> str:
    return encrypt(here, "alias/aws/kinesis")


@change("stream-customer-key", *UNDER_ANOTHER_KEY)
def stream_under_the_key_of_another_service(here: Here) -> str:
    return encrypt(here, here.key("rds"))


@change("stream-metrics")
def one_shard_metric_off(here: Here) -> str:
    metrics = ["IncomingBytes"]
    here["kinesis"].disable_enhanced_monitoring(StreamName=name(here), ShardLevelMetrics=metrics)
    return name(here)


@change("stream-metrics")
def every_shard_metric_off(here: Here) -> str:
    metrics = ["ALL"]
    here["kinesis"].disable_enhanced_monitoring(StreamName=name(here), ShardLevelMetrics=metrics)
    return name(here)


@change("stream-retention")
def stream_kept_longer(here: Here) -> str:
    here["kinesis"].increase_stream_retention_period(StreamName=name(here), RetentionPeriodHours=48)
    return name(here)


@change("stream-capacity", "REQ-KIN-1", "REQ-KIN-2")
def shards_merged(here: Here) -> str:
    """The emulator still puts records into the shards that were closed."""
    one, two = here["kinesis"].list_shards(StreamName=name(here))["Shards"]
    here["kinesis"].merge_shards(
        StreamName=name(here), ShardToMerge=one["ShardId"], AdjacentShardToMerge=two["ShardId"]
    )
    return name(here)


def policy_of_the_stream(here: Here, principal: Any) -> str:
    arn = here.out("kinesis_stream_arn")
    policy = document(Principal=principal, Action="kinesis:GetRecords", Resource=arn)
    here["kinesis"].put_resource_policy(ResourceARN=arn, Policy=policy)
    return arn


@change("stream-policy-closed")
def stream_open_to_everybody(here: Here) -> str:
    return policy_of_the_stream(here, "*")


@change("foreign-accounts")
def stream_open_to_another_account(here: Here) -> str:
    return policy_of_the_stream(here, {"AWS": FOREIGN})


@change("resource-tags")
def tag_of_the_stream_removed(here: Here) -> str:
    here["kinesis"].remove_tags_from_stream(StreamName=name(here), TagKeys=["Project"])
    return name(here)


@change("resource-tags", "REQ-TAG-1")
def environment_of_the_stream_changed(here: Here) -> str:
    here["kinesis"].add_tags_to_stream(StreamName=name(here), Tags={"Environment": "another"})
    return name(here)


@change("REQ-OPS-1")
def second_stream_made_by_hand(here: Here) -> str:
    other = f"second-{here.suffix}"
    here["kinesis"].create_stream(StreamName=other, ShardCount=1)
    return other
