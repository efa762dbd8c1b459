"""Keys, their policies, grants and aliases, changed by hand."""

from __future__ import annotations

import json
from typing import Any

from .change import FOREIGN, Changes, Here

change = Changes()


@change("key-rotation")
def rotation_off(here: Here) -> str:
    here["kms"].disable_key_rotation(KeyId=here.key())
    return here.key()


@change("key-rotation")
def rotation_every_second_year(here: Here) -> str:
    here["kms"].enable_key_rotation(KeyId=here.key("rds"), RotationPeriodInDays=730)
    return here.key("rds")


@change("key-rotation")
def rotation_of_the_last_key_off(here: Here) -> str:
    here["kms"].disable_key_rotation(KeyId=here.key("logs"))
    return here.key("logs")


@change("key-availability")
def key_disabled(here: Here) -> str:
    here["kms"].disable_key(KeyId=here.key("secrets"))
    return here.key("secrets")


@change("key-availability")
def key_scheduled_for_deletion(here: Here) -> str:
    here["kms"].schedule_key_deletion(KeyId=here.key("logs"), PendingWindowInDays=7)
    return here.key("logs")


def admit(here: Here, service: str, **statement: Any) -> str:
    """One statement more in the policy of a key."""
    kms, key = here["kms"], here.key(service)
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    policy["Statement"].append({"Sid": "ByHand", "Effect": "Allow", "Resource": "*", **statement})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    return key


@change("key-policy-closed", "key-policy-bound")
def key_policy_open_to_everybody(here: Here) -> str:
    return admit(here, "kinesis", Principal="*", Action="kms:Decrypt")


@change("key-policy-closed", "key-policy-bound")
def key_policy_open_to_all_but_one(here: Here) -> str:
    own = f"arn:aws:iam::{here.cloud.account}:user/nobody"
    return admit(here, "elasticache", NotPrincipal={"AWS": own}, Action="kms:Decrypt")


@change("foreign-accounts", "key-policy-bound")
def key_policy_open_to_another_account(here: Here) -> str:
    return admit(here, "rds", Principal={"AWS": FOREIGN}, Action=["kms:Decrypt"])


@change("key-policy-bound")
def key_usable_without_its_service(here: Here) -> str:
    own = {"AWS": f"arn:aws:iam::{here.cloud.account}:root"}
    return admit(here, "secrets", Principal=own, Action="kms:*")


@change("foreign-accounts")
def grant_to_another_account(here: Here) -> str:
    here["kms"].create_grant(
        KeyId=here.key("rds"), GranteePrincipal=FOREIGN, Operations=["Decrypt"]
    )
    return here.key("rds")


@change("REQ-KMS-1")
def alias_points_to_another_key(here: Here) -> str:
    alias = f"alias/kinesis-{here.suffix}"
    here["kms"].update_alias(AliasName=alias, TargetKeyId=here.key("rds"))
    return alias


@change("REQ-OPS-1", "REQ-KMS-1")
def alias_deleted(here: Here) -> str:
    alias = f"alias/rds-{here.suffix}"
    here["kms"].delete_alias(AliasName=alias)
    return alias


@change("REQ-OPS-1", "REQ-KMS-1", "REQ-TAG-1")
def key_made_by_hand(here: Here) -> str:
    tags = [{"TagKey": "Environment", "TagValue": here.suffix}]
    return str(here["kms"].create_key(Tags=tags)["KeyMetadata"]["KeyId"])


@change("name-suffix", "resource-tags")
def name_of_a_key_removed(here: Here) -> str:
    here["kms"].untag_resource(KeyId=here.key(), TagKeys=["Name"])
    return here.key()
