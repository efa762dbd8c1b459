"""Secrets Manager: secrets, their versions, and policies put on them apart."""

from __future__ import annotations

from typing import Any

from sandbox.providers.aws.services.shared import (
    given,
    look,
    remove,
    same_key,
    same_policy,
    tag_changes,
    unique,
    with_tags,
)
from sandbox.providers.framework import (
    Clients,
    Handler,
    Inputs,
    Outputs,
    ProviderError,
    TypeRule,
    code_of,
    made,
    tag_list,
    tag_map,
)
from sandbox.providers.validators import between, conflicts, json_text

CURRENT = "AWSCURRENT"


def _described(aws: Clients, id: str) -> dict[str, Any] | None:
    """What AWS says of a secret; one inside its recovery window is gone."""
    answer: dict[str, Any] | None = look(aws.secretsmanager.describe_secret, SecretId=id)
    return None if answer is None or answer.get("DeletedDate") else answer


def _scheduled(error: Exception) -> bool:
    return code_of(error) == "InvalidRequestException" and "delet" in str(error)


class Secret:
    """aws.secretsmanager.Secret: name, key and policy; the value is a SecretVersion."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        asked = given(inputs, {"description": "Description", "kmsKeyId": "KmsKeyId"})
        if replicas := [
            given(item, {"region": "Region", "kmsKeyId": "KmsKeyId"})
            for item in inputs.get("replicas") or []
        ]:
            asked["AddReplicaRegions"] = replicas
            asked["ForceOverwriteReplicaSecret"] = bool(inputs.get("forceOverwriteReplicaSecret"))
        id: str = aws.secretsmanager.create_secret(
            Name=inputs["name"], **asked, **with_tags(inputs)
        )["ARN"]
        with made(id):
            if inputs.get("policy"):
                aws.secretsmanager.put_resource_policy(SecretId=id, ResourcePolicy=inputs["policy"])
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        secret = _described(aws, id)
        if secret is None:
            return None
        policy = look(aws.secretsmanager.get_resource_policy, SecretId=id) or {}
        return {
            "id": secret["ARN"],
            "arn": secret["ARN"],
            "description": secret.get("Description", ""),
            "kmsKeyId": secret.get("KmsKeyId") or "",
            "name": secret["Name"],
            "namePrefix": "",
            "policy": policy.get("ResourcePolicy") or "",
            "replicas": [
                {
                    "kmsKeyId": item.get("KmsKeyId", ""),
                    "lastAccessedDate": "",
                    "region": item["Region"],
                    "status": item.get("Status"),
                    "statusMessage": item.get("StatusMessage", ""),
                }
                for item in secret.get("ReplicationStatus") or []
            ],
            "tagsAll": tag_map(secret.get("Tags")),
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if changed & {"description", "kmsKeyId"}:
            aws.secretsmanager.update_secret(
                SecretId=id,
                Description=news.get("description", ""),
                **given(news, {"kmsKeyId": "KmsKeyId"}),
            )
        if "policy" in changed:
            if news.get("policy") not in (None, "", "{}"):
                aws.secretsmanager.put_resource_policy(SecretId=id, ResourcePolicy=news["policy"])
            else:
                aws.secretsmanager.delete_resource_policy(SecretId=id)
        if "replicas" in changed:
            self._replicate(aws, id, olds, news)
        gone, written = tag_changes(olds, news, changed)
        if gone:
            aws.secretsmanager.untag_resource(SecretId=id, TagKeys=gone)
        if written:
            aws.secretsmanager.tag_resource(SecretId=id, Tags=tag_list(written))

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        if regions := [item["region"] for item in state.get("replicas") or []]:
            remove(
                aws.secretsmanager.remove_regions_from_replication,
                SecretId=id,
                RemoveReplicaRegions=regions,
            )
        days = state.get("recoveryWindowInDays")
        how: dict[str, Any] = {"RecoveryWindowInDays": 30 if days is None else days}
        if days == 0:
            how = {"ForceDeleteWithoutRecovery": True}
        try:
            remove(aws.secretsmanager.delete_secret, SecretId=id, **how)
        except Exception as error:
            if not _scheduled(error):
                raise

    def _replicate(self, aws: Clients, id: str, olds: Outputs, news: Inputs) -> None:
        old = {item["region"] for item in olds.get("replicas") or []}
        new = {item["region"]: item for item in news.get("replicas") or []}
        if gone := sorted(old - new.keys()):
            aws.secretsmanager.remove_regions_from_replication(
                SecretId=id, RemoveReplicaRegions=gone
            )
        if added := [
            given(item, {"region": "Region", "kmsKeyId": "KmsKeyId"})
            for name, item in new.items()
            if name not in old
        ]:
            aws.secretsmanager.replicate_secret_to_regions(SecretId=id, AddReplicaRegions=added)


class SecretVersion:
    """aws.secretsmanager.SecretVersion: a value, put as a new version of the secret."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        asked = given(
            inputs,
            {
                "secretString": "SecretString",
                "secretBinary": "SecretBinary",
                "versionStages": "VersionStages",
            },
        )
        if inputs.get("secretStringWo") is not None:
            asked["SecretString"] = inputs["secretStringWo"]
        if "SecretString" not in asked and "SecretBinary" not in asked:
            raise ProviderError(
                "one of `secret_binary,secret_string,secret_string_wo` must be specified: a "
                "version is its value"
            )
        token = unique("terraform-")
        answer = aws.secretsmanager.put_secret_value(
            SecretId=inputs["secretId"], ClientRequestToken=token, **asked
        )
        return f"{inputs['secretId']}|{answer['VersionId']}"

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        secret, _, version = id.partition("|")
        try:
            answer = look(aws.secretsmanager.get_secret_value, SecretId=secret, VersionId=version)
        except Exception as error:
            if not _scheduled(error):
                raise
            answer = None
        if answer is None or not answer.get("VersionStages"):
            return None
        hidden = inputs.get("secretStringWoVersion") is not None
        binary = answer.get("SecretBinary")
        return {
            "arn": answer["ARN"],
            "hasSecretStringWo": hidden,
            "secretArn": answer["ARN"],
            "secretBinary": binary.decode() if isinstance(binary, bytes) else binary,
            "secretId": secret,
            "secretString": None if hidden else answer.get("SecretString"),
            "versionId": answer["VersionId"],
            "versionStages": sorted(answer["VersionStages"]),
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        secret, _, version = id.partition("|")
        if "versionStages" not in changed:
            return
        old, new = set(olds.get("versionStages") or []), set(news.get("versionStages") or [])
        holders = (
            aws.secretsmanager.describe_secret(SecretId=secret).get("VersionIdsToStages") or {}
        )
        for stage in sorted(new - old):
            holder = next((key for key, stages in holders.items() if stage in stages), None)
            moved = {"RemoveFromVersionId": holder} if holder else {}
            aws.secretsmanager.update_secret_version_stage(
                SecretId=secret, VersionStage=stage, MoveToVersionId=version, **moved
            )
        for stage in sorted(old - new - {CURRENT}):
            aws.secretsmanager.update_secret_version_stage(
                SecretId=secret, VersionStage=stage, RemoveFromVersionId=version
            )

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        """Take the labels away. The current value stays until the secret goes: AWS has it so."""
        secret, _, version = id.partition("|")
        known = _described(aws, secret) or {}
        stages = (known.get("VersionIdsToStages") or {}).get(version) or []
        for stage in sorted(set(stages) - {CURRENT}):
            remove(
                aws.secretsmanager.update_secret_version_stage,
                SecretId=secret,
                VersionStage=stage,
                RemoveFromVersionId=version,
            )


class SecretPolicy:
    """aws.secretsmanager.SecretPolicy."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        self._put(aws, inputs["secretArn"], inputs)
        return str(inputs["secretArn"])

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        if _described(aws, id) is None:
            return None
        answer = look(aws.secretsmanager.get_resource_policy, SecretId=id) or {}
        if not answer.get("ResourcePolicy"):
            return None
        return {"secretArn": answer["ARN"], "policy": answer["ResourcePolicy"]}

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if changed & {"policy", "blockPublicPolicy"}:
            self._put(aws, id, news)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        try:
            remove(aws.secretsmanager.delete_resource_policy, SecretId=id)
        except Exception as error:
            if not _scheduled(error):
                raise

    def _put(self, aws: Clients, id: str, inputs: Inputs) -> None:
        asked = given(inputs, {"blockPublicPolicy": "BlockPublicPolicy"})
        aws.secretsmanager.put_resource_policy(
            SecretId=id, ResourcePolicy=inputs["policy"], **asked
        )


HANDLERS: dict[str, Handler] = {
    "aws:secretsmanager/secret:Secret": Secret(),
    "aws:secretsmanager/secretVersion:SecretVersion": SecretVersion(),
    "aws:secretsmanager/secretPolicy:SecretPolicy": SecretPolicy(),
}
RULES: dict[str, TypeRule] = {
    "aws:secretsmanager/secret:Secret": TypeRule(
        defaults={"recoveryWindowInDays": 30},
        zeros={"forceOverwriteReplicaSecret": False},
        computed={"replicas"},
        replaces={"name", "namePrefix"},
        sets={"replicas"},
        same={"policy": same_policy, "kmsKeyId": same_key},
        validators=(between("recoveryWindowInDays", 7, 30, 0), json_text("policy")),
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": TypeRule(
        replaces={"secretId", "secretString", "secretBinary", "secretStringWoVersion"},
        sets={"versionStages"},
        secrets={"secretString", "secretBinary", "secretStringWo"},
        write_only={"secretStringWo"},
        validators=(conflicts("secretString", "secretBinary", "secretStringWo"),),
    ),
    "aws:secretsmanager/secretPolicy:SecretPolicy": TypeRule(
        replaces={"secretArn"},
        same={"policy": same_policy},
        validators=(json_text("policy"),),
    ),
}
