"""The secrets, changed by hand."""

from __future__ import annotations

import json
from typing import Any

from .change import FOREIGN, Changes, Here
from .roles_and_messages import document
from .stream import UNDER_ANOTHER_KEY

change = Changes()


def secret(here: Here) -> str:
    return here.out("db_secret_arn")


def under_key(here: Here, key: str) -> str:
    here["secretsmanager"].update_secret(SecretId=secret(here), KmsKeyId=key)
    return secret(here)


@change("secret-customer-key", *UNDER_ANOTHER_KEY)
def secret_under_the_key_of_another_service(here: Here) -> str:
    return under_key(here, here.key("rds"))


@change("secret-customer-key", *UNDER_ANOTHER_KEY)
def secret_under_the_key_of_aws(here: Here) -> str:
    return under_key(here, "alias/aws/secretsmanager")


def policy_of_the_secret(here: Here, principal: Any) -> str:
    policy = document(Principal=principal, Action="secretsmanager:GetSecretValue", Resource="*")
    here["secretsmanager"].put_resource_policy(SecretId=secret(here), ResourcePolicy=policy)
    return secret(here)


@change("secret-policy-closed")
def secret_open_to_everybody(here: Here) -> str:
    return policy_of_the_secret(here, "*")


@change("foreign-accounts")
def secret_open_to_another_account(here: Here) -> str:
    return policy_of_the_secret(here, {"AWS": FOREIGN})


@change("region")
def secret_copied_to_another_region(here: Here) -> str:
    here["secretsmanager"].replicate_secret_to_regions(
        SecretId=secret(here), AddReplicaRegions=[{"Region": "us-east-1"}]
    )
    return secret(here)


def put(here: Here, **changes: Any) -> str:
    """The secret with other values; None takes a field away."""
    manager = here["secretsmanager"]
    before = json.loads(manager.get_secret_value(SecretId=secret(here))["SecretString"])
    after = {k: v for k, v in {**before, **changes}.items() if v is not None}
    manager.put_secret_value(SecretId=secret(here), SecretString=json.dumps(after))
    return secret(here)


@change("password-generated")
def password_replaced_by_a_short_one(here: Here) -> str:
    return put(here, password="Short-0123456789")


@change("password-generated")
def password_replaced_by_a_simple_one(here: Here) -> str:
    return put(here, password="a" * 32)


@change("REQ-SEC-1")
def secret_names_another_host(here: Here) -> str:
    return put(here, host="db.example.com")


@change("REQ-SEC-1")
def secret_names_another_user(here: Here) -> str:
    return put(here, username="somebody")


@change("REQ-SEC-1")
def secret_names_another_port(here: Here) -> str:
    return put(here, port=5433)


@change("REQ-SEC-1")
def secret_lacks_the_database(here: Here) -> str:
    return put(here, dbname=None)


@change("secret-customer-key", "REQ-OPS-1", "password-generated", "REQ-SEC-1", "REQ-SEC-3")
def secret_deleted(here: Here) -> str:
    """Its value cannot be examined any more."""
    here["secretsmanager"].delete_secret(SecretId=secret(here), RecoveryWindowInDays=7)
    return secret(here)


@change("resource-tags")
def tag_of_the_secret_removed(here: Here) -> str:
    here["secretsmanager"].untag_resource(SecretId=secret(here), TagKeys=["ManagedBy"])
    return secret(here)


@change("REQ-OPS-1")
def second_secret_made_by_hand(here: Here) -> str:
    other = f"second-{here.suffix}"
    here["secretsmanager"].create_secret(Name=other, SecretString="x", KmsKeyId=here.key("secrets"))
    return other
