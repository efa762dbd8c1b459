"""Edits of the network, of keys' policies and of the stack as a whole that break a control."""

from __future__ import annotations

from .edits import (
    ACCESS,
    COMPONENTS,
    CONFIG,
    DATABASE,
    KEYS,
    LOGS,
    NETWORK,
    STACK,
    STREAM,
    Change,
    default,
    edit,
)

POLICIES = f"{COMPONENTS}key_policies.py"
SOURCE = "                cidr_blocks=[source],\n"
PORTS = """                protocol="tcp",
                from_port=port,
                to_port=port,
"""
ROOT_OF_ACCOUNT = 'return {"AWS": f"arn:aws:iam::{scope.account}:root"}'


def added(lines: str) -> Change:
    """Statements added at the end of the component of the security groups, indented for it."""
    end = "        self.register_outputs({})\n"
    return (ACCESS, end, lines + end)


def source(lines: str) -> Change:
    """Another source in the ingress rule of both groups."""
    return (ACCESS, SOURCE, f"                {lines},\n")


NEW_RULE = """        aws.vpc.SecurityGroupIngressRule(
            "extra",
            security_group_id=self.database.id,
            ip_protocol="tcp",
            from_port=5432,
            to_port=5432,
            cidr_ipv4="0.0.0.0/0",
            description="for the field engineers",
            tags=args.scope.tags(args.scope.name("extra")),
            opts=child,
        )
"""
OLD_RULE = """        aws.ec2.SecurityGroupRule(
            "extra",
            type="ingress",
            security_group_id=self.cache.id,
            protocol="tcp",
            from_port=6379,
            to_port=6379,
            cidr_blocks=["203.0.113.7/32"],
            description="for the field engineers",
            opts=child,
        )
"""
NAT = """        address = aws.ec2.Eip(
            "extra-address", domain="vpc", tags=scope.tags(scope.name("extra-address")),
            opts=self._child,
        )
        aws.ec2.NatGateway(
            "extra-nat", subnet_id=self.public_subnets[0].id, allocation_id=address.id,
            tags=scope.tags(scope.name("extra-nat")), opts=self._child,
        )
        self.register_outputs({})
"""
BUCKET = """        aws.s3.Bucket(
            "extra",
            bucket=args.scope.name("extra"),
            tags=args.scope.tags(args.scope.name("extra")),
            opts=child,
        )
"""

EVERYTHING_FROM_ITSELF = '{"protocol": "-1", "from_port": 0, "to_port": 0, "self": True}'
INSIDE = "cidr_blocks=[vpc.cidr_block]"
INGRESS = (
    edit(
        "ingress from everywhere",
        "ingress-not-public",
        "database-group",
        INSIDE,
        source('cidr_blocks=["0.0.0.0/0"]'),
    ),
    edit(
        "ingress from everywhere by IPv6",
        "ingress-not-public",
        "cache-group",
        INSIDE,
        source('cidr_blocks=[source], ipv6_cidr_blocks=["::/0"]'),
    ),
    edit(
        "ingress from a range wider than the VPC",
        "ingress-inside-vpc",
        "database-group",
        INSIDE,
        source('cidr_blocks=["10.0.0.0/8"]'),
    ),
    edit(
        "ingress from a prefix list",
        "ingress-inside-vpc",
        "database-group",
        INSIDE,
        source('cidr_blocks=[source], prefix_list_ids=["pl-0123456789abcdef0"]'),
    ),
    edit(
        "ingress from a group of nobody knows where",
        "ingress-inside-vpc",
        "cache-group",
        INSIDE,
        source('cidr_blocks=[source], security_groups=["sg-0123456789abcdef0"]'),
    ),
    edit(
        "all ports from the VPC",
        "store-ingress-port",
        "database-group",
        "from_port=5432",
        (
            ACCESS,
            PORTS,
            PORTS.replace('"tcp"', '"-1"').replace("=port", "=0"),
        ),
    ),
    edit(
        "a range of ports",
        "store-ingress-port",
        "cache-group",
        "from_port=6379",
        (ACCESS, PORTS, PORTS.replace("to_port=port", "to_port=port + 100")),
    ),
    edit(
        "a rule beside the group, open to everywhere",
        "ingress-not-public",
        "extra",
        "vpc.cidr_block",
        added(NEW_RULE),
    ),
    edit(
        "a rule of the old kind from one public address",
        "ingress-not-public",
        "extra",
        INSIDE,
        added(OLD_RULE),
    ),
    edit(
        "the default group let in",
        "default-group-empty",
        "default-group",
        "ingress=[]",
        (
            NETWORK,
            "            ingress=[],\n",
            f"            ingress=[{EVERYTHING_FROM_ITSELF}],\n",
        ),
    ),
)

NETWORKS = (
    edit(
        "a way out of the private subnets",
        "store-private-subnets",
        "aurora-cluster",
        "route",
        (NETWORK, 'self._route_table("private", [])', 'self._route_table("private", [way_out])'),
    ),
    edit(
        "data stores in the public subnets",
        "store-private-subnets",
        "redis",
        "route",
        (STACK, "for subnet in network.private_subnets]", "for subnet in network.public_subnets]"),
    ),
    edit(
        "a NAT gateway",
        "no-nat-gateway",
        "extra-nat",
        "VpcEndpoint",
        (NETWORK, "        self.register_outputs({})\n", NAT),
    ),
)

WHOLE = (
    edit(
        "one shard",
        "stream-capacity",
        "sensor-data-stream",
        "shard_count=2",
        (CONFIG, *default("2", "1", "shards of the sensor data stream")),
    ),
    edit(
        "no shard-level metrics",
        "stream-metrics",
        "sensor-data-stream",
        "shard_level_metrics",
        (STREAM, "            shard_level_metrics=list(args.shard_metrics),\n", ""),
    ),
    edit(
        "logs kept for ever",
        "log-retention",
        "stream-logs",
        "retention_in_days=7",
        (LOGS, "            retention_in_days=days,\n", ""),
    ),
    edit(
        "a literal password",
        "password-generated",
        "aurora-cluster",
        "RandomPassword",
        (
            DATABASE,
            "self.password.result",
            'pulumi.Output.secret("Literal-0123456789-literal")',
        ),
    ),
    edit(
        "a stream abroad",
        "region",
        "sensor-data-stream",
        "sa-east-1",
        (
            STREAM,
            "            name=physical,\n",
            '            name=physical,\n            region="us-east-1",\n',
        ),
    ),
    edit(
        "keys that everybody may use",
        "key-policy-closed",
        "kinesis-key",
        "Principal",
        (POLICIES, ROOT_OF_ACCOUNT, 'return {"AWS": "*"}'),
    ),
    edit(
        "a key that another account may use",
        "foreign-accounts",
        "kinesis-key",
        "Principal",
        (
            KEYS,
            'service_key_policy(scope, "kinesis", grants=False)',
            'service_key_policy(scope, "kinesis", grants=False).replace(scope.account, "9" * 12)',
        ),
    ),
    edit(
        "a bucket that no control speaks about",
        "governed-types",
        "extra",
        "governed type",
        added(BUCKET),
    ),
    edit(
        "a key that Pulumi must not look at",
        "ignored-changes",
        "sensor-data-stream",
        "ignore_changes",
        (
            STREAM,
            "pulumi.ResourceOptions(parent=self)",
            'pulumi.ResourceOptions(parent=self, ignore_changes=["kmsKeyId"])',
        ),
    ),
)

EDITS = (*INGRESS, *NETWORKS, *WHOLE)
