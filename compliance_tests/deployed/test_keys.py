"""The customer keys: one a service, rotating, usable, and open to nobody else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evidence.live import Check

from .conftest import Prove
from .exact import Exact
from .principals import foreign, is_foreign, is_own, listed, open_to_all, statements
from .stack import Cloud, Deployed

LONGEST_PERIOD = 365  # days
KEY_PROPERTIES: dict[str, dict[str, Any]] = {
    "key-material": {
        "KeyManager": "CUSTOMER",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "Origin": "AWS_KMS",
        "MultiRegion": False,
        "CustomKeyStoreId": None,
    },
    "key-availability": {"KeyState": "Enabled", "Enabled": True, "DeletionDate": None},
}


def key_id(named: str) -> str:
    """The id in an ARN of a key, or the id itself."""
    return named.rpartition("/")[2]


def keys_in_use(check: Check, stack: Deployed, cloud: Cloud) -> dict[str, set[str]]:
    """Service to the ids of the keys that its resources really name."""
    suffix = stack.suffix
    stream = check.ask(
        cloud["kinesis"], "describe_stream_summary", StreamName=f"sensor-data-stream-{suffix}"
    )["StreamDescriptionSummary"]
    cluster = check.ask(
        cloud["rds"], "describe_db_clusters", DBClusterIdentifier=f"aurora-cluster-{suffix}"
    )["DBClusters"][0]
    cache = check.ask(
        cloud["elasticache"], "describe_replication_groups", ReplicationGroupId=f"redis-{suffix}"
    )["ReplicationGroups"][0]
    secrets = check.ask_all(cloud["secretsmanager"], "list_secrets")["SecretList"]
    groups = check.ask_all(cloud["logs"], "describe_log_groups")["logGroups"]
    named = {
        "kinesis": {stream.get("KeyId", "none")},
        "rds": {cluster.get("KmsKeyId", "none")},
        "elasticache": {cache.get("KmsKeyId", "none")},
        "secrets": {s.get("KmsKeyId", "none") for s in secrets if s["Name"].endswith(suffix)},
        "logs": {
            g.get("kmsKeyId", "none")
            for g in groups
            if g["logGroupName"].split("/postgresql")[0].endswith(suffix)
        },
    }
    return {service: {key_id(k) for k in found} for service, found in named.items()}


@pytest.mark.control("key-per-service")
@pytest.mark.requirement("REQ-KMS-1")
def test_each_service_has_a_key_of_its_own(
    stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove
) -> None:
    with prove(type="kms:key", name=", ".join(sorted(stack.keys))) as check:
        used = keys_in_use(check, stack, cloud)
        for service in exact.keys:
            key = stack.output(f"{service}_kms_key_id")
            check.expect(f"keys of {service}", [key_id(key)], sorted(used[service]))
        every = [k for found in used.values() for k in found]
        check.expect(
            "keys shared between services", [], sorted({k for k in every if every.count(k) > 1})
        )


@pytest.mark.control("key-material")
@pytest.mark.control("key-availability")
@pytest.mark.requirement("REQ-KMS-1")
def test_keys_are_customer_keys_in_use(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    for service, key in stack.keys.items():
        for control, properties in KEY_PROPERTIES.items():
            with prove(control, type="kms:key", name=service, arn=key) as check:
                told = check.ask(cloud["kms"], "describe_key", KeyId=key)["KeyMetadata"]
                check.keep(told)
                for name, wanted in properties.items():
                    check.expect(name, wanted, told.get(name))


@pytest.mark.control("key-rotation")
@pytest.mark.requirement("REQ-KMS-2")
def test_rotation(stack: Deployed, cloud: Cloud, exact: Exact, prove: Prove) -> None:
    assert set(exact.keys) <= set(stack.keys), "an output is missing for the key of a service"
    for service, key in stack.keys.items():
        with prove(type="kms:key", name=service, arn=key) as check:
            told = check.ask(cloud["kms"], "get_key_rotation_status", KeyId=key)
            check.keep({k: v for k, v in told.items() if k != "ResponseMetadata"})
            check.expect("KeyRotationEnabled", True, told["KeyRotationEnabled"])
            days = told.get("RotationPeriodInDays", LONGEST_PERIOD)
            check.expect(
                "RotationPeriodInDays", f"<= {LONGEST_PERIOD}", days, days <= LONGEST_PERIOD
            )


def policy_of(check: Check, cloud: Cloud, key: str) -> str:
    told = check.ask(cloud["kms"], "get_key_policy", KeyId=key, PolicyName="default")
    check.keep(json.loads(told["Policy"]))
    return str(told["Policy"])


def grantees(check: Check, cloud: Cloud, key: str) -> list[str]:
    """Whom the key's grants let in, each as often as it has a grant."""
    grants = check.ask_all(cloud["kms"], "list_grants", KeyId=key)["Grants"]
    check.examined(grants=len(grants))
    return [str(g["GranteePrincipal"]) for g in grants]


