"""The lifecycle table of ElastiCache."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.cases_data import ask
from compliance_tests.unit.providers.cases_ec2 import MORE_TAGS, TAGS
from compliance_tests.unit.providers.world import World

LRU = {"name": "maxmemory-policy", "value": "allkeys-lru"}
LFU = {"name": "maxmemory-policy", "value": "allkeys-lfu"}


def tags(world: World, arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in world.aws.elasticache.list_tags_for_resource(ResourceName=arn)["TagList"]}


def view_subnets(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.elasticache.describe_cache_subnet_groups, CacheSubnetGroupName=id)
    if answer is None:
        return None
    group = answer["CacheSubnetGroups"][0]
    return {"subnetIds": [item["SubnetIdentifier"] for item in group["Subnets"]], "tags": tags(world, group["ARN"])}


def view_parameters(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.elasticache.describe_cache_parameter_groups, CacheParameterGroupName=id)
    if answer is None:
        return None
    found = world.aws.elasticache.describe_cache_parameters(CacheParameterGroupName=id, Source="user")["Parameters"]
    parameters = [{"name": item["ParameterName"], "value": item["ParameterValue"]} for item in found]
    return {"parameters": parameters, "tags": tags(world, answer["CacheParameterGroups"][0]["ARN"])}


def view_group(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.elasticache.describe_replication_groups, ReplicationGroupId=id)
    if answer is None:
        return None
    group = answer["ReplicationGroups"][0]
    return {
        "description": group["Description"],
        "atRestEncryptionEnabled": group["AtRestEncryptionEnabled"],
        "transitEncryptionEnabled": group["TransitEncryptionEnabled"],
        "transitEncryptionMode": group["TransitEncryptionMode"],
        "automaticFailoverEnabled": group["AutomaticFailover"] == "enabled",
        "multiAzEnabled": group["MultiAZ"] == "enabled",
        "kmsKeyId": group["KmsKeyId"],
        "numCacheClusters": len(group["MemberClusters"]),
        "snapshotRetentionLimit": group["SnapshotRetentionLimit"],
        "tags": tags(world, group["ARN"]),
    }


def view_user(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.elasticache.describe_users, UserId=id)
    if answer is None or not answer["Users"]:
        return None
    user = answer["Users"][0]
    return {"userName": user["UserName"], "accessString": user["AccessString"]}


def view_user_group(world: World, id: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    answer = ask(world.aws.elasticache.describe_user_groups, UserGroupId=id)
    if answer is None or not answer["UserGroups"]:
        return None
    return {"userIds": answer["UserGroups"][0]["UserIds"]}


def a_user(world: World, name: str) -> str:
    """The id of a user."""
    id = world.name(name)
    if ask(world.aws.elasticache.describe_users, UserId=id) is None:
        world.aws.elasticache.create_user(
            UserId=id, UserName="default", Engine="redis", AccessString="on ~* +@all", NoPasswordRequired=True
        )
    return id


def group(world: World) -> dict[str, Any]:
    return {
        "replicationGroupId": world.name("redis"), "description": "cache", "engine": "redis", "engineVersion": "7.0",
        "nodeType": "cache.t3.micro", "numCacheClusters": 2, "automaticFailoverEnabled": True, "multiAzEnabled": True,
        "atRestEncryptionEnabled": True, "kmsKeyId": world.key, "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required", "authToken": "not-a-secret-but-long", "snapshotRetentionLimit": 5,
        "subnetGroupName": world.cache_subnets, "securityGroupIds": [world.group], "applyImmediately": True, "tags": TAGS,
    }  # fmt: skip


CASES: tuple[Case, ...] = (
    Case(
        "aws:elasticache/subnetGroup:SubnetGroup",
        lambda w: {"name": w.name("cache"), "subnetIds": w.subnets[:2], "tags": TAGS},
        view_subnets,
        update=lambda w: {"subnetIds": w.subnets[1:], "tags": MORE_TAGS},
        replace=lambda w: {"name": w.name("other-cache")},
        drift=lambda w, id, s: w.aws.elasticache.modify_cache_subnet_group(CacheSubnetGroupName=id, SubnetIds=w.subnets),
        drifts="subnetIds",
    ),
    Case(
        "aws:elasticache/parameterGroup:ParameterGroup",
        lambda w: {"name": w.name("redis7"), "family": "redis7", "parameters": [LRU], "tags": TAGS},
        view_parameters,
        update=lambda w: {"parameters": [LFU], "tags": MORE_TAGS},
        replace=lambda w: {"family": "redis6.x"},
        drift=lambda w, id, s: w.aws.elasticache.modify_cache_parameter_group(
            CacheParameterGroupName=id,
            ParameterNameValues=[{"ParameterName": "maxmemory-policy", "ParameterValue": "noeviction"}],
        ),
        drifts="parameters",
    ),
    Case(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        group,
        view_group,
        update=lambda w: {"description": "a cache", "snapshotRetentionLimit": 7, "numCacheClusters": 3, "tags": MORE_TAGS},
        replace=lambda w: {"kmsKeyId": w.other_key},
        drift=lambda w, id, s: w.aws.elasticache.modify_replication_group(ReplicationGroupId=id, SnapshotRetentionLimit=1),
        drifts="snapshotRetentionLimit",
        not_imported={"authToken", "applyImmediately"},
    ),
    Case(
        "aws:elasticache/user:User",
        lambda w: {
            "userId": w.name("user"), "userName": "default", "engine": "redis", "accessString": "on ~* +@read",
            "noPasswordRequired": True, "tags": TAGS,
        },
        view_user,
        update=lambda w: {"accessString": "on ~* +@all"},
        replace=lambda w: {"userName": "another"},
        drift=lambda w, id, s: w.aws.elasticache.modify_user(UserId=id, AccessString="off ~* +@all"),
        drifts="accessString",
        not_imported={"noPasswordRequired"},
    ),
    Case(
        "aws:elasticache/userGroup:UserGroup",
        lambda w: {"userGroupId": w.name("users"), "engine": "redis", "userIds": [a_user(w, "default-user")], "tags": TAGS},
        view_user_group,
        update=lambda w: {"userIds": [a_user(w, "default-user"), a_user(w, "second-user")]},
        replace=lambda w: {"userGroupId": w.name("other-users")},
    ),
)  # fmt: skip
