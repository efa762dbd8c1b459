"""Keys, network, groups and logs of the sandbox stack, to the letter."""

from __future__ import annotations

import json
from typing import Any

from .shapes import (
    ALIAS,
    ASSOCIATION,
    GROUP,
    GROUPS,
    KEY,
    LOG_GROUP,
    LOGS,
    ROUTES,
    SUBNET,
    group,
    key,
    log_group,
    logs_policy,
    service_policy,
    subnet,
    tags,
)

PURPOSES = {
    "kinesis": ("the sensor data stream", service_policy("kinesis", grants=False)),
    "rds": (
        "the Aurora cluster, its backups and Performance Insights",
        service_policy("rds", grants=True),
    ),
    "secrets": ("the secrets", service_policy("secretsmanager", grants=False)),
    "elasticache": ("the cache and its snapshots", service_policy("elasticache", grants=True)),
    "logs": ("the log groups", logs_policy()),
}
KEYS = {(KEY, f"{name}-key"): key(name, *purpose) for name, purpose in PURPOSES.items()}
ALIASES = {
    (ALIAS, f"{name}-key-alias"): {
        "name": f"alias/{name}-sandbox",
        "targetKeyId": f"<keyId of {name}-key>",
    }
    for name in PURPOSES
}
NETWORK: dict[tuple[str, str], dict[str, Any]] = {
    ("aws:ec2/vpc:Vpc", "vpc"): {
        "cidrBlock": "10.0.0.0/16",
        "enableDnsSupport": True,
        "enableDnsHostnames": True,
        "instanceTenancy": "default",
        "tags": tags("vpc-sandbox"),
    },
    ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default-group"): {
        "vpcId": "<id of vpc>",
        "ingress": [],
        "egress": [],
        "tags": tags("default-group-sandbox"),
    },
    ("aws:ec2/internetGateway:InternetGateway", "internet-gateway"): {
        "vpcId": "<id of vpc>",
        "tags": tags("internet-gateway-sandbox"),
    },
    (ROUTES, "public-routes"): {
        "vpcId": "<id of vpc>",
        "routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": "<id of internet-gateway>"}],
        "tags": tags("public-routes-sandbox"),
    },
    (ROUTES, "private-routes"): {
        "vpcId": "<id of vpc>",
        "routes": [],
        "tags": tags("private-routes-sandbox"),
    },
    (SUBNET, "public-subnet-1"): subnet("public-subnet-1", "10.0.1.0/24", "sa-east-1a"),
    (SUBNET, "public-subnet-2"): subnet("public-subnet-2", "10.0.2.0/24", "sa-east-1b"),
    (SUBNET, "private-subnet-1"): subnet("private-subnet-1", "10.0.11.0/24", "sa-east-1a"),
    (SUBNET, "private-subnet-2"): subnet("private-subnet-2", "10.0.12.0/24", "sa-east-1b"),
}
ASSOCIATIONS = {
    (ASSOCIATION, f"{tier}-subnet-{number}-routes"): {
        "subnetId": f"<id of {tier}-subnet-{number}>",
        "routeTableId": f"<id of {tier}-routes>",
    }
    for tier in ("public", "private")
    for number in (1, 2)
}
ACCESS = {
    (GROUP, "database-group"): group("aurora-access-sandbox", "PostgreSQL", 5432),
    (GROUP, "cache-group"): group("redis-access-sandbox", "Redis", 6379),
}
LOG_GROUPS = {
    (LOG_GROUP, "stream-logs"): log_group(GROUPS[0]),
    (LOG_GROUP, "cluster-logs"): log_group(GROUPS[1]),
    (LOG_GROUP, "postgresql-logs"): log_group(GROUPS[2]),
    (LOG_GROUP, "flow-logs"): log_group(GROUPS[3]),
}
FLOW_LOGS: dict[tuple[str, str], dict[str, Any]] = {
    ("aws:iam/role:Role", "flow-logs-role"): {
        "name": "vpc-flow-logs-sandbox",
        "description": "Lets VPC flow logs write to /aws/vpc/flow-logs-sandbox",
        "assumeRolePolicy": json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "FlowLogsOfThisAccount",
                        "Effect": "Allow",
                        "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {
                            "StringEquals": {"aws:SourceAccount": "123456789012"},
                            "ArnLike": {
                                "aws:SourceArn": "arn:aws:ec2:sa-east-1:123456789012:vpc-flow-log/*"
                            },
                        },
                    }
                ],
            }
        ),
        "maxSessionDuration": 3600,
        "tags": tags("vpc-flow-logs-sandbox"),
    },
    ("aws:iam/rolePolicy:RolePolicy", "flow-logs-policy"): {
        "name": "write-flow-logs-sandbox",
        "role": "vpc-flow-logs-sandbox",
        "policy": json.dumps(
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
                            f"{LOGS}/aws/vpc/flow-logs-sandbox",
                            f"{LOGS}/aws/vpc/flow-logs-sandbox:log-stream:*",
                        ],
                    }
                ],
            }
        ),
    },
    ("aws:ec2/flowLog:FlowLog", "flow-log"): {
        "vpcId": "<id of vpc>",
        "trafficType": "ALL",
        "logDestinationType": "cloud-watch-logs",
        "logDestination": "<arn of flow-logs>",
        "iamRoleArn": "<arn of flow-logs-role>",
        "maxAggregationInterval": 60,
        "tags": tags("flow-log-sandbox"),
    },
}
