"""What KMS, Kinesis, Secrets Manager and the log service must do as AWS does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from compliance_tests.unit.emulator.account import (
    LOG_SERVICE,
    NO_KEY,
    OWNER,
    Account,
    policy,
    refused,
)
from compliance_tests.unit.emulator.checks import closes
from sandbox.emulator import ACCOUNT

MALFORMED = "MalformedPolicyDocumentException"


@closes("KmsBackend.create_key")
def a_key_says_what_it_is_for(account: Account) -> None:
    key = account.kms.create_key()["KeyMetadata"]
    assert key["KeyUsage"] == "ENCRYPT_DECRYPT"
    assert key["MultiRegion"] is False


@closes("KmsBackend.get_key_id_from_alias")
def keys_of_aws_are_not_customer_keys(account: Account) -> None:
    for service in ("kinesis", "rds", "secretsmanager"):
        key = account.kms.describe_key(KeyId=f"alias/aws/{service}")["KeyMetadata"]
        assert key["KeyManager"] == "AWS", service
    refused("NotFoundException", account.kms.describe_key, KeyId="alias/aws/nothing")


@closes("KmsResponse.enable_key_rotation", "KmsResponse.get_key_rotation_status")
def a_key_rotates_as_often_as_asked(account: Account) -> None:
    key = account.key()
    account.kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    status = account.kms.get_key_rotation_status(KeyId=key)
    assert status["RotationPeriodInDays"] == 180
    assert status["NextRotationDate"] > datetime.now(UTC) + timedelta(days=179)
    account.kms.enable_key_rotation(KeyId=key)
    assert account.kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 180
    refused(
        "ValidationException", account.kms.enable_key_rotation, KeyId=key, RotationPeriodInDays=2561
    )


@closes("KmsResponse.encrypt", "KmsResponse.generate_data_key", "KmsResponse.enable_key_rotation")
def a_key_that_is_off_does_nothing(account: Account) -> None:
    dying = account.dying_key()
    refused("KMSInvalidStateException", account.kms.encrypt, KeyId=dying, Plaintext=b"x")
    refused(
        "KMSInvalidStateException", account.kms.generate_data_key, KeyId=dying, KeySpec="AES_256"
    )
    refused("KMSInvalidStateException", account.kms.enable_key_rotation, KeyId=dying)
    off = account.key()
    account.kms.disable_key(KeyId=off)
    refused("DisabledException", account.kms.encrypt, KeyId=off, Plaintext=b"x")


@closes("KmsResponse.schedule_key_deletion")
def a_deletion_waits_7_to_30_days(account: Account) -> None:
    key = account.key()
    for days in (3, 6, 31):
        refused(
            "ValidationException",
            account.kms.schedule_key_deletion,
            KeyId=key,
            PendingWindowInDays=days,
        )
    answer = account.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert answer["KeyState"] == "PendingDeletion"
    refused(
        "KMSInvalidStateException",
        account.kms.schedule_key_deletion,
        KeyId=key,
        PendingWindowInDays=7,
    )


@closes(
    "KmsBackend.schedule_key_deletion",
    "KmsBackend.cancel_key_deletion",
    "KmsBackend.enable_key",
    "KmsBackend.disable_key",
)
def a_key_is_switched_by_its_arn(account: Account) -> None:
    key = account.dying_key()
    account.kms.cancel_key_deletion(KeyId=key)
    account.kms.enable_key(KeyId=key)
    assert account.kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    account.kms.disable_key(KeyId=key)
    assert account.kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"


@closes("KmsResponse.create_key", "KmsResponse.put_key_policy")
def a_key_policy_is_checked(account: Account) -> None:
    key = account.key()
    other = {**OWNER, "Principal": {"AWS": "arn:aws:iam::999999999999:root"}}
    deleted = {**OWNER, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/gone"}}
    only_from = {**OWNER, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
    for wrong in (
        "no json",
        "{}",
        policy(other),
        policy(OWNER, deleted),
        policy(only_from),
        policy(LOG_SERVICE),
    ):
        refused(MALFORMED, account.kms.create_key, Policy=wrong)
        refused(
            MALFORMED, account.kms.put_key_policy, KeyId=key, PolicyName="default", Policy=wrong
        )
    account.kms.create_key(Policy=policy(other), BypassPolicyLockoutSafetyCheck=True)
    mine = {**OWNER, "Condition": {"StringEquals": {"kms:CallerAccount": ACCOUNT}}}
    account.kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(mine, LOG_SERVICE))


@closes("KinesisResponse.create_stream")
def a_stream_has_the_tags_it_is_made_with(account: Account) -> None:
    account.stream(Tags={"Project": "iot"})
    assert account.kinesis.list_tags_for_stream(StreamName="sensors")["Tags"] == [
        {"Key": "Project", "Value": "iot"}
    ]


@closes(
    "KinesisResponse.tag_resource",
    "KinesisResponse.untag_resource",
    "KinesisResponse.list_tags_for_resource",
)
def a_stream_is_tagged_by_its_arn(account: Account) -> None:
    arn = account.stream()["StreamARN"]
    account.kinesis.tag_resource(ResourceARN=arn, Tags={"a": "1", "b": "2"})
    account.kinesis.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert account.kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"] == [
        {"Key": "b", "Value": "2"}
    ]


@closes("KinesisBackend.start_stream_encryption")
def a_stream_takes_only_a_key_that_works(account: Account) -> None:
    account.stream()
    asked = {"StreamName": "sensors", "EncryptionType": "KMS"}
    refused("KMSNotFoundException", account.kinesis.start_stream_encryption, KeyId=NO_KEY, **asked)
    dying = account.dying_key()
    refused(
        "KMSInvalidStateException", account.kinesis.start_stream_encryption, KeyId=dying, **asked
    )
    account.kinesis.start_stream_encryption(KeyId="alias/aws/kinesis", **asked)
    account.kinesis.start_stream_encryption(KeyId=account.key(), **asked)


@closes("KinesisBackend.update_shard_count")
def a_stream_doubles_at_most(account: Account) -> None:
    account.stream(shards=2)
    asked = {"StreamName": "sensors", "ScalingType": "UNIFORM_SCALING"}
    refused(
        "LimitExceededException", account.kinesis.update_shard_count, TargetShardCount=9, **asked
    )
    account.kinesis.update_shard_count(TargetShardCount=4, **asked)
    refused(
        "LimitExceededException", account.kinesis.update_shard_count, TargetShardCount=1, **asked
    )


@closes("KinesisBackend.enable_enhanced_monitoring")
def all_metrics_are_seven(account: Account) -> None:
    account.stream()
    wrong = ["Incoming"]
    refused(
        "ValidationException",
        account.kinesis.enable_enhanced_monitoring,
        StreamName="sensors",
        ShardLevelMetrics=wrong,
    )
    account.kinesis.enable_enhanced_monitoring(StreamName="sensors", ShardLevelMetrics=["ALL"])
    assert len(account.described_stream()["EnhancedMonitoring"][0]["ShardLevelMetrics"]) == 7


@closes("KinesisBackend.delete_stream")
def a_policy_goes_with_its_stream(account: Account) -> None:
    arn = account.stream()["StreamARN"]
    statement = {**OWNER, "Action": "kinesis:PutRecord", "Resource": arn}
    account.kinesis.put_resource_policy(ResourceARN=arn, Policy=policy(statement))
    account.kinesis.delete_stream(StreamName="sensors")
    account.stream()
    assert account.kinesis.get_resource_policy(ResourceARN=arn)["Policy"] == "{}"


@closes("SecretsManagerBackend.create_secret", "SecretsManagerBackend.update_secret")
def a_secret_takes_only_a_key_that_works(account: Account) -> None:
    create, update = account.secretsmanager.create_secret, account.secretsmanager.update_secret
    refused("EncryptionFailure", create, Name="s", SecretString="x", KmsKeyId=NO_KEY)
    create(Name="s", SecretString="x", KmsKeyId=account.key())
    refused("EncryptionFailure", update, SecretId="s", KmsKeyId=account.dying_key())


@closes("SecretsManagerBackend.create_secret")
def a_name_in_recovery_is_taken(account: Account) -> None:
    account.secretsmanager.create_secret(Name="s", SecretString="x")
    account.secretsmanager.delete_secret(SecretId="s", RecoveryWindowInDays=7)
    refused(
        "InvalidRequestException", account.secretsmanager.create_secret, Name="s", SecretString="x"
    )
    account.secretsmanager.delete_secret(SecretId="s", ForceDeleteWithoutRecovery=True)
    account.secretsmanager.create_secret(Name="s", SecretString="x")


@closes("SecretsManagerResponse.put_resource_policy")
def a_public_secret_is_blocked(account: Account) -> None:
    account.secretsmanager.create_secret(Name="s", SecretString="x")
    put = account.secretsmanager.put_resource_policy
    public = policy(
        {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"}
    )
    refused(
        "PublicPolicyException", put, SecretId="s", ResourcePolicy=public, BlockPublicPolicy=True
    )
    refused(MALFORMED, put, SecretId="s", ResourcePolicy="no json")
    put(SecretId="s", ResourcePolicy=public.replace("Allow", "Deny"), BlockPublicPolicy=True)


@closes(
    "LogsBackend.create_log_group",
    "LogsResponse.associate_kms_key",
    "LogsResponse.disassociate_kms_key",
)
def a_log_group_takes_only_a_key_that_lets_it(account: Account) -> None:
    closed, open_key = account.key(), account.key(LOG_SERVICE)
    for wrong in (NO_KEY, closed, account.dying_key()):
        refused(
            "InvalidParameterException",
            account.logs.create_log_group,
            logGroupName="/x",
            kmsKeyId=wrong,
        )
    account.logs.create_log_group(logGroupName="/x", kmsKeyId=open_key)
    account.logs.disassociate_kms_key(logGroupName="/x")
    (group,) = account.logs.describe_log_groups()["logGroups"]
    assert "kmsKeyId" not in group
    refused(
        "InvalidParameterException",
        account.logs.associate_kms_key,
        logGroupName="/x",
        kmsKeyId=closed,
    )
    account.logs.associate_kms_key(logGroupName="/x", kmsKeyId=open_key)
    (group,) = account.logs.describe_log_groups()["logGroups"]
    assert group["kmsKeyId"] == open_key


@closes(
    "LogsResponse.create_log_group",
    "LogGroup.to_describe_dict",
    "LogsResponse.put_log_group_deletion_protection",
)
def a_log_group_can_be_protected(account: Account) -> None:
    account.logs.create_log_group(
        logGroupName="/x", deletionProtectionEnabled=True, logGroupClass="INFREQUENT_ACCESS"
    )
    (group,) = account.logs.describe_log_groups()["logGroups"]
    assert group["deletionProtectionEnabled"] is True
    assert group["logGroupClass"] == "INFREQUENT_ACCESS"
    account.logs.put_log_group_deletion_protection(
        logGroupIdentifier="/x", deletionProtectionEnabled=False
    )
    (group,) = account.logs.describe_log_groups()["logGroups"]
    assert group["deletionProtectionEnabled"] is False


@closes("LogsBackend.delete_log_group")
def a_protected_log_group_stays_and_tags_go(account: Account) -> None:
    account.logs.create_log_group(
        logGroupName="/x", deletionProtectionEnabled=True, tags={"a": "1"}
    )
    refused("ValidationException", account.logs.delete_log_group, logGroupName="/x")
    account.logs.put_log_group_deletion_protection(
        logGroupIdentifier="/x", deletionProtectionEnabled=False
    )
    account.logs.delete_log_group(logGroupName="/x")
    account.logs.create_log_group(logGroupName="/x")
    assert account.logs.list_tags_log_group(logGroupName="/x")["tags"] == {}


@closes("LogsBackend.put_retention_policy")
def logs_are_kept_for_days_that_aws_knows(account: Account) -> None:
    account.logs.create_log_group(logGroupName="/x")
    refused(
        "InvalidParameterException",
        account.logs.put_retention_policy,
        logGroupName="/x",
        retentionInDays=8,
    )
    account.logs.put_retention_policy(logGroupName="/x", retentionInDays=7)
