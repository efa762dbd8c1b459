"""The stack's outputs, each from the resource itself; tests and operators rely on the names."""

from __future__ import annotations

from typing import Any

from stack import Stack


def outputs(stack: Stack) -> dict[str, Any]:
    """Name to value; no secret is among them."""
    network, keys, groups = stack.network, stack.keys, stack.log_groups
    cluster, cache = stack.database.cluster, stack.cache.group
    return {
        "vpc_id": network.vpc.id,
        "vpc_cidr": network.vpc.cidr_block,
        "public_subnet_ids": [subnet.id for subnet in network.public_subnets],
        "private_subnet_ids": [subnet.id for subnet in network.private_subnets],
        "kinesis_stream_name": stack.stream.stream.name,
        "kinesis_stream_arn": stack.stream.stream.arn,
        "aurora_cluster_endpoint": cluster.endpoint,
        "aurora_reader_endpoint": cluster.reader_endpoint,
        "redis_primary_endpoint": cache.primary_endpoint_address,
        "redis_reader_endpoint": cache.reader_endpoint_address,
        "db_secret_arn": stack.database_secret.secret.arn,
        "kinesis_kms_key_id": keys.kinesis.key_id,
        "rds_kms_key_id": keys.rds.key_id,
        "secrets_kms_key_id": keys.secrets.key_id,
        "elasticache_kms_key_id": keys.elasticache.key_id,
        "logs_kms_key_id": keys.logs.key_id,
        "rds_security_group_id": stack.access.database.id,
        "redis_security_group_id": stack.access.cache.id,
        # beyond the required ones: what an operator looks up next
        "aurora_cluster_identifier": cluster.cluster_identifier,
        "aurora_instance_identifiers": [each.identifier for each in stack.database.instances],
        "aurora_engine_version": cluster.engine_version,
        "redis_replication_group_id": cache.replication_group_id,
        "redis_secret_arn": stack.cache_secret.secret.arn,
        "log_group_names": [
            each.name for each in (groups.stream, groups.cluster, groups.postgresql, groups.flow)
        ],
        "flow_log_id": stack.flow_logs.log.id,
        "environment_suffix": stack.scope.suffix,
        "aws_region": stack.scope.region,
    }
