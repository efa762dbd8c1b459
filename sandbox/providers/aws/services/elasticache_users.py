"""ElastiCache: users and user groups (role-based access)."""

from __future__ import annotations

from typing import Any

from sandbox.providers.aws.services.elasticache_shared import retag
from sandbox.providers.aws.services.shared import given, look, wait, with_tags
from sandbox.providers.framework import Clients, Handler, Inputs, Outputs, TypeRule, tag_map
from sandbox.providers.validators import one_of


def _tags(aws: Clients, arn: str) -> dict[str, str]:
    return tag_map(aws.elasticache.list_tags_for_resource(ResourceName=arn)["TagList"])


def _access(inputs: Inputs) -> dict[str, Any]:
    """How a user proves who it is, as AWS takes it."""
    asked = given(inputs, {"accessString": "AccessString", "engine": "Engine"})
    if mode := inputs.get("authenticationMode"):
        asked["AuthenticationMode"] = given(mode, {"type": "Type", "passwords": "Passwords"})
    elif inputs.get("passwords"):
        asked["Passwords"] = inputs["passwords"]
    elif inputs.get("noPasswordRequired") is not None:
        asked["NoPasswordRequired"] = bool(inputs["noPasswordRequired"])
    return asked


class User:
    """aws.elasticache.User."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        answer = aws.elasticache.create_user(
            UserId=inputs["userId"],
            UserName=inputs["userName"],
            **_access(inputs),
            **with_tags(inputs),
        )
        return str(answer["UserId"])

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        answer = look(aws.elasticache.describe_users, UserId=id)
        if answer is None or not answer["Users"] or answer["Users"][0]["Status"] == "deleting":
            return None
        user = answer["Users"][0]
        authentication = user.get("Authentication") or {}
        outputs: Outputs = {
            "accessString": user["AccessString"],
            "arn": user["ARN"],
            "engine": user["Engine"],
            "tagsAll": _tags(aws, user["ARN"]),
            "userId": user["UserId"],
            "userName": user["UserName"],
        }
        if "authenticationMode" not in inputs:
            outputs["authenticationMode"] = {
                "passwordCount": authentication.get("PasswordCount") or 0,
                "type": authentication.get("Type"),
            }
        return outputs

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if changed - {"tagsAll"}:
            aws.elasticache.modify_user(UserId=id, **_access(news))
        retag(aws, olds["arn"], olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        look(aws.elasticache.delete_user, UserId=id)
        wait(
            f"user {id} is still being deleted",
            lambda: look(aws.elasticache.describe_users, UserId=id) is None,
        )


class UserGroup:
    """aws.elasticache.UserGroup."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        answer = aws.elasticache.create_user_group(
            UserGroupId=inputs["userGroupId"],
            Engine=inputs["engine"],
            UserIds=inputs.get("userIds") or [],
            **with_tags(inputs),
        )
        return str(answer["UserGroupId"])

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        answer = look(aws.elasticache.describe_user_groups, UserGroupId=id)
        if answer is None or not answer["UserGroups"]:
            return None
        group = answer["UserGroups"][0]
        return {
            "arn": group["ARN"],
            "engine": group["Engine"],
            "tagsAll": _tags(aws, group["ARN"]),
            "userGroupId": group["UserGroupId"],
            "userIds": sorted(group.get("UserIds") or []),
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if "userIds" in changed:
            old, new = set(olds.get("userIds") or []), set(news.get("userIds") or [])
            both = (("UserIdsToAdd", sorted(new - old)), ("UserIdsToRemove", sorted(old - new)))
            aws.elasticache.modify_user_group(
                UserGroupId=id, **{key: ids for key, ids in both if ids}
            )
        retag(aws, olds["arn"], olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        look(aws.elasticache.delete_user_group, UserGroupId=id)


def _same(old: Any, new: Any) -> bool:
    return str(old).lower() == str(new).lower()


HANDLERS: dict[str, Handler] = {
    "aws:elasticache/user:User": User(),
    "aws:elasticache/userGroup:UserGroup": UserGroup(),
}
RULES: dict[str, TypeRule] = {
    "aws:elasticache/user:User": TypeRule(
        auto_name=None,
        zeros={"noPasswordRequired": False},
        replaces={"userId", "userName"},
        sets={"passwords", "authenticationMode.passwords"},
        secrets={"passwords", "passwordsWo"},
        same={"engine": _same},
        validators=(one_of("authenticationMode.type", "password", "no-password-required", "iam"),),
    ),
    "aws:elasticache/userGroup:UserGroup": TypeRule(
        auto_name=None,
        replaces={"userGroupId", "engine"},
        sets={"userIds"},
        same={"engine": _same},
    ),
}
