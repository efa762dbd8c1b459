"""Stream, cluster, cache and secrets of the sandbox stack, to the letter."""

from __future__ import annotations

from compliance_tests.program.recorded import Secret

from .shapes import (
    CACHE,
    CLUSTER,
    INSTANCE,
    PASSWORD,
    SECRET,
    VERSION,
    instance,
    password,
    secret,
    secret_value,
    tags,
)

STREAM = {
    ("aws:kinesis/stream:Stream", "sensor-data-stream"): {
        "name": "sensor-data-stream-sandbox",
        "shardCount": 2,
        "streamModeDetails": {"streamMode": "PROVISIONED"},
        "retentionPeriod": 24,
        "shardLevelMetrics": [
            "IncomingBytes",
            "IncomingRecords",
            "OutgoingBytes",
            "OutgoingRecords",
        ],
        "encryptionType": "KMS",
        "kmsKeyId": "<arn of kinesis-key>",
        "enforceConsumerDeletion": True,
        "tags": tags("sensor-data-stream-sandbox"),
    },
}
DATABASE = {
    (PASSWORD, "database-password"): password(32, "!#$%&*()-_=+[]{}<>:?"),
    ("aws:rds/subnetGroup:SubnetGroup", "database-subnets"): {
        "name": "aurora-subnets-sandbox",
        "description": "The private subnets",
        "subnetIds": ["<id of private-subnet-1>", "<id of private-subnet-2>"],
        "tags": tags("aurora-subnets-sandbox"),
    },
    ("aws:rds/clusterParameterGroup:ClusterParameterGroup", "cluster-parameters"): {
        "name": "aurora-postgresql15-sandbox",
        "family": "aurora-postgresql15",
        "description": "Connections only over TLS",
        "parameters": [{"name": "rds.force_ssl", "value": "1", "applyMethod": "immediate"}],
        "tags": tags("aurora-postgresql15-sandbox"),
    },
    (CLUSTER, "aurora-cluster"): {
        "clusterIdentifier": "aurora-cluster-sandbox",
        "engine": "aurora-postgresql",
        "engineMode": "provisioned",
        "engineVersion": "15.10",
        "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 2},
        "databaseName": "sensordata",
        "masterUsername": "platform_owner",
        "masterPassword": Secret("<result of database-password>"),
        "iamDatabaseAuthenticationEnabled": True,
        "port": 5432,
        "dbSubnetGroupName": "aurora-subnets-sandbox",
        "vpcSecurityGroupIds": ["<id of database-group>"],
        "dbClusterParameterGroupName": "aurora-postgresql15-sandbox",
        "storageEncrypted": True,
        "kmsKeyId": "<arn of rds-key>",
        "backupRetentionPeriod": 30,
        "preferredBackupWindow": "03:00-04:00",
        "preferredMaintenanceWindow": "sun:04:30-sun:05:30",
        "copyTagsToSnapshot": True,
        "enabledCloudwatchLogsExports": ["postgresql"],
        "deletionProtection": False,
        "skipFinalSnapshot": True,
        "deleteAutomatedBackups": True,
        "applyImmediately": True,
        "tags": tags("aurora-cluster-sandbox"),
    },
    (INSTANCE, "aurora-instance-1"): instance(1, "sa-east-1a"),
    (INSTANCE, "aurora-instance-2"): instance(2, "sa-east-1b"),
}
STORE = {
    (PASSWORD, "cache-token"): password(64, "!&#$^<>-"),
    ("aws:elasticache/subnetGroup:SubnetGroup", "cache-subnets"): {
        "name": "redis-subnets-sandbox",
        "description": "The private subnets",
        "subnetIds": ["<id of private-subnet-1>", "<id of private-subnet-2>"],
        "tags": tags("redis-subnets-sandbox"),
    },
    (CACHE, "redis"): {
        "replicationGroupId": "redis-sandbox",
        "description": "Latest sensor readings of sandbox",
        "engine": "redis",
        "engineVersion": "7.0",
        "nodeType": "cache.t3.micro",
        "numCacheClusters": 2,
        "preferredCacheClusterAzs": ["sa-east-1a", "sa-east-1b"],
        "automaticFailoverEnabled": True,
        "multiAzEnabled": True,
        "port": 6379,
        "subnetGroupName": "redis-subnets-sandbox",
        "securityGroupIds": ["<id of cache-group>"],
        "atRestEncryptionEnabled": True,
        "kmsKeyId": "<arn of elasticache-key>",
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "authToken": Secret("<result of cache-token>"),
        "snapshotRetentionLimit": 5,
        "snapshotWindow": "03:00-04:00",
        "maintenanceWindow": "sun:04:30-sun:05:30",
        "autoMinorVersionUpgrade": True,
        "applyImmediately": True,
        "tags": tags("redis-sandbox"),
    },
}
SECRETS = {
    (SECRET, "database-secret"): secret(
        "db-master-password-sandbox", "Master user of the Aurora cluster"
    ),
    (VERSION, "database-secret-value"): secret_value(
        "database-secret",
        username="platform_owner",
        password="<result of database-password>",
        engine="aurora-postgresql",
        host="<endpoint of aurora-cluster>",
        port=5432,
        dbname="sensordata",
    ),
    (SECRET, "cache-secret"): secret(
        "redis-auth-token-sandbox", "AUTH token of the Redis replication group"
    ),
    (VERSION, "cache-secret-value"): secret_value(
        "cache-secret",
        auth_token="<result of cache-token>",
        host="<primaryEndpointAddress of redis>",
        reader_host="<readerEndpointAddress of redis>",
        port=6379,
    ),
}
