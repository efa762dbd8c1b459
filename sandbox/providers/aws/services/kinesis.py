"""Kinesis: data streams, and resource policies on them."""

from __future__ import annotations

from typing import Any

from sandbox.providers.aws.services.shared import (
    given,
    look,
    remove,
    same_policy,
    tag_changes,
    wait,
)
from sandbox.providers.framework import (
    Clients,
    Handler,
    Inputs,
    Outputs,
    ProviderError,
    TypeRule,
    made,
    tag_map,
)
from sandbox.providers.validators import between, json_text, one_of, rule

RECORD_KIB = 1024


def _mode(inputs: Inputs) -> str:
    return str((inputs.get("streamModeDetails") or {}).get("streamMode") or "PROVISIONED")


def _name(id: str) -> str:
    return id.rsplit("stream/", 1)[-1]


class Stream:
    """aws.kinesis.Stream."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        name = inputs["name"]
        asked: dict[str, Any] = given(inputs, {"maxRecordSizeInKib": "MaxRecordSizeInKiB"})
        if _mode(inputs) == "PROVISIONED":
            asked["ShardCount"] = inputs["shardCount"]
        if inputs.get("streamModeDetails"):
            asked["StreamModeDetails"] = {"StreamMode": _mode(inputs)}
        if inputs.get("tagsAll"):
            asked["Tags"] = inputs["tagsAll"]
        if inputs.get("encryptionType") == "KMS" and not inputs.get("kmsKeyId"):
            raise ProviderError(
                "KMS Key ID required when setting encryption_type is not set as NONE"
            )
        aws.kinesis.create_stream(StreamName=name, **asked)
        id: str = self._active(aws, name)["StreamARN"]
        with made(id):
            if hours := inputs.get("retentionPeriod"):
                aws.kinesis.increase_stream_retention_period(
                    StreamName=name, RetentionPeriodHours=hours
                )
                self._active(aws, name)
            if metrics := inputs.get("shardLevelMetrics"):
                aws.kinesis.enable_enhanced_monitoring(StreamName=name, ShardLevelMetrics=metrics)
                self._active(aws, name)
            if inputs.get("encryptionType") == "KMS":
                self._encrypt(aws, name, inputs)
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        name = _name(id)
        answer = look(aws.kinesis.describe_stream_summary, StreamName=name)
        if answer is None or answer["StreamDescriptionSummary"]["StreamStatus"] == "DELETING":
            return None
        stream = answer["StreamDescriptionSummary"]
        mode = stream.get("StreamModeDetails", {}).get("StreamMode", "PROVISIONED")
        monitoring = stream.get("EnhancedMonitoring") or [{}]
        tags = look(aws.kinesis.list_tags_for_stream, StreamName=name) or {"Tags": []}
        return {
            "id": stream["StreamARN"],
            "arn": stream["StreamARN"],
            "encryptionType": stream.get("EncryptionType", "NONE"),
            "kmsKeyId": stream.get("KeyId") or "",
            "maxRecordSizeInKib": stream.get("MaxRecordSizeInKiB")
            or inputs.get("maxRecordSizeInKib")
            or RECORD_KIB,
            "name": name,
            "retentionPeriod": stream["RetentionPeriodHours"],
            "shardCount": stream["OpenShardCount"] if mode == "PROVISIONED" else 0,
            "shardLevelMetrics": sorted(monitoring[0].get("ShardLevelMetrics") or []),
            "streamModeDetails": {"streamMode": mode},
            "tagsAll": tag_map(tags["Tags"]),
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        name = _name(id)
        if "streamModeDetails" in changed:
            aws.kinesis.update_stream_mode(
                StreamARN=id, StreamModeDetails={"StreamMode": _mode(news)}
            )
            self._active(aws, name)
        if "shardCount" in changed and _mode(news) == "PROVISIONED":
            aws.kinesis.update_shard_count(
                StreamName=name, TargetShardCount=news["shardCount"], ScalingType="UNIFORM_SCALING"
            )
            self._active(aws, name)
        if "retentionPeriod" in changed:
            old, new = olds.get("retentionPeriod") or 24, news.get("retentionPeriod") or 24
            call = aws.kinesis.increase_stream_retention_period
            if new < old:
                call = aws.kinesis.decrease_stream_retention_period
            call(StreamName=name, RetentionPeriodHours=new)
            self._active(aws, name)
        if "shardLevelMetrics" in changed:
            self._monitor(
                aws,
                name,
                set(olds.get("shardLevelMetrics") or []),
                set(news.get("shardLevelMetrics") or []),
            )
        if changed & {"encryptionType", "kmsKeyId"}:
            if news.get("encryptionType") == "KMS":
                self._encrypt(aws, name, news)
            elif olds.get("kmsKeyId"):
                aws.kinesis.stop_stream_encryption(
                    StreamName=name, EncryptionType="KMS", KeyId=olds["kmsKeyId"]
                )
                self._active(aws, name)
        gone, written = tag_changes(olds, news, changed)
        if gone:
            aws.kinesis.remove_tags_from_stream(StreamName=name, TagKeys=gone)
        if written:
            aws.kinesis.add_tags_to_stream(StreamName=name, Tags=written)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        name = _name(id)
        enforce = bool(state.get("enforceConsumerDeletion"))
        remove(aws.kinesis.delete_stream, StreamName=name, EnforceConsumerDeletion=enforce)
        wait(
            f"stream {name} is still being deleted",
            lambda: look(aws.kinesis.describe_stream_summary, StreamName=name) is None,
        )

    def _encrypt(self, aws: Clients, name: str, inputs: Inputs) -> None:
        if not inputs.get("kmsKeyId"):
            raise ProviderError(
                "KMS Key ID required when setting encryption_type is not set as NONE"
            )
        aws.kinesis.start_stream_encryption(
            StreamName=name, EncryptionType="KMS", KeyId=inputs["kmsKeyId"]
        )
        self._active(aws, name)

    def _monitor(self, aws: Clients, name: str, old: set[str], new: set[str]) -> None:
        if old - new:
            aws.kinesis.disable_enhanced_monitoring(
                StreamName=name, ShardLevelMetrics=sorted(old - new)
            )
            self._active(aws, name)
        if new - old:
            aws.kinesis.enable_enhanced_monitoring(
                StreamName=name, ShardLevelMetrics=sorted(new - old)
            )
            self._active(aws, name)

    def _active(self, aws: Clients, name: str) -> dict[str, Any]:
        """Wait until the stream takes the next change."""
        found: dict[str, Any] = {}

        def done() -> bool:
            found.update(
                aws.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]
            )
            return bool(found["StreamStatus"] == "ACTIVE")

        wait(f"stream {name} is not active", done)
        return found


class ResourcePolicy:
    """aws.kinesis.ResourcePolicy."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        aws.kinesis.put_resource_policy(ResourceARN=inputs["resourceArn"], Policy=inputs["policy"])
        return str(inputs["resourceArn"])

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        answer = look(aws.kinesis.get_resource_policy, ResourceARN=id)
        if answer is None or answer["Policy"] in ("", "{}"):
            return None
        return {"resourceArn": id, "policy": answer["Policy"]}

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if "policy" in changed:
            aws.kinesis.put_resource_policy(ResourceARN=id, Policy=news["policy"])

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        remove(aws.kinesis.delete_resource_policy, ResourceARN=id)


