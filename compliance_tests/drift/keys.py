"""Keys, and the policies of keys, changed by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from compliance_tests.deployed.stack import Cloud, Deployed

from .change import change

FOREIGN = "arn:aws:iam::999999999999:root"


def key(stack: Deployed, service: str = "kinesis") -> str:
    return str(stack.output(f"{service}_kms_key_id"))


@change("key-rotation")
def rotation_off(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    cloud["kms"].disable_key_rotation(KeyId=key(stack))
    yield
    cloud["kms"].enable_key_rotation(KeyId=key(stack), RotationPeriodInDays=365)


@change("key-rotation")
def rotation_every_second_year(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    cloud["kms"].enable_key_rotation(KeyId=key(stack, "rds"), RotationPeriodInDays=730)
    yield
    cloud["kms"].enable_key_rotation(KeyId=key(stack, "rds"), RotationPeriodInDays=365)


@change("key-availability")
def key_disabled(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    cloud["kms"].disable_key(KeyId=key(stack, "secrets"))
    yield
    cloud["kms"].enable_key(KeyId=key(stack, "secrets"))


@change("key-availability")
def key_scheduled_for_deletion(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    cloud["kms"].schedule_key_deletion(KeyId=key(stack, "logs"), PendingWindowInDays=7)
    yield
    cloud["kms"].cancel_key_deletion(KeyId=key(stack, "logs"))
    cloud["kms"].enable_key(KeyId=key(stack, "logs"))


def with_statement(stack: Deployed, cloud: Cloud, statement: dict[str, Any]) -> Iterator[None]:
    """The stream's key with one statement more."""
    kms, id_ = cloud["kms"], key(stack)
    before = kms.get_key_policy(KeyId=id_, PolicyName="default")["Policy"]
    policy = json.loads(before)
    policy["Statement"].append({"Effect": "Allow", "Resource": "*", **statement})
    kms.put_key_policy(KeyId=id_, PolicyName="default", Policy=json.dumps(policy))
    yield
    kms.put_key_policy(KeyId=id_, PolicyName="default", Policy=before)


@change("key-policy-closed", "key-policy-bound")
def key_policy_open_to_everybody(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from with_statement(stack, cloud, {"Principal": "*", "Action": "kms:Decrypt"})


@change("foreign-accounts", "key-policy-bound")
def key_policy_open_to_another_account(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from with_statement(
        stack, cloud, {"Principal": {"AWS": FOREIGN}, "Action": ["kms:Decrypt"]}
    )


@change("key-policy-bound")
def key_usable_without_its_service(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    own = {"AWS": f"arn:aws:iam::{cloud.account}:root"}
    yield from with_statement(stack, cloud, {"Principal": own, "Action": "kms:*"})


@change("foreign-accounts")
def grant_to_another_account(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    made = cloud["kms"].create_grant(
        KeyId=key(stack), GranteePrincipal=FOREIGN, Operations=["Decrypt"]
    )
    yield
    cloud["kms"].revoke_grant(KeyId=key(stack), GrantId=made["GrantId"])


@change("REQ-KMS-1")
def alias_points_to_another_key(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    alias = f"alias/kinesis-{stack.suffix}"
    cloud["kms"].update_alias(AliasName=alias, TargetKeyId=key(stack, "rds"))
    yield
    cloud["kms"].update_alias(AliasName=alias, TargetKeyId=key(stack))


@change("REQ-KMS-1", "REQ-OPS-1", "REQ-TAG-1")
def key_made_by_hand(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    tags = [{"TagKey": "Environment", "TagValue": stack.suffix}]
    made = cloud["kms"].create_key(Tags=tags)["KeyMetadata"]["KeyId"]
    yield
    cloud["kms"].untag_resource(KeyId=made, TagKeys=["Environment"])
    cloud["kms"].schedule_key_deletion(KeyId=made, PendingWindowInDays=7)


@change("resource-tags", "name-suffix")
def name_of_a_key_removed(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    kms, id_ = cloud["kms"], key(stack)
    before = [t for t in kms.list_resource_tags(KeyId=id_)["Tags"] if t["TagKey"] == "Name"]
    kms.untag_resource(KeyId=id_, TagKeys=["Name"])
    yield
    kms.tag_resource(KeyId=id_, Tags=before)
