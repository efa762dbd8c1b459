"""Kinesis: tags, keys that do not exist, names of metrics, steps of resharding."""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult
from moto.kinesis.models import KinesisBackend
from moto.kinesis.responses import KinesisResponse

from sandbox.emulator.patches.patch import adds, around
from sandbox.emulator.patches.shared import find_key

METRICS = (
    "IncomingBytes",
    "IncomingRecords",
    "IteratorAgeMilliseconds",
    "OutgoingBytes",
    "OutgoingRecords",
    "ReadProvisionedThroughputExceeded",
    "WriteProvisionedThroughputExceeded",
)


class KinesisError(JsonRESTError):
    """Any error of the Kinesis API by its code."""

    code = 400


@around(KinesisResponse, "create_stream", "Tags are dropped")
def create_stream(original: Any, self: Any) -> Any:
    answer = original(self)
    if tags := self._get_param("Tags"):
        self.kinesis_backend.add_tags_to_stream(None, self._get_param("StreamName"), tags)
    return answer


def _tagged(response: Any) -> Any:
    return response.kinesis_backend.describe_stream(response._get_param("ResourceARN"), None)


@adds(KinesisResponse, "tag_resource", "TagResource is not there")
def tag_resource(self: Any) -> EmptyResult:
    _tagged(self).tags.update(self._get_param("Tags") or {})
    return EmptyResult()


@adds(KinesisResponse, "untag_resource", "UntagResource is not there")
def untag_resource(self: Any) -> EmptyResult:
    tags = _tagged(self).tags
    for key in self._get_param("TagKeys") or []:
        tags.pop(key, None)
    return EmptyResult()


@adds(KinesisResponse, "list_tags_for_resource", "ListTagsForResource is not there")
def list_tags_for_resource(self: Any) -> ActionResult:
    return ActionResult(
        {
            "Tags": [
                {"Key": key, "Value": value} for key, value in sorted(_tagged(self).tags.items())
            ]
        }
    )


@around(
    KinesisBackend,
    "start_stream_encryption",
    "a key that does not exist, or is not enabled, is accepted",
)
def start_stream_encryption(original: Any, self: Any, **values: Any) -> Any:
    key_id = values["key_id"]
    key = find_key(self.account_id, self.region_name, str(key_id))
    if key is None:
        raise KinesisError("KMSNotFoundException", f"Key '{key_id}' does not exist")
    if key.key_state == "Disabled":
        raise KinesisError("KMSDisabledException", f"{key.arn} is disabled.")
    if key.key_state != "Enabled":
        raise KinesisError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    return original(self, **values)


@around(
    KinesisBackend,
    "update_shard_count",
    "more than twice, and less than half, the shards are accepted",
)
def update_shard_count(
    original: Any, self: Any, stream_arn: Any, stream_name: Any, target_shard_count: Any
) -> Any:
    stream = self.describe_stream(stream_arn=stream_arn, stream_name=stream_name)
    now = sum(shard.is_open for shard in stream.shards.values())
    if not now / 2 <= int(target_shard_count) <= now * 2:
        raise KinesisError(
            "LimitExceededException",
            f"UpdateShardCount cannot scale from {now} to {target_shard_count} shards: at "
            "most to twice, at least "
            "to half of the open shards",
        )
    return original(self, stream_arn, stream_name, target_shard_count)


def _names(metrics: list[str]) -> list[str]:
    for metric in metrics:
        if metric != "ALL" and metric not in METRICS:
            raise KinesisError(
                "ValidationException",
                f"1 validation error detected: Value '[{metric}]' at 'shardLevelMetrics' "
                "failed to satisfy "
                f"constraint: Member must satisfy enum value set: [{', '.join(METRICS)}, ALL]",
            )
    return list(METRICS) if "ALL" in metrics else metrics


@around(
    KinesisBackend,
    "enable_enhanced_monitoring",
    "unknown metric names are accepted; ALL is kept as a name",
)
def enable_enhanced_monitoring(
    original: Any, self: Any, stream_arn: Any, stream_name: Any, shard_level_metrics: list[str]
) -> Any:
    return original(self, stream_arn, stream_name, _names(shard_level_metrics))


@around(KinesisBackend, "delete_stream", "the resource policy outlives the stream")
def delete_stream(original: Any, self: Any, stream_arn: Any, stream_name: Any) -> Any:
    stream = original(self, stream_arn, stream_name)
    self.resource_policies.pop(stream.arn, None)
    return stream
