"""The properties of keys, aliases, secrets, log groups and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence.live import Check

from ..inventory import one
from ..stack import Cloud, Resource
from .shape import tagged

if TYPE_CHECKING:
    from . import Reader

Found = dict[str, Any]


def key(check: Check, cloud: Cloud, resource: Resource) -> Found:
    kms, id_ = cloud["kms"], resource.id
    told = check.ask(kms, "describe_key", KeyId=id_)["KeyMetadata"]
    rotation = check.ask(kms, "get_key_rotation_status", KeyId=id_)
    on = rotation["KeyRotationEnabled"]
    policy = check.ask(kms, "get_key_policy", KeyId=id_, PolicyName="default")["Policy"]
    tags = check.ask_all(kms, "list_resource_tags", KeyId=id_)["Tags"]
    return {
        "description": told.get("Description"),
        "customKeyStoreId": told.get("CustomKeyStoreId"),
        "customerMasterKeySpec": told["KeySpec"],
        "keyUsage": told["KeyUsage"],
        "multiRegion": told["MultiRegion"],
        "xksKeyId": (told.get("XksKeyConfiguration") or {}).get("Id"),
        "isEnabled": told["Enabled"],
        "enableKeyRotation": on,
        "rotationPeriodInDays": rotation.get("RotationPeriodInDays", 365) if on else None,
        "policy": policy,
        **tagged(tags),
    }


def alias(check: Check, cloud: Cloud, resource: Resource) -> Found:
    found = check.ask_all(cloud["kms"], "list_aliases")["Aliases"]
    told = one([a for a in found if a["AliasName"] == resource.id])
    return {"name": told["AliasName"], "targetKeyId": told.get("TargetKeyId")}


def secret(check: Check, cloud: Cloud, resource: Resource) -> Found:
    client = cloud["secretsmanager"]
    told = check.ask(client, "describe_secret", SecretId=resource.id)
    policy = check.ask(client, "get_resource_policy", SecretId=resource.id)
    return {
        "name": told["Name"],
        "description": told.get("Description"),
        "kmsKeyId": told.get("KmsKeyId"),
        "policy": policy.get("ResourcePolicy"),
        "replicas": [
            {"region": r["Region"], "kmsKeyId": r.get("KmsKeyId")}
            for r in told.get("ReplicationStatus", ())
        ],
        **tagged(told.get("Tags")),
    }


def secret_version(check: Check, cloud: Cloud, resource: Resource) -> Found:
    id_ = str(resource.outputs["secretId"])
    told = check.ask(cloud["secretsmanager"], "describe_secret", SecretId=id_)
    version = str(resource.outputs["versionId"])
    stages = (told.get("VersionIdsToStages") or {}).get(version, ())
    return {"secretId": told["ARN"], "versionStages": list(stages)}


def secret_policy(check: Check, cloud: Cloud, resource: Resource) -> Found:
    told = check.ask(cloud["secretsmanager"], "get_resource_policy", SecretId=resource.id)
    return {"secretArn": told["ARN"], "policy": told.get("ResourcePolicy")}


def log_group(check: Check, cloud: Cloud, resource: Resource) -> Found:
    logs, name = cloud["logs"], resource.id
    found = check.ask_all(logs, "describe_log_groups", logGroupNamePrefix=name)["logGroups"]
    told = one([g for g in found if g["logGroupName"] == name])
    arn = told["arn"].removesuffix(":*")
    return {
        "name": told["logGroupName"],
        "kmsKeyId": told.get("kmsKeyId"),
        "retentionInDays": told.get("retentionInDays", 0),
        "logGroupClass": told.get("logGroupClass", "STANDARD"),
        **tagged(check.ask(logs, "list_tags_for_resource", resourceArn=arn)["tags"]),
    }


def role(check: Check, cloud: Cloud, resource: Resource) -> Found:
    iam, name = cloud["iam"], resource.id
    told = check.ask(iam, "get_role", RoleName=name)["Role"]
    attached = check.ask_all(iam, "list_attached_role_policies", RoleName=name)["AttachedPolicies"]
    return {
        "name": told["RoleName"],
        "path": told["Path"],
        "description": told.get("Description"),
        "maxSessionDuration": told["MaxSessionDuration"],
        "permissionsBoundary": (told.get("PermissionsBoundary") or {}).get(
            "PermissionsBoundaryArn"
        ),
        "assumeRolePolicy": told["AssumeRolePolicyDocument"],
        "managedPolicyArns": [p["PolicyArn"] for p in attached],
        **tagged(check.ask_all(iam, "list_role_tags", RoleName=name)["Tags"]),
    }


def role_policy(check: Check, cloud: Cloud, resource: Resource) -> Found:
    named, _, policy = resource.id.partition(":")
    told = check.ask(cloud["iam"], "get_role_policy", RoleName=named, PolicyName=policy)
    return {
        "name": told["PolicyName"],
        "role": told["RoleName"],
        "policy": told["PolicyDocument"],
    }


READERS: dict[str, Reader] = {
    "aws:kms/key:Key": key,
    "aws:kms/alias:Alias": alias,
    "aws:secretsmanager/secret:Secret": secret,
    "aws:secretsmanager/secretVersion:SecretVersion": secret_version,
    "aws:secretsmanager/secretPolicy:SecretPolicy": secret_policy,
    "aws:cloudwatch/logGroup:LogGroup": log_group,
    "aws:iam/role:Role": role,
    "aws:iam/rolePolicy:RolePolicy": role_policy,
}
