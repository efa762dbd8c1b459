"""IAM: roles, their inline policies and attachments; managed policies are in iam_policies.py."""

from __future__ import annotations

from typing import Any

from sandbox.providers.aws.services import iam_policies
from sandbox.providers.aws.services.iam_policies import policy_text
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
    made,
    tag_list,
    tag_map,
)
from sandbox.providers.validators import between, json_text, length


class Role:
    """aws.iam.Role."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        id = str(inputs["name"])
        asked = given(
            inputs,
            {
                "description": "Description",
                "maxSessionDuration": "MaxSessionDuration",
                "path": "Path",
                "permissionsBoundary": "PermissionsBoundary",
            },
        )
        aws.iam.create_role(
            RoleName=id,
            AssumeRolePolicyDocument=policy_text(inputs["assumeRolePolicy"]),
            **asked,
            **with_tags(inputs),
        )
        with made(id):
            self._inline(aws, id, [], inputs.get("inlinePolicies") or [])
            for arn in inputs.get("managedPolicyArns") or []:
                aws.iam.attach_role_policy(RoleName=id, PolicyArn=arn)
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        answer = look(aws.iam.get_role, RoleName=id)
        if answer is None:
            return None
        role = answer["Role"]
        names = aws.iam.list_role_policies(RoleName=id)["PolicyNames"]
        attached = aws.iam.list_attached_role_policies(RoleName=id)["AttachedPolicies"]
        return {
            "arn": role["Arn"],
            "assumeRolePolicy": policy_text(role["AssumeRolePolicyDocument"]),
            "createDate": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            "description": role.get("Description", ""),
            "inlinePolicies": [
                {
                    "name": name,
                    "policy": policy_text(
                        aws.iam.get_role_policy(RoleName=id, PolicyName=name)["PolicyDocument"]
                    ),
                }
                for name in sorted(names)
            ],
            "managedPolicyArns": sorted(item["PolicyArn"] for item in attached),
            "maxSessionDuration": role.get("MaxSessionDuration", 3600),
            "name": id,
            "namePrefix": "",
            "path": role["Path"],
            "permissionsBoundary": (role.get("PermissionsBoundary") or {}).get(
                "PermissionsBoundaryArn", ""
            ),
            "tagsAll": tag_map(aws.iam.list_role_tags(RoleName=id)["Tags"]),
            "uniqueId": role["RoleId"],
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if "assumeRolePolicy" in changed:
            aws.iam.update_assume_role_policy(
                RoleName=id, PolicyDocument=policy_text(news["assumeRolePolicy"])
            )
        if changed & {"description", "maxSessionDuration"}:
            aws.iam.update_role(
                RoleName=id,
                Description=news.get("description") or "",
                MaxSessionDuration=news.get("maxSessionDuration") or 3600,
            )
        if "permissionsBoundary" in changed:
            if news.get("permissionsBoundary"):
                aws.iam.put_role_permissions_boundary(
                    RoleName=id, PermissionsBoundary=news["permissionsBoundary"]
                )
            else:
                aws.iam.delete_role_permissions_boundary(RoleName=id)
        if "inlinePolicies" in changed:
            self._inline(
                aws, id, olds.get("inlinePolicies") or [], news.get("inlinePolicies") or []
            )
        if "managedPolicyArns" in changed:
            old, new = (
                set(olds.get("managedPolicyArns") or []),
                set(news.get("managedPolicyArns") or []),
            )
            for arn in sorted(old - new):
                remove(aws.iam.detach_role_policy, RoleName=id, PolicyArn=arn)
            for arn in sorted(new - old):
                aws.iam.attach_role_policy(RoleName=id, PolicyArn=arn)
        gone, written = tag_changes(olds, news, changed)
        if gone:
            aws.iam.untag_role(RoleName=id, TagKeys=gone)
        if written:
            aws.iam.tag_role(RoleName=id, Tags=tag_list(written))

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        """Delete what the role itself wrote, everything with forceDetachPolicies, then the role."""
        force = bool(state.get("forceDetachPolicies"))
        inline = {item["name"] for item in state.get("inlinePolicies") or []}
        managed = set(state.get("managedPolicyArns") or [])
        if force and look(aws.iam.get_role, RoleName=id):
            inline |= set(aws.iam.list_role_policies(RoleName=id)["PolicyNames"])
            attached = aws.iam.list_attached_role_policies(RoleName=id)["AttachedPolicies"]
            managed |= {item["PolicyArn"] for item in attached}
        for name in sorted(inline):
            remove(aws.iam.delete_role_policy, RoleName=id, PolicyName=name)
        for arn in sorted(managed):
            remove(aws.iam.detach_role_policy, RoleName=id, PolicyArn=arn)
        remove(aws.iam.delete_role, RoleName=id)

    def _inline(
        self, aws: Clients, id: str, old: list[dict[str, Any]], new: list[dict[str, Any]]
    ) -> None:
        for name in sorted({item["name"] for item in old} - {item["name"] for item in new}):
            remove(aws.iam.delete_role_policy, RoleName=id, PolicyName=name)
        for item in new:
            if item not in old and item.get("policy"):
                aws.iam.put_role_policy(
                    RoleName=id, PolicyName=item["name"], PolicyDocument=policy_text(item["policy"])
                )


class RolePolicy:
    """aws.iam.RolePolicy: an inline policy; its id is `<role>:<name>`."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        self._put(aws, inputs["role"], inputs["name"], inputs)
        return f"{inputs['role']}:{inputs['name']}"

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        role, _, name = id.partition(":")
        answer = look(aws.iam.get_role_policy, RoleName=role, PolicyName=name)
        if answer is None:
            return None
        return {
            "name": name,
            "namePrefix": "",
            "policy": policy_text(answer["PolicyDocument"]),
            "role": role,
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if "policy" in changed:
            role, _, name = id.partition(":")
            self._put(aws, role, name, news)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        role, _, name = id.partition(":")
        remove(aws.iam.delete_role_policy, RoleName=role, PolicyName=name)

    def _put(self, aws: Clients, role: str, name: str, inputs: Inputs) -> None:
        aws.iam.put_role_policy(
            RoleName=role, PolicyName=name, PolicyDocument=policy_text(inputs["policy"])
        )


class RolePolicyAttachment:
    """aws.iam.RolePolicyAttachment; its id is `<role>/<policy ARN>`."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        aws.iam.attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
        return f"{inputs['role']}/{inputs['policyArn']}"

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        role, _, arn = id.partition("/")
        answer = look(aws.iam.list_attached_role_policies, RoleName=role)
        if answer is None or all(item["PolicyArn"] != arn for item in answer["AttachedPolicies"]):
            return None
        return {"policyArn": arn, "role": role}

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        """Both properties replace."""

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        role, _, arn = id.partition("/")
        remove(aws.iam.detach_role_policy, RoleName=role, PolicyArn=arn)


HANDLERS: dict[str, Handler] = {
    **iam_policies.HANDLERS,
    "aws:iam/role:Role": Role(),
    "aws:iam/rolePolicy:RolePolicy": RolePolicy(),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": RolePolicyAttachment(),
}
RULES: dict[str, TypeRule] = {
    **iam_policies.RULES,
    "aws:iam/role:Role": TypeRule(
        auto_name=AutoName(max_length=64),
        defaults={"maxSessionDuration": 3600, "path": "/"},
        zeros={"forceDetachPolicies": False},
        replaces={"name", "namePrefix", "path"},
        sets={"inlinePolicies", "managedPolicyArns"},
        same={"assumeRolePolicy": same_policy, "inlinePolicies.policy": same_policy},
        validators=(
            json_text("assumeRolePolicy"),
            length("name", 1, 64),
            length("description", 0, 1000),
            between("maxSessionDuration", 3600, 43200),
            json_text("inlinePolicies.policy"),
        ),
    ),
    "aws:iam/rolePolicy:RolePolicy": TypeRule(
        auto_name=AutoName(max_length=128),
        replaces={"name", "namePrefix", "role"},
        same={"policy": same_policy},
        validators=(json_text("policy"),),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": TypeRule(replaces={"role", "policyArn"}),
}
