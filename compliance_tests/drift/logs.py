"""Log groups and who may write to them, changed by hand."""

from __future__ import annotations

from typing import Any

from .change import FOREIGN, Changes, Here
from .roles_and_messages import document

change = Changes()


def stream_group(here: Here) -> str:
    return f"/aws/kinesis/sensor-data-stream-{here.suffix}"


def database_group(here: Here) -> str:
    return f"/aws/rds/cluster/aurora-cluster-{here.suffix}"


def keep(here: Here, group: str, days: int = 0) -> str:
    """Another retention for a group, 0: none."""
    if days:
        here["logs"].put_retention_policy(logGroupName=group, retentionInDays=days)
    else:
        here["logs"].delete_retention_policy(logGroupName=group)
    return group


@change("log-retention", "REQ-LOG-1")
def log_retention_removed(here: Here) -> str:
    return keep(here, stream_group(here))


@change("log-retention", "REQ-LOG-1")
def log_retention_shortened(here: Here) -> str:
    return keep(here, database_group(here), 1)


@change("log-retention-long", "aurora-log-export")
def retention_of_the_database_log_removed(here: Here) -> str:
    return keep(here, f"{database_group(here)}/postgresql")


@change("log-retention-long")
def retention_of_the_flow_log_shortened(here: Here) -> str:
    return keep(here, f"/aws/vpc/flow-logs-{here.suffix}", 1)


@change("log-customer-key", "key-per-service", "REQ-OUT-1")
def log_group_in_clear(here: Here) -> str:
    here["logs"].disassociate_kms_key(logGroupName=stream_group(here))
    return stream_group(here)


@change("log-customer-key", "key-per-service")
def log_group_under_a_key_made_by_hand(here: Here) -> str:
    users = {
        "AWS": f"arn:aws:iam::{here.cloud.account}:root",
        "Service": "logs.sa-east-1.amazonaws.com",
    }
    policy = document(Principal=users, Action="kms:*", Resource="*")
    key = here["kms"].create_key(Policy=policy)["KeyMetadata"]["Arn"]
    here["logs"].associate_kms_key(logGroupName=database_group(here), kmsKeyId=key)
    return database_group(here)


@change("REQ-LOG-1", "REQ-OPS-1", "REQ-TAG-1")
def log_group_deleted(here: Here) -> str:
    here["logs"].delete_log_group(logGroupName=database_group(here))
    return database_group(here)


@change("REQ-OPS-1", "log-customer-key", "log-retention", "key-per-service")
def log_group_made_by_hand(here: Here) -> str:
    name = f"/by-hand-{here.suffix}"
    here["logs"].create_log_group(logGroupName=name)
    return name


def write_policy(here: Here, principal: Any) -> str:
    name = "by-hand"
    policy = document(Principal=principal, Action="logs:PutLogEvents", Resource="*")
    here["logs"].put_resource_policy(policyName=name, policyDocument=policy)
    return name


@change("log-policy-closed")
def log_policy_open_to_everybody(here: Here) -> str:
    return write_policy(here, "*")


@change("foreign-accounts")
def log_policy_open_to_another_account(here: Here) -> str:
    return write_policy(here, {"AWS": FOREIGN})
