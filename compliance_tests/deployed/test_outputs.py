"""Every output that operators rely on exists and is true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Prove
from .exact import Exact
from .stack import Cloud, Deployed

NAMES = (
    "vpc_id", "vpc_cidr", "public_subnet_ids", "private_subnet_ids", "kinesis_stream_name",
    "kinesis_stream_arn", "aurora_cluster_endpoint", "aurora_reader_endpoint",
    "redis_primary_endpoint", "redis_reader_endpoint", "db_secret_arn", "kinesis_kms_key_id",
    "rds_kms_key_id", "secrets_kms_key_id", "elasticache_kms_key_id", "logs_kms_key_id",
    "rds_security_group_id", "redis_security_group_id",
)  # fmt: skip


def subnets_with(cidrs: tuple[str, ...], cloud: Cloud) -> list[str]:
    found = cloud["ec2"].describe_subnets(
        Filters=[{"Name": "cidr-block", "Values": list(cidrs)}, *of_stack_vpc(cloud)]
    )["Subnets"]
    return sorted(s["SubnetId"] for s in found)


def of_stack_vpc(cloud: Cloud) -> list[dict[str, Any]]:
    """The VPC is looked up by what it is, not by the output that is being judged."""
    return [{"Name": "vpc-id", "Values": [v["VpcId"] for v in vpcs(cloud)]}]


def vpcs(cloud: Cloud) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = cloud["ec2"].describe_vpcs(
        Filters=[{"Name": "isDefault", "Values": ["false"]}]
    )["Vpcs"]
    return found


def cluster(suffix: str, cloud: Cloud) -> dict[str, Any]:
    told = cloud["rds"].describe_db_clusters(DBClusterIdentifier=f"aurora-cluster-{suffix}")
    found: dict[str, Any] = told["DBClusters"][0]
    return found


def cache(suffix: str, cloud: Cloud) -> dict[str, Any]:
    told = cloud["elasticache"].describe_replication_groups(ReplicationGroupId=f"redis-{suffix}")
    found: dict[str, Any] = told["ReplicationGroups"][0]
    return found


def stream(suffix: str, cloud: Cloud) -> dict[str, Any]:
    told = cloud["kinesis"].describe_stream_summary(StreamName=f"sensor-data-stream-{suffix}")
    found: dict[str, Any] = told["StreamDescriptionSummary"]
    return found


def secret(suffix: str, cloud: Cloud) -> dict[str, Any]:
    found: dict[str, Any] = cloud["secretsmanager"].describe_secret(
        SecretId=f"db-master-password-{suffix}"
    )
    return found


def group_of(attached: str) -> Callable[[str, Cloud], str]:
    """The group that the data store itself says it carries."""

    def database(suffix: str, cloud: Cloud) -> str:
        return str(cluster(suffix, cloud)["VpcSecurityGroups"][0]["VpcSecurityGroupId"])

    def redis(suffix: str, cloud: Cloud) -> str:
        member = cache(suffix, cloud)["MemberClusters"][0]
        told = cloud["elasticache"].describe_cache_clusters(CacheClusterId=member)
        return str(told["CacheClusters"][0]["SecurityGroups"][0]["SecurityGroupId"])

    return database if attached == "rds" else redis


def key(named: str) -> str:
    return named.rpartition("/")[2]


def groups_key(suffix: str, cloud: Cloud) -> str:
    name = f"/aws/kinesis/sensor-data-stream-{suffix}"
    found = cloud["logs"].describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return key(found[0].get("kmsKeyId", "none")) if found else "no such group"


#: Output to what the cloud says it must be.
LIVE: dict[str, Callable[[str, Cloud], Any]] = {
    "kinesis_stream_name": lambda s, c: stream(s, c)["StreamName"],
    "kinesis_stream_arn": lambda s, c: stream(s, c)["StreamARN"],
    "aurora_cluster_endpoint": lambda s, c: cluster(s, c)["Endpoint"],
    "aurora_reader_endpoint": lambda s, c: cluster(s, c)["ReaderEndpoint"],
    "redis_primary_endpoint": lambda s, c: cache(s, c)["NodeGroups"][0]["PrimaryEndpoint"][
        "Address"
    ],
    "redis_reader_endpoint": lambda s, c: cache(s, c)["NodeGroups"][0]["ReaderEndpoint"]["Address"],
    "db_secret_arn": lambda s, c: secret(s, c)["ARN"],
    "kinesis_kms_key_id": lambda s, c: key(stream(s, c).get("KeyId", "none")),
    "rds_kms_key_id": lambda s, c: key(cluster(s, c).get("KmsKeyId", "none")),
    "secrets_kms_key_id": lambda s, c: key(secret(s, c).get("KmsKeyId", "none")),
    "elasticache_kms_key_id": lambda s, c: key(cache(s, c).get("KmsKeyId", "none")),
    "logs_kms_key_id": groups_key,
    "rds_security_group_id": group_of("rds"),
    "redis_security_group_id": group_of("redis"),
}


@pytest.mark.requirement("REQ-OUT-1")
def test_every_output_is_there(stack: Deployed, prove: Prove) -> None:
    with prove(type="pulumi:outputs", name=stack.name) as check:
        check.expect("missing outputs", [], [n for n in NAMES if not stack.outputs.get(n)])


@pytest.mark.requirement("REQ-OUT-1")
@pytest.mark.parametrize("name", LIVE)
def test_output_equals_the_live_value(
    stack: Deployed, cloud: Cloud, prove: Prove, name: str
) -> None:
    with prove(type="pulumi:outputs", name=name) as check:
        live = LIVE[name](stack.suffix, cloud)
        output = stack.output(name)
        check.expect(name, live, key(output) if name.endswith("_kms_key_id") else output)


@pytest.mark.requirement("REQ-OUT-1")
def test_outputs_of_the_network_equal_the_live_values(
    stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove
) -> None:
    with prove(type="pulumi:outputs", name="network") as check:
        live = [v for v in vpcs(cloud) if v["VpcId"] == stack.output("vpc_id")]
        check.expect("vpc_cidr", [stack.output("vpc_cidr")], [v["CidrBlock"] for v in live])
        for kind, cidrs in (("public", exact.public_cidrs), ("private", exact.private_cidrs)):
            ids = sorted(stack.output(f"{kind}_subnet_ids"))
            check.expect(f"{kind}_subnet_ids", subnets_with(cidrs, cloud), ids)


def test_every_required_output_is_compared_with_the_cloud() -> None:
    compared = {*LIVE, "vpc_id", "vpc_cidr", "public_subnet_ids", "private_subnet_ids"}
    assert compared == set(NAMES)
