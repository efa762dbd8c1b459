"""Each resource of the state, as its own service names and tags it now.

A type that is not in the table is an error of the test, never a resource that is quietly left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from evidence.live import Check

from .network import tags
from .stack import Cloud, Resource


@dataclass(frozen=True)
class Seen:
    """What a service says of one resource."""

    name: str | None  # None: AWS gives it no name of its own
    tags: Mapping[str, str] | None  # None: AWS gives it no tags
    exists: bool = True


Reader = Callable[[Check, Cloud, Resource], Seen]
GONE = Seen(None, None, exists=False)


class GoneError(Exception):
    """The service lists no such resource."""


def one(found: Sequence[Any]) -> Any:
    """The only entry of an answer. Raises GoneError when there is none."""
    if not found:
        raise GoneError
    (entry,) = found
    return entry


def _ec2(method: str, argument: str, key: str) -> Reader:
    """Nameless things of EC2: their tags come with them."""

    def read(check: Check, cloud: Cloud, resource: Resource) -> Seen:
        found = check.ask(cloud["ec2"], method, **{argument: [resource.id]})[key]
        return Seen(None, tags(one(found).get("Tags")))

    return read


def _group(check: Check, cloud: Cloud, resource: Resource) -> Seen:
    found = check.ask(cloud["ec2"], "describe_security_groups", GroupIds=[resource.id])
    group = one(found["SecurityGroups"])
    return Seen(group["GroupName"], tags(group.get("Tags")))


def _default_group(check: Check, cloud: Cloud, resource: Resource) -> Seen:
    seen = _group(check, cloud, resource)
    return Seen(None, seen.tags)  # its name is AWS's: default


def _key(check: Check, cloud: Cloud, resource: Resource) -> Seen:
    found = check.ask_all(cloud["kms"], "list_resource_tags", KeyId=resource.id)
    return Seen(None, tags(found["Tags"]))


def _alias(check: Check, cloud: Cloud, resource: Resource) -> Seen:
    found = check.ask_all(cloud["kms"], "list_aliases")["Aliases"]
    names = [a["AliasName"] for a in found if a["AliasName"] == resource.id]
    return Seen(names[0] if names else resource.id, None, bool(names))


def _stream(check: Check, cloud: Cloud, resource: Resource) -> Seen:
    name = str(resource.outputs["name"])
    told = check.ask(cloud["kinesis"], "describe_stream_summary", StreamName=name)
    found = check.ask(cloud["kinesis"], "list_tags_for_stream", StreamName=name)["Tags"]
    return Seen(told["StreamDescriptionSummary"]["StreamName"], tags(found))


def _secret(check: Check, cloud: Cloud, resource: Resource) -> Seen:
    told = check.ask(cloud["secretsmanager"], "describe_secret", SecretId=resource.id)
    return Seen(told["Name"], tags(told.get("Tags")))


def _log_group(check: Check, cloud: Cloud, resource: Resource) -> Seen:
    name = resource.id
    found = check.ask_all(cloud["logs"], "describe_log_groups", logGroupNamePrefix=name)[
        "logGroups"
    ]
    group = one([g for g in found if g["logGroupName"] == name])
    arn = group["arn"].removesuffix(":*")
    told = check.ask(cloud["logs"], "list_tags_for_resource", resourceArn=arn)["tags"]
    return Seen(group["logGroupName"], dict(told))


def _rds(method: str, argument: str, key: str, name: str, arn: str) -> Reader:
    def read(check: Check, cloud: Cloud, resource: Resource) -> Seen:
        found = one(check.ask(cloud["rds"], method, **{argument: resource.id})[key])
        told = check.ask(cloud["rds"], "list_tags_for_resource", ResourceName=found[arn])
        return Seen(found[name], tags(told["TagList"]))

    return read


def _cache(method: str, argument: str, key: str, name: str) -> Reader:
    def read(check: Check, cloud: Cloud, resource: Resource) -> Seen:
        client = cloud["elasticache"]
        found = one(check.ask(client, method, **{argument: resource.id})[key])
        told = check.ask(client, "list_tags_for_resource", ResourceName=found["ARN"])
        return Seen(found[name], tags(told["TagList"]))

    return read


def _role(check: Check, cloud: Cloud, resource: Resource) -> Seen:
    found = check.ask(cloud["iam"], "get_role", RoleName=resource.id)["Role"]
    told = check.ask_all(cloud["iam"], "list_role_tags", RoleName=resource.id)["Tags"]
    return Seen(found["RoleName"], tags(told))


def _role_policy(check: Check, cloud: Cloud, resource: Resource) -> Seen:
    role, _, policy = resource.id.partition(":")
    found = check.ask(cloud["iam"], "get_role_policy", RoleName=role, PolicyName=policy)
    return Seen(found["PolicyName"], None)


def _association(check: Check, cloud: Cloud, resource: Resource) -> Seen:
    found = check.ask_all(
        cloud["ec2"],
        "describe_route_tables",
        Filters=[{"Name": "association.route-table-association-id", "Values": [resource.id]}],
    )["RouteTables"]
    return Seen(None, None, bool(found))


def _secret_version(check: Check, cloud: Cloud, resource: Resource) -> Seen:
    secret = str(resource.outputs["secretId"])
    found = check.ask(cloud["secretsmanager"], "describe_secret", SecretId=secret)
    current = [k for k, v in found["VersionIdsToStages"].items() if "AWSCURRENT" in v]
    return Seen(None, None, bool(current))


def _secret_policy(check: Check, cloud: Cloud, resource: Resource) -> Seen:
    found = check.ask(cloud["secretsmanager"], "get_resource_policy", SecretId=resource.id)
    return Seen(None, None, bool(found.get("ResourcePolicy")))


READERS: dict[str, Reader] = {
    "aws:ec2/vpc:Vpc": _ec2("describe_vpcs", "VpcIds", "Vpcs"),
    "aws:ec2/subnet:Subnet": _ec2("describe_subnets", "SubnetIds", "Subnets"),
    "aws:ec2/internetGateway:InternetGateway": _ec2(
        "describe_internet_gateways", "InternetGatewayIds", "InternetGateways"
    ),
    "aws:ec2/routeTable:RouteTable": _ec2("describe_route_tables", "RouteTableIds", "RouteTables"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _association,
    "aws:ec2/flowLog:FlowLog": _ec2("describe_flow_logs", "FlowLogIds", "FlowLogs"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _ec2(
        "describe_vpc_endpoints", "VpcEndpointIds", "VpcEndpoints"
    ),
    "aws:ec2/securityGroup:SecurityGroup": _group,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _default_group,
    "aws:kms/key:Key": _key,
    "aws:kms/alias:Alias": _alias,
    "aws:kinesis/stream:Stream": _stream,
    "aws:secretsmanager/secret:Secret": _secret,
    "aws:secretsmanager/secretVersion:SecretVersion": _secret_version,
    "aws:secretsmanager/secretPolicy:SecretPolicy": _secret_policy,
    "aws:cloudwatch/logGroup:LogGroup": _log_group,
    "aws:iam/role:Role": _role,
    "aws:iam/rolePolicy:RolePolicy": _role_policy,
    "aws:rds/cluster:Cluster": _rds(
        "describe_db_clusters", "DBClusterIdentifier", "DBClusters",
        "DBClusterIdentifier", "DBClusterArn",
    ),
    "aws:rds/clusterInstance:ClusterInstance": _rds(
        "describe_db_instances", "DBInstanceIdentifier", "DBInstances",
        "DBInstanceIdentifier", "DBInstanceArn",
    ),
    "aws:rds/subnetGroup:SubnetGroup": _rds(
        "describe_db_subnet_groups", "DBSubnetGroupName", "DBSubnetGroups",
        "DBSubnetGroupName", "DBSubnetGroupArn",
    ),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": _rds(
        "describe_db_cluster_parameter_groups", "DBClusterParameterGroupName",
        "DBClusterParameterGroups", "DBClusterParameterGroupName", "DBClusterParameterGroupArn",
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": _cache(
        "describe_replication_groups", "ReplicationGroupId", "ReplicationGroups",
        "ReplicationGroupId",
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": _cache(
        "describe_cache_subnet_groups", "CacheSubnetGroupName", "CacheSubnetGroups",
        "CacheSubnetGroupName",
    ),
}  # fmt: skip


def look(check: Check, cloud: Cloud, resource: Resource) -> Seen:
    """What the resource's service says of it. Raises AssertionError for a type without a reader."""
    reader: Any = READERS.get(resource.type)
    assert reader, f"no reader for {resource.type}: add one to inventory.py"
    try:
        seen: Seen = reader(check, cloud, resource)
    except GoneError:
        return GONE
    except ClientError as error:
        if not any(word in error.response["Error"]["Code"] for word in ("NotFound", "NoSuch")):
            raise
        return GONE
    return seen