def _shards(inputs: Inputs) -> str | None:
    """Terraform's CustomizeDiff: shards are counted for provisioned streams, and only for them."""
    count = inputs.get("shardCount")
    if _mode(inputs) == "ON_DEMAND":
        return "shard_count must not be set when stream_mode is ON_DEMAND" if count else None
    return (
        None
        if count and count >= 1
        else "shard_count must be at least 1 when stream_mode is PROVISIONED"
    )


HANDLERS: dict[str, Handler] = {
    "aws:kinesis/stream:Stream": Stream(),
    "aws:kinesis/resourcePolicy:ResourcePolicy": ResourcePolicy(),
}
RULES: dict[str, TypeRule] = {
    "aws:kinesis/stream:Stream": TypeRule(
        defaults={"encryptionType": "NONE", "retentionPeriod": 24},
        zeros={"enforceConsumerDeletion": False},
        replaces={"name"},
        sets={"shardLevelMetrics"},
        validators=(
            one_of("encryptionType", "NONE", "KMS"),
            between("retentionPeriod", 24, 8760),
            between("maxRecordSizeInKib", 1024, 10240),
            one_of("streamModeDetails.streamMode", "PROVISIONED", "ON_DEMAND"),
        ),
        plan_validators=(rule(_shards, "shardCount", "streamModeDetails"),),
    ),
    "aws:kinesis/resourcePolicy:ResourcePolicy": TypeRule(
        replaces={"resourceArn"},
        same={"policy": same_policy},
        validators=(json_text("policy"),),
    ),
}
