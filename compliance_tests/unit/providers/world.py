"""The surroundings of a resource under test, made with boto3 and never with a handler."""

from __future__ import annotations

import itertools
import json
from functools import cached_property
from typing import Any

from sandbox.providers.clients import Clients

_COUNTER = itertools.count(1)


class World:
    """An account on the emulator: what a resource needs around it, made when it is asked for."""

    def __init__(self, aws: Clients) -> None:
        self.aws = aws
        self.number = next(_COUNTER)

    def name(self, text: str) -> str:
        """A name of this world only."""
        return f"{text}-{self.number}"

    @cached_property
    def vpc(self) -> str:
        made = self.aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.aws.ec2.modify_vpc_attribute(VpcId=made, EnableDnsHostnames={"Value": True})
        return str(made)

    @cached_property
    def other_vpc(self) -> str:
        return str(self.aws.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"])

    @cached_property
    def subnets(self) -> list[str]:
        return [
            self.aws.ec2.create_subnet(
                VpcId=self.vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"sa-east-1{zone}"
            )["Subnet"]["SubnetId"]
            for i, zone in ((11, "a"), (12, "b"), (13, "c"))
        ]

    @cached_property
    def gateway(self) -> str:
        made = self.aws.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.aws.ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=self.vpc)
        return str(made)

    @cached_property
    def other_gateway(self) -> str:
        """Another target of a route."""
        made = self.aws.ec2.create_vpc_peering_connection(VpcId=self.vpc, PeerVpcId=self.other_vpc)
        return str(made["VpcPeeringConnection"]["VpcPeeringConnectionId"])

    @cached_property
    def tables(self) -> list[str]:
        return [
            self.aws.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
            for _ in range(2)
        ]

    @cached_property
    def group(self) -> str:
        made = self.aws.ec2.create_security_group(
            GroupName=self.name("group"), Description="d", VpcId=self.vpc
        )
        return str(made["GroupId"])

    @cached_property
    def other_group(self) -> str:
        made = self.aws.ec2.create_security_group(
            GroupName=self.name("other"), Description="d", VpcId=self.vpc
        )
        return str(made["GroupId"])

    @cached_property
    def key(self) -> str:
        """The ARN of a key."""
        return str(self.aws.kms.create_key(Description="d")["KeyMetadata"]["Arn"])

    @cached_property
    def other_key(self) -> str:
        return str(self.aws.kms.create_key(Description="e")["KeyMetadata"]["Arn"])

    @cached_property
    def log_keys(self) -> list[str]:
        """The ARNs of two keys that CloudWatch Logs may use."""
        users = {
            "AWS": f"arn:aws:iam::{self.aws.account}:root",
            "Service": f"logs.{self.aws.region}.amazonaws.com",
        }
        statement = {"Effect": "Allow", "Principal": users, "Action": "kms:*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        return [self.aws.kms.create_key(Policy=policy)["KeyMetadata"]["Arn"] for _ in range(2)]

    @cached_property
    def role(self) -> str:
        """The ARN of a role that flow logs may use."""
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "sts:AssumeRole",
                    "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
                }
            ],
        }
        made = self.aws.iam.create_role(
            RoleName=self.name("role"), AssumeRolePolicyDocument=json.dumps(trust)
        )
        return str(made["Role"]["Arn"])

    @cached_property
    def log_group(self) -> str:
        """The ARN of a log group, without `:*`."""
        name = self.name("/logs")
        self.aws.logs.create_log_group(logGroupName=name)
        return f"arn:aws:logs:{self.aws.region}:{self.aws.account}:log-group:{name}"

    @cached_property
    def db_subnets(self) -> str:
        made = self.aws.rds.create_db_subnet_group(
            DBSubnetGroupName=self.name("dbsubnets"),
            DBSubnetGroupDescription="d",
            SubnetIds=self.subnets[:2],
        )
        return str(made["DBSubnetGroup"]["DBSubnetGroupName"])

    @cached_property
    def cluster(self) -> str:
        """The identifier of an Aurora cluster with room for serverless instances."""
        made = self.aws.rds.create_db_cluster(
            DBClusterIdentifier=self.name("cluster"),
            Engine="aurora-postgresql",
            EngineVersion="15.10",
            MasterUsername="someone",
            MasterUserPassword="not-a-secret-1",
            DBSubnetGroupName=self.db_subnets,
            ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 2.0},
        )
        return str(made["DBCluster"]["DBClusterIdentifier"])

    @cached_property
    def secret(self) -> str:
        """The ARN of a secret."""
        return str(self.aws.secretsmanager.create_secret(Name=self.name("secret"))["ARN"])

    @cached_property
    def cache_subnets(self) -> str:
        made = self.aws.elasticache.create_cache_subnet_group(
            CacheSubnetGroupName=self.name("cachesubnets"),
            CacheSubnetGroupDescription="d",
            SubnetIds=self.subnets[:2],
        )
        return str(made["CacheSubnetGroup"]["CacheSubnetGroupName"])

    def tags(self, id_: str) -> dict[str, str]:
        """The tags of an EC2 resource."""
        found: list[dict[str, Any]] = self.aws.ec2.describe_tags(
            Filters=[{"Name": "resource-id", "Values": [id_]}]
        )["Tags"]
        return {tag["Key"]: tag["Value"] for tag in found}
