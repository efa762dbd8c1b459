"""IAM: managed policies."""

from __future__ import annotations

import json
from typing import Any

from sandbox.providers.aws.services.shared import (
    given,
    look,
    remove,
    same_policy,
    tag_changes,
    with_tags,
)
from sandbox.providers.framework import (
    AutoName,
    Clients,
    Handler,
    Inputs,
    Outputs,
    TypeRule,
    tag_list,
    tag_map,
)
from sandbox.providers.validators import json_text

VERSIONS_KEPT = 5
"""AWS keeps so many versions of a managed policy; the oldest must go before another is made."""


def policy_text(document: Any) -> str:
    """A policy as IAM gives it back: with sorted keys."""
    return (
        document
        if isinstance(document, str)
        else json.dumps(document, sort_keys=True, separators=(",", ":"))
    )


class Policy:
    """aws.iam.Policy."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        asked = given(inputs, {"description": "Description", "path": "Path"})
        answer = aws.iam.create_policy(
            PolicyName=inputs["name"],
            PolicyDocument=policy_text(inputs["policy"]),
            **asked,
            **with_tags(inputs),
        )
        return str(answer["Policy"]["Arn"])

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        answer = look(aws.iam.get_policy, PolicyArn=id)
        if answer is None:
            return None
        policy = answer["Policy"]
        version = aws.iam.get_policy_version(PolicyArn=id, VersionId=policy["DefaultVersionId"])[
            "PolicyVersion"
        ]
        return {
            "arn": policy["Arn"],
            "attachmentCount": policy.get("AttachmentCount", 0),
            "description": policy.get("Description") or "",
            "name": policy["PolicyName"],
            "namePrefix": "",
            "path": policy["Path"],
            "policy": policy_text(version["Document"]),
            "policyId": policy["PolicyId"],
            "tagsAll": tag_map(aws.iam.list_policy_tags(PolicyArn=id)["Tags"]),
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if "policy" in changed:
            versions = aws.iam.list_policy_versions(PolicyArn=id)["Versions"]
            spare = sorted(
                (item for item in versions if not item["IsDefaultVersion"]),
                key=lambda item: item["CreateDate"],
            )
            if len(versions) >= VERSIONS_KEPT:
                aws.iam.delete_policy_version(PolicyArn=id, VersionId=spare[0]["VersionId"])
            aws.iam.create_policy_version(
                PolicyArn=id, PolicyDocument=policy_text(news["policy"]), SetAsDefault=True
            )
        gone, written = tag_changes(olds, news, changed)
        if gone:
            aws.iam.untag_policy(PolicyArn=id, TagKeys=gone)
        if written:
            aws.iam.tag_policy(PolicyArn=id, Tags=tag_list(written))

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        answer = look(aws.iam.list_policy_versions, PolicyArn=id)
        for version in (answer or {}).get("Versions", []):
            if not version["IsDefaultVersion"]:
                remove(aws.iam.delete_policy_version, PolicyArn=id, VersionId=version["VersionId"])
        remove(aws.iam.delete_policy, PolicyArn=id)


HANDLERS: dict[str, Handler] = {
    "aws:iam/policy:Policy": Policy(),
}
RULES: dict[str, TypeRule] = {
    "aws:iam/policy:Policy": TypeRule(
        auto_name=AutoName(max_length=128),
        defaults={"path": "/"},
        replaces={"name", "namePrefix", "path", "description"},
        same={"policy": same_policy},
        validators=(json_text("policy"),),
    ),
}
