"""The platform: which component gets what from which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import components
import pulumi
from facts import Facts
from settings import Settings


@dataclass(frozen=True)
class Stack:
    """The components of the platform."""

    scope: components.Scope
    keys: components.Keys
    network: components.Network
    access: components.Access
    log_groups: components.LogGroups
    flow_logs: components.FlowLogs
    stream: components.Stream
    database: components.Database
    database_secret: components.Secret
    cache: components.Cache
    cache_secret: components.Secret


def build(settings: Settings, facts: Facts) -> Stack:
    """Registers every resource.

    Args:
        settings: valid settings.
        facts: AWS's answers.
    """
    scope = components.Scope(
        suffix=settings.suffix,
        project=settings.project,
        region=settings.region,
        account=facts.account,
        extra_tags=settings.extra_tags,
    )
    # one option for all: a protected store whose instances can be deleted is down all the same
    whole = pulumi.ResourceOptions(protect=settings.protect)
    group_names = components.log_group_names(scope)
    keys = components.Keys(
        "keys",
        components.KeysArgs(
            scope=scope,
            deletion_window_days=settings.key_deletion_days,
            rotation_days=settings.key_rotation_days,
            log_groups=tuple(group_names.values()),
        ),
        whole,
    )
    network = components.Network(
        "network",
        components.NetworkArgs(
            scope=scope,
            vpc_cidr=settings.network.vpc_cidr,
            public_cidrs=settings.network.public_cidrs,
            private_cidrs=settings.network.private_cidrs,
            zones=facts.zones,
        ),
        whole,
    )
    access = components.Access(
        "access",
        components.AccessArgs(
            scope=scope,
            vpc_id=network.vpc.id,
            vpc_cidr=settings.network.vpc_cidr,
            database_port=settings.database.port,
            cache_port=settings.cache.port,
        ),
        whole,
    )
    log_groups = components.LogGroups(
        "log-groups",
        components.LogGroupsArgs(
            scope=scope,
            key_arn=keys.logs.arn,
            retention_days=settings.log_days,
            audit_retention_days=settings.audit_log_days,
        ),
        whole,
    )
    flow_logs = components.FlowLogs(
        "flow-logs",
        components.FlowLogsArgs(
            scope=scope,
            vpc_id=network.vpc.id,
            group_name=group_names["flow"],
            group_arn=log_groups.flow.arn,
        ),
        whole,
    )
    stream = components.Stream(
        "stream",
        components.StreamArgs(
            scope=scope,
            key_arn=keys.kinesis.arn,
            shard_count=settings.stream.shard_count,
            retention_hours=settings.stream.retention_hours,
            shard_metrics=settings.stream.shard_metrics,
        ),
        whole,
    )
    private_ids = [subnet.id for subnet in network.private_subnets]
    if settings.network.private_endpoints:
        components.Endpoints(
            "endpoints",
            components.EndpointsArgs(
                scope=scope,
                vpc_id=network.vpc.id,
                vpc_cidr=settings.network.vpc_cidr,
                subnet_ids=private_ids,
            ),
            whole,
        )
    database = components.Database(
        "database",
        components.DatabaseArgs(
            scope=scope,
            engine_version=facts.engine_version,
            parameter_family=facts.parameter_family,
            database_name=settings.database.name,
            username=settings.database.username,
            password_length=settings.secrets.password_length,
            port=settings.database.port,
            subnet_ids=private_ids,
            group_id=access.database.id,
            zones=facts.zones,
            key_arn=keys.rds.arn,
            min_capacity=settings.database.min_capacity,
            max_capacity=settings.database.max_capacity,
            instance_count=settings.database.instance_count,
            backup_retention_days=settings.database.backup_retention_days,
            deletion_protection=settings.database.deletion_protection,
            final_snapshot=settings.final_snapshots,
            log_group=log_groups.postgresql,
        ),
        whole,
    )
    cache = components.Cache(
        "cache",
        components.CacheArgs(
            scope=scope,
            engine_version=settings.cache.engine_version,
            node_type=settings.cache.node_type,
            node_count=settings.cache.node_count,
            port=settings.cache.port,
            subnet_ids=private_ids,
            group_id=access.cache.id,
            zones=facts.zones,
            key_arn=keys.elasticache.arn,
            snapshot_retention_days=settings.cache.snapshot_retention_days,
            final_snapshot=settings.final_snapshots,
        ),
        whole,
    )
    cluster, group = database.cluster, cache.group
    return Stack(
        scope=scope,
        keys=keys,
        network=network,
        access=access,
        log_groups=log_groups,
        flow_logs=flow_logs,
        stream=stream,
        database=database,
        cache=cache,
        database_secret=_secret(
            "database-secret",
            settings,
            scope,
            keys,
            whole,
            physical="database_secret",
            description="Master user of the Aurora cluster",
            value={
                "username": cluster.master_username,
                "password": database.password.result,
                "engine": cluster.engine,
                "host": cluster.endpoint,
                "port": cluster.port,
                "dbname": cluster.database_name,
            },
        ),
        cache_secret=_secret(
            "cache-secret",
            settings,
            scope,
            keys,
            whole,
            physical="cache_secret",
            description="AUTH token of the Redis replication group",
            value={
                "auth_token": cache.token.result,
                "host": group.primary_endpoint_address,
                "reader_host": group.reader_endpoint_address,
                "port": group.port,
            },
        ),
    )


def _secret(
    name: str,
    settings: Settings,
    scope: components.Scope,
    keys: components.Keys,
    whole: pulumi.ResourceOptions,
    *,
    physical: str,
    description: str,
    value: dict[str, Any],
) -> components.Secret:
    return components.Secret(
        name,
        components.SecretArgs(
            scope=scope,
            name=scope.physical(physical),
            description=description,
            key_arn=keys.secrets.arn,
            value=value,
            recovery_days=settings.secrets.recovery_days,
            readers=settings.secrets.readers,
        ),
        whole,
    )
