"""The stream and the secrets, changed by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from compliance_tests.deployed.stack import Cloud, Deployed

from .change import change
from .keys import FOREIGN, key


def name(stack: Deployed) -> str:
    return str(stack.output("kinesis_stream_name"))


def encrypt(stack: Deployed, cloud: Cloud, with_key: str) -> None:
    cloud["kinesis"].start_stream_encryption(
        StreamName=name(stack), EncryptionType="KMS", KeyId=with_key
    )


@change("stream-customer-key", "key-per-service", "REQ-OUT-1")
def stream_decrypted(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    cloud["kinesis"].stop_stream_encryption(
        StreamName=name(stack), EncryptionType="KMS", KeyId=key(stack)
    )
    yield
    encrypt(stack, cloud, key(stack))


@change("stream-customer-key", "key-per-service", "REQ-OUT-1")
def stream_under_the_key_of_aws(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    encrypt(stack, cloud, "alias/aws/kinesis")
    yield
    encrypt(stack, cloud, key(stack))


@change("stream-metrics")
def shard_metrics_off(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    metrics = ["IncomingBytes"]
    cloud["kinesis"].disable_enhanced_monitoring(StreamName=name(stack), ShardLevelMetrics=metrics)
    yield
    cloud["kinesis"].enable_enhanced_monitoring(StreamName=name(stack), ShardLevelMetrics=metrics)


@change("stream-retention")
def stream_kept_longer(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    kinesis, stream = cloud["kinesis"], name(stack)
    kinesis.increase_stream_retention_period(StreamName=stream, RetentionPeriodHours=48)
    yield
    kinesis.decrease_stream_retention_period(StreamName=stream, RetentionPeriodHours=24)


def policy_of_the_stream(stack: Deployed, cloud: Cloud, principal: Any) -> Iterator[None]:
    arn = stack.output("kinesis_stream_arn")
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "kinesis:GetRecords",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    cloud["kinesis"].put_resource_policy(ResourceARN=arn, Policy=policy)
    yield
    cloud["kinesis"].delete_resource_policy(ResourceARN=arn)


@change("stream-policy-closed")
def stream_open_to_everybody(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from policy_of_the_stream(stack, cloud, "*")


@change("foreign-accounts")
def stream_open_to_another_account(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from policy_of_the_stream(stack, cloud, {"AWS": FOREIGN})


@change("resource-tags")
def tag_of_the_stream_removed(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    kinesis, stream = cloud["kinesis"], name(stack)
    tags = {t["Key"]: t["Value"] for t in kinesis.list_tags_for_stream(StreamName=stream)["Tags"]}
    kinesis.remove_tags_from_stream(StreamName=stream, TagKeys=["Project"])
    yield
    kinesis.add_tags_to_stream(StreamName=stream, Tags={"Project": tags["Project"]})


@change("REQ-OPS-1")
def second_stream_made_by_hand(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    other = f"second-{stack.suffix}"
    cloud["kinesis"].create_stream(StreamName=other, ShardCount=1)
    yield
    cloud["kinesis"].delete_stream(StreamName=other)


def secret(stack: Deployed) -> str:
    return str(stack.output("db_secret_arn"))


@change("secret-customer-key", "key-per-service", "REQ-OUT-1")
def secret_under_another_key(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    cloud["secretsmanager"].update_secret(SecretId=secret(stack), KmsKeyId=key(stack, "rds"))
    yield
    cloud["secretsmanager"].update_secret(SecretId=secret(stack), KmsKeyId=key(stack, "secrets"))


def policy_of_the_secret(stack: Deployed, cloud: Cloud, principal: Any) -> Iterator[None]:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    cloud["secretsmanager"].put_resource_policy(SecretId=secret(stack), ResourcePolicy=policy)
    yield
    cloud["secretsmanager"].delete_resource_policy(SecretId=secret(stack))


@change("secret-policy-closed")
def secret_open_to_everybody(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from policy_of_the_secret(stack, cloud, "*")


@change("foreign-accounts")
def secret_open_to_another_account(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from policy_of_the_secret(stack, cloud, {"AWS": FOREIGN})


def value_of_the_secret(stack: Deployed, cloud: Cloud, **changes: str) -> Iterator[None]:
    manager = cloud["secretsmanager"]
    before = manager.get_secret_value(SecretId=secret(stack))["SecretString"]
    after = json.dumps({**json.loads(before), **changes})
    manager.put_secret_value(SecretId=secret(stack), SecretString=after)
    yield
    manager.put_secret_value(SecretId=secret(stack), SecretString=before)


@change("password-generated")
def password_replaced_by_a_short_one(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from value_of_the_secret(stack, cloud, password="Short-0123456789")


@change("REQ-SEC-1")
def secret_names_another_host(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    yield from value_of_the_secret(stack, cloud, host="db.example.com")


@change("REQ-OPS-1")
def second_secret_made_by_hand(stack: Deployed, cloud: Cloud) -> Iterator[None]:
    other = f"second-{stack.suffix}"
    cloud["secretsmanager"].create_secret(
        Name=other, SecretString="x", KmsKeyId=key(stack, "secrets")
    )
    yield
    cloud["secretsmanager"].delete_secret(SecretId=other, ForceDeleteWithoutRecovery=True)
