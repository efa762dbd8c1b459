"""A secret in Secrets Manager: its key, its value, and who alone may read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.names import Scope


@dataclass(frozen=True)
class SecretArgs:
    """What a secret needs.

    Attributes:
        name: physical name.
        value: members of the JSON object that is kept.
        recovery_days: 0 (the name is free at once) or 7 to 30.
        readers: ARNs of the only principals that may read it; empty writes no resource policy.
    """

    scope: Scope
    name: str
    description: str
    key_arn: pulumi.Input[str]
    value: Mapping[str, Any]
    recovery_days: int
    readers: tuple[str, ...]


class Secret(pulumi.ComponentResource):
    """The secret and its current version."""

    secret: aws.secretsmanager.Secret

    def __init__(
        self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("iot-data-platform:components:Secret", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.secret = aws.secretsmanager.Secret(
            name,
            name=args.name,
            description=args.description,
            kms_key_id=args.key_arn,
            recovery_window_in_days=args.recovery_days,
            tags=args.scope.tags(args.name),
            opts=child,
        )
        aws.secretsmanager.SecretVersion(
            f"{name}-value",
            secret_id=self.secret.id,
            secret_string=pulumi.Output.json_dumps(pulumi.Output.secret(dict(args.value))),
            opts=child,
        )
        if args.readers:
            aws.secretsmanager.SecretPolicy(
                f"{name}-policy",
                secret_arn=self.secret.arn,
                policy=readers_policy(args.scope, args.readers),
                block_public_policy=True,
                opts=child,
            )
        self.register_outputs({})


def readers_policy(scope: Scope, readers: tuple[str, ...]) -> str:
    """Denies the value to everyone but the readers, and everything to other accounts."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OnlyTheReaders",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "secretsmanager:GetSecretValue",
                    "Resource": "*",
                    "Condition": {"ArnNotEquals": {"aws:PrincipalArn": list(readers)}},
                },
                {
                    "Sid": "OnlyThisAccount",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "secretsmanager:*",
                    "Resource": "*",
                    "Condition": {"StringNotEquals": {"aws:PrincipalAccount": scope.account}},
                },
            ],
        }
    )
