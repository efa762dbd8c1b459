"""Flow logs of the whole VPC, written by a role that can do nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.names import Scope


@dataclass(frozen=True)
class FlowLogsArgs:
    """What flow logs need.

    Attributes:
        group_name: the log group's name, known early for the role's policy.
        group_arn: its ARN, which makes the flow log wait for it.
    """

    scope: Scope
    vpc_id: pulumi.Input[str]
    group_name: str
    group_arn: pulumi.Input[str]


class FlowLogs(pulumi.ComponentResource):
    """Role, its policy, and the flow log of all traffic."""

    log: aws.ec2.FlowLog

    def __init__(
        self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("iot-data-platform:components:FlowLogs", name, None, opts)
        scope = args.scope
        child = pulumi.ResourceOptions(parent=self)
        role_name = scope.physical("flow_log_role")
        role = aws.iam.Role(
            "flow-logs-role",
            name=role_name,
            description=f"Lets VPC flow logs write to {args.group_name}",
            assume_role_policy=trust_policy(scope),
            max_session_duration=3600,
            tags=scope.tags(role_name),
            opts=child,
        )
        policy = aws.iam.RolePolicy(
            "flow-logs-policy",
            name=scope.physical("flow_log_policy"),
            role=role.name,
            policy=write_policy(scope, args.group_name),
            opts=child,
        )
        self.log = aws.ec2.FlowLog(
            "flow-log",
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=args.group_arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,
            tags=scope.tags(scope.name("flow-log")),
            # without the policy the first records would be lost
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.register_outputs({})


def trust_policy(scope: Scope) -> str:
    """Only the flow log service may take the role, and only for flow logs of this account."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "FlowLogsOfThisAccount",
                    "Effect": "Allow",
                    "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                    "Condition": {
                        "StringEquals": {"aws:SourceAccount": scope.account},
                        "ArnLike": {"aws:SourceArn": scope.arn("ec2", "vpc-flow-log/*")},
                    },
                }
            ],
        }
    )


def write_policy(scope: Scope, group: str) -> str:
    """Streams and events of the one group; it exists already, so nothing is created."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "WriteToTheGroup",
                    "Effect": "Allow",
                    "Action": [
                        "logs:CreateLogStream",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                    ],
                    "Resource": [
                        scope.arn("logs", f"log-group:{group}"),
                        scope.arn("logs", f"log-group:{group}:log-stream:*"),
                    ],
                }
            ],
        }
    )
