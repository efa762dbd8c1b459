"""The log groups, made before what writes to them: AWS would make its own, kept for ever."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.names import Scope

# The tail that RDS dictates for the log type it exports.
POSTGRESQL = "postgresql"


def log_group_names(scope: Scope) -> dict[str, str]:
    """The name of each group, by what it is for; known before any resource exists."""
    cluster = scope.physical("cluster_logs")
    return {
        "stream": scope.physical("stream_logs"),
        "cluster": cluster,
        POSTGRESQL: f"{cluster}/{POSTGRESQL}",
        "flow": scope.physical("flow_logs"),
    }


@dataclass(frozen=True)
class LogGroupsArgs:
    """What the groups need; days are ones that CloudWatch Logs knows.

    Attributes:
        retention_days: of the stream's and the cluster's group.
        audit_retention_days: of the PostgreSQL and flow logs.
    """

    scope: Scope
    key_arn: pulumi.Input[str]
    retention_days: int
    audit_retention_days: int


class LogGroups(pulumi.ComponentResource):
    """Four groups under the logs key."""

    stream: aws.cloudwatch.LogGroup
    cluster: aws.cloudwatch.LogGroup
    postgresql: aws.cloudwatch.LogGroup
    flow: aws.cloudwatch.LogGroup

    def __init__(
        self, name: str, args: LogGroupsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("iot-data-platform:components:LogGroups", name, None, opts)
        self._args = args
        self._names = log_group_names(args.scope)
        self.stream = self._group("stream", args.retention_days)
        self.cluster = self._group("cluster", args.retention_days)
        self.postgresql = self._group(POSTGRESQL, args.audit_retention_days)
        self.flow = self._group("flow", args.audit_retention_days)
        self.register_outputs({})

    def _group(self, purpose: str, days: int) -> aws.cloudwatch.LogGroup:
        name = self._names[purpose]
        return aws.cloudwatch.LogGroup(
            f"{purpose}-logs",
            name=name,
            retention_in_days=days,
            kms_key_id=self._args.key_arn,
            skip_destroy=False,
            tags=self._args.scope.tags(name),
            opts=pulumi.ResourceOptions(parent=self),
        )
