"""The shipped stack to the letter: each resource with each input, written again on purpose.

`<property of NAME>` is an output of the resource with that logical name.
"""

from __future__ import annotations

from typing import Any

from .foundation import ACCESS, ALIASES, ASSOCIATIONS, FLOW_LOGS, KEYS, LOG_GROUPS, NETWORK
from .shapes import GROUPS
from .stores import DATABASE, SECRETS, STORE, STREAM

__all__ = ["OUTPUTS", "RESOURCES"]

RESOURCES: dict[tuple[str, str], dict[str, Any]] = {
    **KEYS,
    **ALIASES,
    **NETWORK,
    **ASSOCIATIONS,
    **ACCESS,
    **LOG_GROUPS,
    **FLOW_LOGS,
    **STREAM,
    **DATABASE,
    **STORE,
    **SECRETS,
}
OUTPUTS: dict[str, Any] = {
    "vpc_id": "<id of vpc>",
    "vpc_cidr": "10.0.0.0/16",
    "public_subnet_ids": ["<id of public-subnet-1>", "<id of public-subnet-2>"],
    "private_subnet_ids": ["<id of private-subnet-1>", "<id of private-subnet-2>"],
    "kinesis_stream_name": "sensor-data-stream-sandbox",
    "kinesis_stream_arn": "<arn of sensor-data-stream>",
    "aurora_cluster_endpoint": "<endpoint of aurora-cluster>",
    "aurora_reader_endpoint": "<readerEndpoint of aurora-cluster>",
    "redis_primary_endpoint": "<primaryEndpointAddress of redis>",
    "redis_reader_endpoint": "<readerEndpointAddress of redis>",
    "db_secret_arn": "<arn of database-secret>",
    "kinesis_kms_key_id": "<keyId of kinesis-key>",
    "rds_kms_key_id": "<keyId of rds-key>",
    "secrets_kms_key_id": "<keyId of secrets-key>",
    "elasticache_kms_key_id": "<keyId of elasticache-key>",
    "logs_kms_key_id": "<keyId of logs-key>",
    "rds_security_group_id": "<id of database-group>",
    "redis_security_group_id": "<id of cache-group>",
    "aurora_cluster_identifier": "aurora-cluster-sandbox",
    "aurora_instance_identifiers": ["aurora-instance-1-sandbox", "aurora-instance-2-sandbox"],
    "aurora_engine_version": "15.10",
    "redis_replication_group_id": "redis-sandbox",
    "redis_secret_arn": "<arn of cache-secret>",
    "log_group_names": list(GROUPS),
    "flow_log_id": "<id of flow-log>",
    "environment_suffix": "sandbox",
    "aws_region": "sa-east-1",
}
