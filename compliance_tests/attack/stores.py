"""Stores, keys and groups of nobody's that an attacker adds."""

from __future__ import annotations

from .addition import Added
from .rules import GROUP
from .wrong_values import ACCOUNT

STORES: tuple[Added, ...] = (
    Added("a bare stream", "aws:kinesis/stream:Stream", {"name": "x-{suffix}", "shardCount": 2.0,
          "tags": {}}, {}),
    Added("a bare cluster", "aws:rds/cluster:Cluster", {"clusterIdentifier": "x-{suffix}",
          "engine": "aurora-postgresql", "tags": {}}, {}),
    Added("a restored cluster", "aws:rds/cluster:Cluster", {"clusterIdentifier": "x-{suffix}",
          "engine": "aurora-postgresql", "snapshotIdentifier": "snap", "tags": {}}, {}),
    Added("a bare instance", "aws:rds/instance:Instance", {"identifier": "x-{suffix}",
          "instanceClass": "db.t3.micro", "tags": {}}, {}),
    Added("a public instance", "aws:rds/instance:Instance", {"identifier": "x-{suffix}",
          "instanceClass": "db.t3.micro", "publiclyAccessible": True, "tags": {}}, {}),
    Added("a bare global cluster", "aws:rds/globalCluster:GlobalCluster",
          {"globalClusterIdentifier": "x-{suffix}", "engine": "aurora-postgresql"}, {}),
    Added("a bare replication group", "aws:elasticache/replicationGroup:ReplicationGroup",
          {"replicationGroupId": "x-{suffix}", "description": "x", "tags": {}}, {}),
    Added("a cache cluster", "aws:elasticache/cluster:Cluster",
          {"clusterId": "x-{suffix}", "engine": "redis", "tags": {}}, {}),
    Added("a memcached cluster", "aws:elasticache/cluster:Cluster",
          {"clusterId": "x-{suffix}", "engine": "memcached", "tags": {}}, {}),
    Added("a serverless cache", "aws:elasticache/serverlessCache:ServerlessCache",
          {"name": "x-{suffix}", "engine": "redis", "tags": {}}, {}),
    Added("a MemoryDB cluster", "aws:memorydb/cluster:Cluster",
          {"name": "x-{suffix}", "aclName": "open-access", "tlsEnabled": False, "tags": {}}, {}),
    Added("a bare secret", "aws:secretsmanager/secret:Secret",
          {"name": "x-{suffix}", "tags": {}}, {}),
    Added("a bare log group", "aws:cloudwatch/logGroup:LogGroup",
          {"name": "/x-{suffix}", "tags": {}}, {}),
    Added("a key without rotation", "aws:kms/key:Key", {"tags": {}}, {}),
    Added("an external key", "aws:kms/externalKey:ExternalKey", {"tags": {}}, {}),
    Added("a replica key", "aws:kms/replicaKey:ReplicaKey",
          {"primaryKeyArn": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/mrk-1", "tags": {}}, {}),
    Added("an open group", GROUP,
          {"name": "x-{suffix}", "description": "x", "tags": {}, "ingress": [
          {"protocol": "tcp", "fromPort": 443.0, "toPort": 443.0, "cidrBlocks": ["0.0.0.0/0"]}]},
          {"vpcId": ("aws:ec2/vpc:Vpc", "")}),
)  # fmt: skip
