"""Private endpoints for clients in the private subnets; an option, as each costs by the hour."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.access import closed_group
from components.names import Scope

SERVICES = ("kinesis-streams", "kms", "logs", "secretsmanager")


@dataclass(frozen=True)
class EndpointsArgs:
    """What the endpoints need."""

    scope: Scope
    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    subnet_ids: list[pulumi.Output[str]]


class Endpoints(pulumi.ComponentResource):
    """An interface endpoint for each service, and the group they share."""

    endpoints: list[aws.ec2.VpcEndpoint]

    def __init__(
        self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("iot-data-platform:components:Endpoints", name, None, opts)
        scope = args.scope
        child = pulumi.ResourceOptions(parent=self)
        group = closed_group(
            "endpoint-group",
            scope,
            name=scope.physical("endpoint_group"),
            vpc_id=args.vpc_id,
            port=443,
            source=args.vpc_cidr,
            purpose="HTTPS to AWS services",
            opts=child,
        )
        self.endpoints = [
            aws.ec2.VpcEndpoint(
                f"{service}-endpoint",
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{scope.region}.{service}",
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=args.subnet_ids,
                security_group_ids=[group.id],
                policy=account_policy(scope),
                tags=scope.tags(scope.name(f"{service}-endpoint")),
                opts=child,
            )
            for service in SERVICES
        ]
        self.register_outputs({})


def account_policy(scope: Scope) -> str:
    """Only this account's principals, and only its resources: no way to carry data elsewhere."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ThisAccountOnly",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{scope.account}:root"},
                    "Action": "*",
                    "Resource": "*",
                    "Condition": {"StringEquals": {"aws:ResourceAccount": scope.account}},
                }
            ],
        }
    )
