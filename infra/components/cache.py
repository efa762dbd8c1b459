"""The Redis replication group: a primary and replicas over the zones, TLS and a token required."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.final_snapshot import final_snapshot_name
from components.names import Scope

# ElastiCache takes 16 to 128 characters in a token, and of the special ones only these.
TOKEN_LENGTH = 64
TOKEN_SPECIALS = "!&#$^<>-"  # noqa: S105 - an alphabet, not a token


@dataclass(frozen=True)
class CacheArgs:
    """What the cache needs; snapshot retention in days."""

    scope: Scope
    engine_version: str
    node_type: str
    node_count: int
    port: int
    subnet_ids: list[pulumi.Output[str]]
    group_id: pulumi.Input[str]
    zones: tuple[str, ...]
    key_arn: pulumi.Input[str]
    snapshot_retention_days: int
    final_snapshot: bool


class Cache(pulumi.ComponentResource):
    """Token, subnet group, replication group."""

    token: random.RandomPassword
    group: aws.elasticache.ReplicationGroup

    def __init__(
        self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("iot-data-platform:components:Cache", name, None, opts)
        scope = args.scope
        child = pulumi.ResourceOptions(parent=self)
        self.token = random.RandomPassword(
            "cache-token",
            length=TOKEN_LENGTH,
            special=True,
            override_special=TOKEN_SPECIALS,
            min_lower=1,
            min_upper=1,
            min_numeric=1,
            min_special=1,
            opts=child,
        )
        subnets_name = scope.physical("cache_subnets")
        subnets = aws.elasticache.SubnetGroup(
            "cache-subnets",
            name=subnets_name,
            description="The private subnets",
            subnet_ids=args.subnet_ids,
            tags=scope.tags(subnets_name),
            opts=child,
        )
        physical = scope.physical("cache")
        spread = [args.zones[number % len(args.zones)] for number in range(args.node_count)]
        self.group = aws.elasticache.ReplicationGroup(
            "redis",
            replication_group_id=physical,
            description=f"Latest sensor readings of {scope.suffix}",
            engine="redis",
            engine_version=args.engine_version,
            node_type=args.node_type,
            num_cache_clusters=args.node_count,
            preferred_cache_cluster_azs=spread,
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            port=args.port,
            subnet_group_name=subnets.name,
            security_group_ids=[args.group_id],
            at_rest_encryption_enabled=True,
            kms_key_id=args.key_arn,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auth_token=self.token.result,
            snapshot_retention_limit=args.snapshot_retention_days,
            snapshot_window="03:00-04:00",
            maintenance_window="sun:04:30-sun:05:30",
            auto_minor_version_upgrade=True,
            apply_immediately=True,
            final_snapshot_identifier=(
                final_snapshot_name(scope, "redis", child) if args.final_snapshot else None
            ),
            tags=scope.tags(physical),
            opts=child,
        )
        self.register_outputs({})
