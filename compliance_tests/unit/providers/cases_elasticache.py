"""The lifecycle table of ElastiCache."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.cases_ec2 import MORE_TAGS, TAGS, first
from compliance_tests.unit.providers.world import World


def tagged(world: World, arn: str) -> dict[str, Any]:
    found = world.aws.elasticache.list_tags_for_resource(ResourceName=arn)["TagList"]
    return {"tags": {tag["Key"]: tag["Value"] for tag in found}}


def user(world: World, id_: str, name: str = "default") -> str:
    """The id of a user."""
    if first(world.aws.elasticache.describe_users, "Users", UserId=id_) is None:
        world.aws.elasticache.create_user(
            UserId=id_,
            UserName=name,
            Engine="redis",
            AccessString="on ~* +@all",
            NoPasswordRequired=True,
        )
    return id_


def view_subnets(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = first(
        world.aws.elasticache.describe_cache_subnet_groups,
        "CacheSubnetGroups",
        CacheSubnetGroupName=id_,
    )
    if found is None:
        return None
    return {
        "description": found["CacheSubnetGroupDescription"],
        "subnetIds": [subnet["SubnetIdentifier"] for subnet in found["Subnets"]],
        **tagged(world, found["ARN"]),
    }


def view_parameters(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = first(
        world.aws.elasticache.describe_cache_parameter_groups,
        "CacheParameterGroups",
        CacheParameterGroupName=id_,
    )
    if found is None:
        return None
    rows = world.aws.elasticache.describe_cache_parameters(
        CacheParameterGroupName=id_, Source="user"
    )["Parameters"]
    return {
        "family": found["CacheParameterGroupFamily"],
        "parameters": [
            {"name": row["ParameterName"], "value": row["ParameterValue"]} for row in rows
        ],
        **tagged(world, found["ARN"]),
    }


def view_group(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = first(
        world.aws.elasticache.describe_replication_groups,
        "ReplicationGroups",
        ReplicationGroupId=id_,
    )
    if found is None:
        return None
    node = world.aws.elasticache.describe_cache_clusters(CacheClusterId=found["MemberClusters"][0])[
        "CacheClusters"
    ][0]
    return {
        "atRestEncryptionEnabled": found["AtRestEncryptionEnabled"],
        "automaticFailoverEnabled": found["AutomaticFailover"] == "enabled",
        "description": found["Description"],
        "engineVersion": node["EngineVersion"].rpartition(".")[0],
        "kmsKeyId": found["KmsKeyId"],
        "multiAzEnabled": found["MultiAZ"] == "enabled",
        "nodeType": node["CacheNodeType"],
        "numCacheClusters": len(found["MemberClusters"]),
        "securityGroupIds": [group["SecurityGroupId"] for group in node["SecurityGroups"]],
        "snapshotRetentionLimit": found["SnapshotRetentionLimit"],
        "snapshotWindow": found["SnapshotWindow"],
        "subnetGroupName": node["CacheSubnetGroupName"],
        "transitEncryptionEnabled": found["TransitEncryptionEnabled"],
        "transitEncryptionMode": found["TransitEncryptionMode"],
        **tagged(world, found["ARN"]),
    }


def view_user(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = first(world.aws.elasticache.describe_users, "Users", UserId=id_)
    if found is None:
        return None
    return {
        "accessString": found["AccessString"],
        "userName": found["UserName"],
        **tagged(world, found["ARN"]),
    }


def view_user_group(world: World, id_: str, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = first(world.aws.elasticache.describe_user_groups, "UserGroups", UserGroupId=id_)
    return None if found is None else {"userIds": found["UserIds"], **tagged(world, found["ARN"])}


CASES: tuple[Case, ...] = (
    Case(
        "aws:elasticache/subnetGroup:SubnetGroup",
        lambda w: {"name": w.name("cache"), "subnetIds": w.subnets[:2], "tags": TAGS},
        view_subnets,
        update=lambda w: {"subnetIds": w.subnets, "description": "changed", "tags": MORE_TAGS},
        replace=lambda w: {"name": w.name("other")},
        drift=lambda w, id_, s: w.aws.elasticache.modify_cache_subnet_group(
            CacheSubnetGroupName=id_, SubnetIds=w.subnets[:2]
        ),
        drifts="subnetIds",
    ),
    Case(
        "aws:elasticache/parameterGroup:ParameterGroup",
        lambda w: {
            "name": w.name("redis"),
            "family": "redis7",
            "parameters": [
                {"name": "maxmemory-policy", "value": "noeviction"},
                {"name": "timeout", "value": "60"},
            ],
            "tags": TAGS,
        },
        view_parameters,
        update=lambda w: {"parameters": [{"name": "timeout", "value": "90"}], "tags": MORE_TAGS},
        replace=lambda w: {"family": "valkey8"},
        drift=lambda w, id_, s: w.aws.elasticache.reset_cache_parameter_group(
            CacheParameterGroupName=id_, ResetAllParameters=True
        ),
        drifts="parameters",
    ),
    Case(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        lambda w: {
            "replicationGroupId": w.name("redis"),
            "description": "of a test",
            "engine": "redis",
            "engineVersion": "7.0",
            "nodeType": "cache.t3.micro",
            "numCacheClusters": 2,
            "automaticFailoverEnabled": True,
            "multiAzEnabled": True,
            "atRestEncryptionEnabled": True,
            "kmsKeyId": w.key,
            "transitEncryptionEnabled": True,
            "transitEncryptionMode": "required",
            "authToken": "not-a-secret-at-all",
            "snapshotRetentionLimit": 5,
            "snapshotWindow": "03:00-05:00",
            "securityGroupIds": [w.group],
            "subnetGroupName": w.cache_subnets,
            "tags": TAGS,
        },
        view_group,
        update=lambda w: {
            "authToken": "another-one-not-secret",
            "description": "changed",
            "nodeType": "cache.t3.small",
            "numCacheClusters": 3,
            "securityGroupIds": [w.other_group],
            "snapshotRetentionLimit": 7,
            "snapshotWindow": "01:00-02:00",
            "tags": MORE_TAGS,
        },
        replace=lambda w: {"kmsKeyId": w.other_key},
        drift=lambda w, id_, s: w.aws.elasticache.modify_replication_group(
            ReplicationGroupId=id_, MultiAZEnabled=False, ApplyImmediately=True
        ),
        drifts="multiAzEnabled",
        not_imported={"authToken"},
    ),
    Case(
        "aws:elasticache/user:User",
        lambda w: {
            "userId": w.name("reader"),
            "userName": "reader",
            "engine": "redis",
            "accessString": "on ~* +@read",
            "noPasswordRequired": True,
            "tags": TAGS,
        },
        view_user,
        update=lambda w: {"accessString": "on ~* +@all", "tags": MORE_TAGS},
        replace=lambda w: {"userName": "other"},
        drift=lambda w, id_, s: w.aws.elasticache.modify_user(UserId=id_, AccessString="off"),
        drifts="accessString",
        not_imported={"noPasswordRequired"},
    ),
    Case(
        "aws:elasticache/userGroup:UserGroup",
        lambda w: {
            "userGroupId": w.name("people"),
            "engine": "redis",
            "userIds": [user(w, w.name("first"))],
            "tags": TAGS,
        },
        view_user_group,
        update=lambda w: {
            "userIds": [user(w, w.name("first")), user(w, w.name("second"), "second")],
            "tags": MORE_TAGS,
        },
        replace=lambda w: {"userGroupId": w.name("others")},
        drift=lambda w, id_, s: w.aws.elasticache.modify_user_group(
            UserGroupId=id_, UserIdsToRemove=[w.name("second")]
        ),
        drifts="userIds",
    ),
)
