"""An empty account on the emulator, and what a check needs in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from sandbox.emulator import ACCOUNT
from sandbox.providers.clients import Clients

REGION = "sa-east-1"
OWNER = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
LOG_SERVICE = {
    "Effect": "Allow",
    "Principal": {"Service": f"logs.{REGION}.amazonaws.com"},
    "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:GenerateDataKey*"],
    "Resource": "*",
}
NO_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000"
PASSWORD = "not-a-secret-1"
TAGS = [{"Key": "Project", "Value": "iot"}]


def policy(*statements: dict[str, Any]) -> str:
    """A policy document of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def refused(code: str, call: Callable[..., Any], **arguments: Any) -> str:
    """Demand that a call fails with one of AWS's codes (`A|B`) and give its message."""
    found: dict[str, str] = {}
    try:
        call(**arguments)
    except ClientError as error:
        answer = error.response["Error"]
        found = {"Code": answer["Code"], "Message": answer["Message"]}
    assert found, f"accepted, wanted {code}"
    assert found["Code"] in code.split("|"), found
    return found["Message"]


@dataclass
class Account:
    """Clients by service (`account.kms`) and the things that checks begin with."""

    clients: Clients
    made: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, service: str) -> Any:
        return self.clients.client(service)

    def key(self, *statements: dict[str, Any]) -> str:
        """The ARN of a new key."""
        return str(self.kms.create_key(Policy=policy(OWNER, *statements))["KeyMetadata"]["Arn"])

    def dying_key(self) -> str:
        """The ARN of a key that is pending deletion."""
        arn = self.key()
        self.kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
        return arn

    def network(self) -> tuple[str, list[str], str]:
        """A VPC, its two subnets in two zones, and a security group."""
        if "network" not in self.made:
            vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
            subnets = [
                self.ec2.create_subnet(
                    VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"{REGION}{zone}"
                )["Subnet"]["SubnetId"]
                for i, zone in ((1, "a"), (2, "b"))
            ]
            group = self.ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)[
                "GroupId"
            ]
            self.made["network"] = (vpc, subnets, group)
        found: tuple[str, list[str], str] = self.made["network"]
        return found

    def db_subnets(self) -> str:
        """A DB subnet group over both zones."""
        self.rds.create_db_subnet_group(
            DBSubnetGroupName="subnets", DBSubnetGroupDescription="d", SubnetIds=self.network()[1]
        )
        return "subnets"

    def cluster(self, name: str = "aurora", **more: Any) -> str:
        """An Aurora cluster with room for serverless instances."""
        arguments = {
            "DBClusterIdentifier": name,
            "Engine": "aurora-postgresql",
            "EngineVersion": "15.10",
            "MasterUsername": "dbadmin",
            "MasterUserPassword": PASSWORD,
            "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 2.0},
        }
        self.rds.create_db_cluster(**(arguments | more))
        return name

    def instance(
        self, name: str = "writer", cluster: str = "aurora", **more: Any
    ) -> dict[str, Any]:
        """A serverless instance of a cluster, as it is described afterwards."""
        self.rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBClusterIdentifier=cluster,
            Engine="aurora-postgresql",
            DBInstanceClass="db.serverless",
            **more,
        )
        return self.described_instance(name)

    def described_instance(self, name: str = "writer") -> dict[str, Any]:
        """What AWS says of an instance."""
        found: dict[str, Any] = self.rds.describe_db_instances(DBInstanceIdentifier=name)[
            "DBInstances"
        ][0]
        return found

    def described_cluster(self, name: str = "aurora") -> dict[str, Any]:
        """What AWS says of a cluster."""
        found: dict[str, Any] = self.rds.describe_db_clusters(DBClusterIdentifier=name)[
            "DBClusters"
        ][0]
        return found

    def cache_subnets(self) -> str:
        """A cache subnet group over both zones."""
        self.elasticache.create_cache_subnet_group(
            CacheSubnetGroupName="caches",
            CacheSubnetGroupDescription="d",
            SubnetIds=self.network()[1],
        )
        return "caches"

    def replication_group(self, name: str = "redis", **more: Any) -> dict[str, Any]:
        """Two nodes of Redis 7.0, as they are described afterwards."""
        arguments = {
            "ReplicationGroupId": name,
            "ReplicationGroupDescription": "d",
            "Engine": "redis",
            "EngineVersion": "7.0",
            "CacheNodeType": "cache.t3.micro",
            "NumCacheClusters": 2,
            "AutomaticFailoverEnabled": True,
        }
        self.elasticache.create_replication_group(**(arguments | more))
        return self.described_group(name)

    def described_group(self, name: str = "redis") -> dict[str, Any]:
        """What AWS says of a replication group."""
        answer = self.elasticache.describe_replication_groups(ReplicationGroupId=name)
        found: dict[str, Any] = answer["ReplicationGroups"][0]
        return found

    def node(self, name: str = "redis-001") -> dict[str, Any]:
        """What AWS says of a node."""
        found: dict[str, Any] = self.elasticache.describe_cache_clusters(CacheClusterId=name)[
            "CacheClusters"
        ][0]
        return found

    def stream(self, name: str = "sensors", shards: int = 2, **more: Any) -> dict[str, Any]:
        """A stream, as it is described afterwards."""
        self.kinesis.create_stream(StreamName=name, ShardCount=shards, **more)
        return self.described_stream(name)

    def described_stream(self, name: str = "sensors") -> dict[str, Any]:
        """What AWS says of a stream."""
        answer = self.kinesis.describe_stream_summary(StreamName=name)
        found: dict[str, Any] = answer["StreamDescriptionSummary"]
        return found