@pytest.mark.control("key-policy-closed")
@pytest.mark.control("foreign-accounts")
@pytest.mark.requirement("REQ-KMS-1")
def test_key_policies_name_no_stranger(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    for service, key in stack.keys.items():
        with prove("key-policy-closed", type="kms:key", name=service, arn=key) as check:
            policy = policy_of(check, cloud, key)
            check.expect("open to everybody", [], open_to_all(policy, cloud.account))
        with prove("foreign-accounts", type="kms:key", name=service, arn=key) as check:
            policy = policy_of(check, cloud, key)
            check.expect("principals of other accounts", [], foreign(policy, cloud.account))
            strangers = [g for g in grantees(check, cloud, key) if is_foreign(g, cloud.account)]
            check.expect("grants to other accounts", [], strangers)


@pytest.mark.control("key-policy-bound")
@pytest.mark.requirement("REQ-KMS-1")
def test_key_policies_are_bound_to_service_and_account(
    stack: Deployed, cloud: Cloud, prove: Prove
) -> None:
    """Who may use the key for data may do so through its one service, or as that service."""
    uses = {"kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKey*", "kms:CreateGrant"}
    ties = ("kms:ViaService", "aws:SourceArn", "kms:EncryptionContext")
    for service, key in stack.keys.items():
        with prove("key-policy-bound", type="kms:key", name=service, arn=key) as check:
            loose = []
            for statement in statements(policy_of(check, cloud, key)):
                actions = listed(statement.get("Action"))
                if uses & set(actions) or "kms:*" in actions:
                    conditions = json.dumps(statement.get("Condition", {}))
                    if not any(tie in conditions for tie in ties):
                        loose.append(statement.get("Sid", "?"))
            check.expect("statements not bound to a service", [], loose)
            people = [g for g in grantees(check, cloud, key) if is_own(g, cloud.account)]
            check.expect("grants to users and roles of the account", [], people)


@pytest.mark.requirement("REQ-KMS-1")
def test_aliases_point_to_their_keys(stack: Deployed, cloud: Cloud, prove: Prove) -> None:
    with prove(type="kms:alias", name=f"*-{stack.suffix}") as check:
        found = check.ask_all(cloud["kms"], "list_aliases")["Aliases"]
        ours = {
            a["AliasName"]: a.get("TargetKeyId")
            for a in found
            if a["AliasName"].endswith(f"-{stack.suffix}")
        }
        check.keep(ours)
        check.examined(list_aliases=len(found), ours=len(ours))
        wanted = {f"alias/{s}-{stack.suffix}": key_id(k) for s, k in stack.keys.items()}
        for alias in sorted(set(wanted) | set(ours)):
            target = key_id(str(ours.get(alias, "no key")))
            check.expect(f"{alias}: key", wanted.get(alias, "no such alias"), target)
        keys = {key_id(k) for k in stack.keys.values()}
        more = [a["AliasName"] for a in found if key_id(a.get("TargetKeyId", "")) in keys]
        check.expect("other names of the keys", [], sorted(set(more) - set(wanted)))
