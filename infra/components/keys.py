"""A customer managed key for each service, so that access and rotation are decided one by one."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.key_policies import logs_key_policy, service_key_policy
from components.names import Scope


@dataclass(frozen=True)
class KeysArgs:
    """What the keys need.

    Attributes:
        scope: names, tags, account and region.
        deletion_window_days: 7 to 30.
        rotation_days: 90 to 2560.
        log_groups: names of the log groups that the logs key may serve.
    """

    scope: Scope
    deletion_window_days: int
    rotation_days: int
    log_groups: tuple[str, ...]


class Keys(pulumi.ComponentResource):
    """Five keys with an alias each: Kinesis, RDS, Secrets Manager, ElastiCache, CloudWatch Logs."""

    kinesis: aws.kms.Key
    rds: aws.kms.Key
    secrets: aws.kms.Key
    elasticache: aws.kms.Key
    logs: aws.kms.Key

    def __init__(
        self, name: str, args: KeysArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("iot-data-platform:components:Keys", name, None, opts)
        self._args = args
        scope = args.scope
        self.kinesis = self._key(
            "kinesis", "the sensor data stream", service_key_policy(scope, "kinesis", grants=False)
        )
        self.rds = self._key(
            "rds",
            "the Aurora cluster, its backups and Performance Insights",
            service_key_policy(scope, "rds", grants=True),
        )
        self.secrets = self._key(
            "secrets", "the secrets", service_key_policy(scope, "secretsmanager", grants=False)
        )
        self.elasticache = self._key(
            "elasticache",
            "the cache and its snapshots",
            service_key_policy(scope, "elasticache", grants=True),
        )
        self.logs = self._key("logs", "the log groups", logs_key_policy(scope, args.log_groups))
        self.register_outputs({})

    def _key(self, service: str, purpose: str, policy: str) -> aws.kms.Key:
        scope = self._args.scope
        key = aws.kms.Key(
            f"{service}-key",
            description=f"Encrypts {purpose} of {scope.suffix}",
            policy=policy,
            enable_key_rotation=True,
            rotation_period_in_days=self._args.rotation_days,
            deletion_window_in_days=self._args.deletion_window_days,
            is_enabled=True,
            key_usage="ENCRYPT_DECRYPT",
            customer_master_key_spec="SYMMETRIC_DEFAULT",
            multi_region=False,
            bypass_policy_lockout_safety_check=False,
            tags=scope.tags(scope.name(f"{service}-key")),
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.kms.Alias(
            f"{service}-key-alias",
            name=scope.name(f"alias/{service}"),
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return key
