"""The sensor stream: capacity, encryption, metrics, and records that really go through it."""

from __future__ import annotations

import os
import time
from typing import Any

import pytest

from evidence.live import Check

from .conftest import Prove
from .exact import Exact
from .principals import foreign, open_to_all
from .stack import Cloud, Deployed
from .test_keys import key_id

WRITES = "VERIFY_WRITES"  # set to 1: the ingestion test may put records into a real stream
PATIENCE = 20  # seconds until a record must be readable; AWS promises less than one


def summary(check: Check, stack: Deployed, cloud: Cloud) -> dict[str, Any]:
    """The stream's description, kept as the excerpt."""
    told: dict[str, Any] = check.ask(
        cloud["kinesis"], "describe_stream_summary", StreamName=f"sensor-data-stream-{stack.suffix}"
    )["StreamDescriptionSummary"]
    check.keep(told)
    return told


def open_shards(check: Check, stack: Deployed, cloud: Cloud) -> list[dict[str, Any]]:
    """The shards that take records; those that were split or merged are listed a while longer."""
    listed = check.ask_all(
        cloud["kinesis"], "list_shards", StreamName=stack.output("kinesis_stream_name")
    )["Shards"]
    return [s for s in listed if "EndingSequenceNumber" not in s.get("SequenceNumberRange", {})]


def arn(stack: Deployed) -> str:
    return str(stack.output("kinesis_stream_arn"))


@pytest.mark.control("stream-capacity")
@pytest.mark.control("stream-retention")
@pytest.mark.requirement("REQ-KIN-1")
def test_capacity_and_retention(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove) -> None:
    with prove("stream-retention", type="kinesis:stream", arn=arn(stack)) as check:
        told = summary(check, stack, cloud)
        check.expect("RetentionPeriodHours", exact.stream_hours, told["RetentionPeriodHours"])
    with prove("stream-capacity", type="kinesis:stream", arn=arn(stack)) as check:
        told = summary(check, stack, cloud)
        check.expect("StreamStatus", "ACTIVE", told["StreamStatus"])
        check.expect("OpenShardCount", exact.shards, told["OpenShardCount"])
        alive = open_shards(check, stack, cloud)
        check.examined(describe_stream_summary=told["OpenShardCount"], list_shards=len(alive))
        check.expect("shards by both calls", told["OpenShardCount"], len(alive))


@pytest.mark.control("stream-customer-key")
@pytest.mark.requirement("REQ-KIN-2")
def test_encrypted_with_its_key(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    with prove(type="kinesis:stream", arn=arn(stack)) as check:
        told = summary(check, stack, cloud)
        check.expect("EncryptionType", "KMS", told["EncryptionType"])
        key = key_id(stack.output("kinesis_kms_key_id"))
        check.expect("KeyId", key, key_id(told.get("KeyId", "none")))


@pytest.mark.control("stream-metrics")
@pytest.mark.requirement("REQ-KIN-3")
def test_shard_level_metrics(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove) -> None:
    with prove(type="kinesis:stream", arn=arn(stack)) as check:
        told = summary(check, stack, cloud)
        on = {m for e in told.get("EnhancedMonitoring", ()) for m in e["ShardLevelMetrics"]}
        wanted = exact.shard_metrics
        check.expect("ShardLevelMetrics", f">= {sorted(wanted)}", sorted(on), on >= wanted)


@pytest.mark.control("stream-policy-closed")
@pytest.mark.control("foreign-accounts")
@pytest.mark.requirement("REQ-KIN-1")
def test_no_stranger_may_use_the_stream(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    for control, judge in (("stream-policy-closed", open_to_all), ("foreign-accounts", foreign)):
        with prove(control, type="kinesis:stream", arn=arn(stack)) as check:
            told = check.ask(cloud["kinesis"], "get_resource_policy", ResourceARN=arn(stack))
            check.expect("let in", [], judge(told.get("Policy") or None, cloud.account))


@pytest.mark.requirement("REQ-OPS-1")
def test_nobody_unknown_reads_the_stream(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    """A consumer or a function that was put on it takes every record, whatever the policy says."""
    known = {r.live_id for r in stack.of("aws:kinesis/streamConsumer:StreamConsumer")}
    functions = stack.ids("aws:lambda/eventSourceMapping:EventSourceMapping")
    with prove(type="kinesis:stream", arn=arn(stack)) as check:
        found = check.ask_all(cloud["kinesis"], "list_stream_consumers", StreamARN=arn(stack))
        consumers = {c["ConsumerARN"] for c in found["Consumers"]}
        mapped = check.ask_all(
            cloud["lambda"], "list_event_source_mappings", EventSourceArn=arn(stack)
        )["EventSourceMappings"]
        check.examined(consumers=len(consumers), functions=len(mapped))
        check.expect("consumers not in the state", [], sorted(consumers - known))
        readers = {m["UUID"]: m["FunctionArn"] for m in mapped}
        strangers = sorted(f for i, f in readers.items() if i not in functions)
        check.expect("functions not in the state", [], strangers)


@pytest.mark.requirement("REQ-KIN-1")
@pytest.mark.requirement("REQ-KIN-2")
def test_every_shard_takes_and_gives_back_records(
    stack: Deployed, cloud: Cloud, prove: Prove
) -> None:
    """Bytes that no text encoding survives go into each shard and come back as they were."""
    name = stack.output("kinesis_stream_name")
    kinesis = cloud["kinesis"]
    with prove(type="kinesis:stream", arn=arn(stack)) as check:
        if not cloud.emulated and os.environ.get(WRITES) != "1":
            check.does_not_apply(f"writes nothing to a real stream unless {WRITES}=1")
            return
        shards = open_shards(check, stack, cloud)
        check.examined(shards=len(shards))
        for shard in shards:
            sent = bytes(range(256)) + os.urandom(64)
            put = check.ask(
                kinesis,
                "put_record",
                StreamName=name,
                Data=sent,
                PartitionKey="verify",
                ExplicitHashKey=shard["HashKeyRange"]["StartingHashKey"],
            )
            id_ = shard["ShardId"]
            check.expect(f"{id_}: put into", id_, put["ShardId"])
            if not cloud.emulated or "EncryptionType" in put:  # the emulator leaves it out
                check.expect(f"{id_}: EncryptionType", "KMS", put.get("EncryptionType"))
            got = read_back(check, kinesis, name, id_, put["SequenceNumber"])
            check.expect(f"{id_}: bytes read back equal those sent", True, got == sent)
        check.expect("shards that took records", len(shards), len(shards), bool(shards))


def read_back(check: Check, kinesis: Any, name: str, shard: str, number: str) -> bytes | None:
    """The record of this sequence number, or None when it does not appear in time."""
    iterator = check.ask(
        kinesis,
        "get_shard_iterator",
        StreamName=name,
        ShardId=shard,
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=number,
    )["ShardIterator"]
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = check.ask(kinesis, "get_records", ShardIterator=iterator, Limit=10)
        for record in answer["Records"]:
            if record["SequenceNumber"] == number:
                return bytes(record["Data"])
        iterator = answer["NextShardIterator"]
        time.sleep(0.5)
    return None
