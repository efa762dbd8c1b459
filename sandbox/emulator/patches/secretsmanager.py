"""Secrets Manager: keys that do not exist, names in recovery, policies that AWS refuses."""

from __future__ import annotations

from typing import Any

from moto.secretsmanager.exceptions import SecretsManagerClientError
from moto.secretsmanager.models import SecretsManagerBackend
from moto.secretsmanager.responses import SecretsManagerResponse

from sandbox.emulator.patches.patch import around
from sandbox.emulator.patches.shared import principals, statements, usable_key


def _check_key(self: Any, key_id: str | None) -> None:
    if key_id and usable_key(self.account_id, self.region_name, key_id) is None:
        raise SecretsManagerClientError(
            "EncryptionFailure",
            "Secrets Manager can't encrypt the protected secret text using the provided KMS "
            "key. Check that the "
            "KMS key is available, enabled, and not in an invalid state.",
        )


@around(
    SecretsManagerBackend,
    "create_secret",
    "a key that does not exist, and a name in recovery, are accepted",
)
def create_secret(original: Any, self: Any, **values: Any) -> Any:
    _check_key(self, values.get("kms_key_id"))
    existing = self.secrets.get(values["name"])
    if existing is not None and existing.is_deleted():
        raise SecretsManagerClientError(
            "InvalidRequestException",
            "You can't create this secret because a secret with this name is already "
            "scheduled for deletion.",
        )
    return original(self, **values)


@around(SecretsManagerBackend, "update_secret", "a key that does not exist is accepted")
def update_secret(original: Any, self: Any, **values: Any) -> Any:
    _check_key(self, values.get("kms_key_id"))
    return original(self, **values)


@around(
    SecretsManagerResponse,
    "put_resource_policy",
    "BlockPublicPolicy is ignored; malformed policies are accepted",
)
def put_resource_policy(original: Any, self: Any) -> Any:
    try:
        found = statements(self._get_param("ResourcePolicy"))
    except ValueError:
        raise SecretsManagerClientError(
            "MalformedPolicyDocumentException", "This resource policy contains invalid Json"
        ) from None
    if self._get_param("BlockPublicPolicy") and any(
        statement["Effect"] == "Allow"
        and "*" in principals(statement, "AWS")
        and not statement.get("Condition")
        for statement in found
    ):
        raise SecretsManagerClientError(
            "PublicPolicyException", "This resource policy grants public access to the secret."
        )
    return original(self)
