"""A security group for each data store: its one port, from inside the VPC, and nothing out."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.names import Scope


@dataclass(frozen=True)
class AccessArgs:
    """What the groups need."""

    scope: Scope
    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    database_port: int
    cache_port: int


class Access(pulumi.ComponentResource):
    """The groups of the database and of the cache."""

    database: aws.ec2.SecurityGroup
    cache: aws.ec2.SecurityGroup

    def __init__(
        self, name: str, args: AccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("iot-data-platform:components:Access", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.database = closed_group(
            "database-group",
            args.scope,
            name=args.scope.physical("database_group"),
            vpc_id=args.vpc_id,
            port=args.database_port,
            source=args.vpc_cidr,
            purpose="PostgreSQL",
            opts=child,
        )
        self.cache = closed_group(
            "cache-group",
            args.scope,
            name=args.scope.physical("cache_group"),
            vpc_id=args.vpc_id,
            port=args.cache_port,
            source=args.vpc_cidr,
            purpose="Redis",
            opts=child,
        )
        self.register_outputs({})


def closed_group(
    logical: str,
    scope: Scope,
    *,
    name: str,
    vpc_id: pulumi.Input[str],
    port: int,
    source: str,
    purpose: str,
    opts: pulumi.ResourceOptions,
) -> aws.ec2.SecurityGroup:
    """A group that lets one tcp port in from `source` and lets nothing out.

    Rules stand in the group itself, so that a rule added by hand is drift. An answer needs no
    egress rule (groups are stateful), and neither Aurora nor Redis opens a connection.
    """
    return aws.ec2.SecurityGroup(
        logical,
        name=name,
        description=f"{purpose} from inside the VPC",
        vpc_id=vpc_id,
        ingress=[
            aws.ec2.SecurityGroupIngressArgs(
                protocol="tcp",
                from_port=port,
                to_port=port,
                cidr_blocks=[source],
                description=f"{purpose} from inside the VPC",
            )
        ],
        egress=[],
        revoke_rules_on_delete=False,
        tags=scope.tags(name),
        opts=opts,
    )
