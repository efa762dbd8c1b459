"""The stream that the sensors' gateways write to."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.names import Scope


@dataclass(frozen=True)
class StreamArgs:
    """What the stream needs; retention in hours."""

    scope: Scope
    key_arn: pulumi.Input[str]
    shard_count: int
    retention_hours: int
    shard_metrics: tuple[str, ...]


class Stream(pulumi.ComponentResource):
    """One provisioned Kinesis stream under its own key."""

    stream: aws.kinesis.Stream

    def __init__(
        self, name: str, args: StreamArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("iot-data-platform:components:Stream", name, None, opts)
        physical = args.scope.physical("stream")
        self.stream = aws.kinesis.Stream(
            "sensor-data-stream",
            name=physical,
            shard_count=args.shard_count,
            stream_mode_details=aws.kinesis.StreamStreamModeDetailsArgs(stream_mode="PROVISIONED"),
            retention_period=args.retention_hours,
            shard_level_metrics=list(args.shard_metrics),
            encryption_type="KMS",
            kms_key_id=args.key_arn,
            # registered consumers would otherwise keep a destroy from ending
            enforce_consumer_deletion=True,
            tags=args.scope.tags(physical),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
