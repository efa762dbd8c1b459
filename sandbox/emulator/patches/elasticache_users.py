"""ElastiCache: users and user groups."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, PaginatedResult
from moto.elasticache.exceptions import ElastiCacheException, UserNotFound
from moto.elasticache.responses import ElastiCacheResponse

from sandbox.emulator.patches.patch import adds


def _user_groups(cache: Any) -> dict[str, dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = vars(cache).setdefault("user_groups", {})
    return groups


def user_group(cache: Any, name: str) -> dict[str, Any]:
    """A user group by its id."""
    if name not in _user_groups(cache):
        raise ElastiCacheException("UserGroupNotFound", f"User group {name} not found.")
    return _user_groups(cache)[name]


def _check_users(cache: Any, user_ids: list[str]) -> None:
    for user_id in user_ids:
        if user_id not in cache.users:
            raise UserNotFound(user_id)
    if not any(cache.users[user_id].name == "default" for user_id in user_ids):
        raise ElastiCacheException(
            "DefaultUserRequired", "A user with the name default must be in the user group."
        )


@adds(ElastiCacheResponse, "create_user_group", "CreateUserGroup is not there")
def create_user_group(self: Any) -> ActionResult:
    cache, name = self.elasticache_backend, str(self._get_param("UserGroupId")).lower()
    if name in _user_groups(cache):
        raise ElastiCacheException("UserGroupAlreadyExists", f"User group {name} already exists.")
    user_ids = list(self._get_param("UserIds") or [])
    _check_users(cache, user_ids)
    arn = f"arn:aws:elasticache:{cache.region_name}:{cache.account_id}:usergroup:{name}"
    group = {
        "UserGroupId": name,
        "Status": "active",
        "Engine": str(self._get_param("Engine")).lower(),
    }
    _user_groups(cache)[name] = group | {"UserIds": user_ids, "ARN": arn}
    if tags := self._get_param("Tags"):
        cache.tagging_service.tag_resource(arn, tags)
    return ActionResult(_user_groups(cache)[name])


@adds(ElastiCacheResponse, "describe_user_groups", "DescribeUserGroups is not there")
def describe_user_groups(self: Any) -> ActionResult:
    cache, name = self.elasticache_backend, self._get_param("UserGroupId")
    return PaginatedResult(
        {"UserGroups": [user_group(cache, name)] if name else list(_user_groups(cache).values())}
    )


@adds(ElastiCacheResponse, "modify_user_group", "ModifyUserGroup is not there")
def modify_user_group(self: Any) -> ActionResult:
    group = user_group(self.elasticache_backend, self._get_param("UserGroupId"))
    added, removed = self._get_param("UserIdsToAdd") or [], self._get_param("UserIdsToRemove") or []
    user_ids = [name for name in group["UserIds"] if name not in removed] + list(added)
    _check_users(self.elasticache_backend, user_ids)
    group["UserIds"] = user_ids
    return ActionResult(group)


@adds(ElastiCacheResponse, "delete_user_group", "DeleteUserGroup is not there")
def delete_user_group(self: Any) -> ActionResult:
    group = user_group(self.elasticache_backend, self._get_param("UserGroupId"))
    return ActionResult(_user_groups(self.elasticache_backend).pop(group["UserGroupId"]))


@adds(ElastiCacheResponse, "modify_user", "ModifyUser is not there")
def modify_user(self: Any) -> ActionResult:
    user = self.elasticache_backend.describe_users(self._get_param("UserId"))[0]
    if access := self._get_param("AccessString"):
        user.access_string = access
    mode = self._get_param("AuthenticationMode") or {}
    if passwords := self._get_param("Passwords") or mode.get("Passwords"):
        user.passwords, user.no_password_required, user.authentication_type = (
            passwords,
            False,
            "password",
        )
    elif mode.get("Type"):
        user.authentication_type, user.passwords = mode["Type"], []
    if self._get_bool_param("NoPasswordRequired"):
        user.passwords, user.no_password_required, user.authentication_type = (
            [],
            True,
            "no-password-required",
        )
    return ActionResult(user)
