"""What resources of one kind have in common, in the shape in which the engine gets it."""

from __future__ import annotations

import json
from typing import Any

from compliance_tests.program.recorded import Secret

KEY, ALIAS = "aws:kms/key:Key", "aws:kms/alias:Alias"
SUBNET, ROUTES = "aws:ec2/subnet:Subnet", "aws:ec2/routeTable:RouteTable"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
GROUP, LOG_GROUP = "aws:ec2/securityGroup:SecurityGroup", "aws:cloudwatch/logGroup:LogGroup"
SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
PASSWORD = "random:index/randomPassword:RandomPassword"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
CLUSTER = "aws:rds/cluster:Cluster"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"

ADMINISTER = [
    "kms:CancelKeyDeletion",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
]
USE = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
ROOT = {"AWS": "arn:aws:iam::123456789012:root"}
GROUPS = (
    "/aws/kinesis/sensor-data-stream-sandbox",
    "/aws/rds/cluster/aurora-cluster-sandbox",
    "/aws/rds/cluster/aurora-cluster-sandbox/postgresql",
    "/aws/vpc/flow-logs-sandbox",
)
LOGS = "arn:aws:logs:sa-east-1:123456789012:log-group:"


def tags(name: str) -> dict[str, str]:
    """The four tags of every resource of the sandbox."""
    return {
        "Environment": "sandbox",
        "Project": "iot-data-platform",
        "ManagedBy": "pulumi",
        "Name": name,
    }


def allow(sid: str, principal: Any, actions: list[str], **more: Any) -> dict[str, Any]:
    """A statement of a key policy."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": actions,
        "Resource": "*",
        **more,
    }


def service_policy(service: str, *, grants: bool) -> str:
    """The policy of a key that is used through one service."""
    via = {
        "kms:ViaService": f"{service}.sa-east-1.amazonaws.com",
        "kms:CallerAccount": "123456789012",
    }
    statements = [
        allow("AdministerFromTheAccount", ROOT, ADMINISTER),
        allow("UseThroughTheService", ROOT, USE, Condition={"StringEquals": via}),
    ]
    if grants:
        condition = {"StringEquals": via, "Bool": {"kms:GrantIsForAWSResource": "true"}}
        statements.append(
            allow("GrantToTheService", ROOT, ["kms:CreateGrant"], Condition=condition)
        )
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def logs_policy() -> str:
    """The policy of the key of the log groups."""
    groups = {
        "ArnEquals": {"kms:EncryptionContext:aws:logs:arn": [f"{LOGS}{name}" for name in GROUPS]}
    }
    via = {"kms:ViaService": "logs.sa-east-1.amazonaws.com", "kms:CallerAccount": "123456789012"}
    service = {"Service": "logs.sa-east-1.amazonaws.com"}
    statements = [
        allow("AdministerFromTheAccount", ROOT, ADMINISTER),
        allow("UseForTheLogGroups", service, USE, Condition=groups),
        allow("UseThroughTheService", ROOT, USE, Condition={"StringEquals": via, **groups}),
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def key(name: str, purpose: str, policy: str) -> dict[str, Any]:
    """A customer key: rotated, seven days to change one's mind."""
    return {
        "description": f"Encrypts {purpose} of sandbox",
        "policy": policy,
        "enableKeyRotation": True,
        "rotationPeriodInDays": 365,
        "deletionWindowInDays": 7,
        "isEnabled": True,
        "keyUsage": "ENCRYPT_DECRYPT",
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "multiRegion": False,
        "bypassPolicyLockoutSafetyCheck": False,
        "tags": tags(f"{name}-key-sandbox"),
    }


def subnet(name: str, cidr: str, zone: str) -> dict[str, Any]:
    """A subnet that gives no public address."""
    return {
        "vpcId": "<id of vpc>",
        "cidrBlock": cidr,
        "availabilityZone": zone,
        "mapPublicIpOnLaunch": False,
        "assignIpv6AddressOnCreation": False,
        "tags": tags(f"{name}-sandbox"),
    }


def group(name: str, what: str, port: int) -> dict[str, Any]:
    """A security group with one way in and none out."""
    return {
        "name": name,
        "description": f"{what} from inside the VPC",
        "vpcId": "<id of vpc>",
        "ingress": [
            {
                "protocol": "tcp",
                "fromPort": port,
                "toPort": port,
                "cidrBlocks": ["10.0.0.0/16"],
                "description": f"{what} from inside the VPC",
            }
        ],
        "egress": [],
        "revokeRulesOnDelete": False,
        "tags": tags(name),
    }


def log_group(name: str) -> dict[str, Any]:
    """A log group kept for seven days under the logs key."""
    return {
        "name": name,
        "retentionInDays": 7,
        "kmsKeyId": "<arn of logs-key>",
        "skipDestroy": False,
        "tags": tags(name),
    }


def secret(name: str, description: str) -> dict[str, Any]:
    """A secret whose name is free again at once."""
    return {
        "name": name,
        "description": description,
        "kmsKeyId": "<arn of secrets-key>",
        "recoveryWindowInDays": 0,
        "tags": tags(name),
    }


def secret_value(secret_name: str, **members: Any) -> dict[str, Any]:
    """A secret's value."""
    return {"secretId": f"<id of {secret_name}>", "secretString": Secret(json.dumps(members))}


def password(length: int, specials: str) -> dict[str, Any]:
    """A generated value with every kind of character."""
    return {
        "length": length,
        "special": True,
        "overrideSpecial": specials,
        "minLower": 1,
        "minUpper": 1,
        "minNumeric": 1,
        "minSpecial": 1,
    }


def instance(number: int, zone: str) -> dict[str, Any]:
    """An Aurora instance."""
    return {
        "identifier": f"aurora-instance-{number}-sandbox",
        "clusterIdentifier": "<id of aurora-cluster>",
        "engine": "aurora-postgresql",
        "engineVersion": "15.10",
        "instanceClass": "db.serverless",
        "availabilityZone": zone,
        "publiclyAccessible": False,
        "promotionTier": 1,
        "performanceInsightsEnabled": True,
        "performanceInsightsKmsKeyId": "<arn of rds-key>",
        "performanceInsightsRetentionPeriod": 7,
        "copyTagsToSnapshot": True,
        "autoMinorVersionUpgrade": False,
        "applyImmediately": True,
        "tags": tags(f"aurora-instance-{number}-sandbox"),
    }
