"""ElastiCache: subnet groups and parameter groups."""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult, EmptyResult, PaginatedResult
from moto.elasticache.exceptions import ElastiCacheException, InvalidARNFault
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

from sandbox.emulator.patches.patch import adds, around
from sandbox.emulator.patches.shared import backend

FAMILIES = ("redis5.0", "redis6.x", "redis7", "valkey7", "valkey8")
PARAMETERS: dict[str, tuple[str, str, str, bool]] = {
    "activedefrag": ("no", "string", "yes,no", True),
    "activerehashing": ("yes", "string", "yes,no", True),
    "appendonly": ("no", "string", "yes,no", False),
    "client-output-buffer-limit-normal-hard-limit": ("0", "integer", "0-", True),
    "close-on-replica-write": ("yes", "string", "yes,no", True),
    "cluster-allow-reads-when-down": ("no", "string", "yes,no", True),
    "cluster-enabled": ("no", "string", "yes,no", True),
    "databases": ("16", "integer", "1-1200000", True),
    "hash-max-listpack-entries": ("512", "integer", "0-", True),
    "lazyfree-lazy-eviction": ("no", "string", "yes,no", True),
    "lazyfree-lazy-expire": ("no", "string", "yes,no", True),
    "maxmemory-policy": (
        "volatile-lru",
        "string",
        "volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction",
        True,
    ),
    "maxmemory-samples": ("3", "integer", "1-", True),
    "notify-keyspace-events": ("", "string", "", True),
    "reserved-memory-percent": ("25", "integer", "0-100", True),
    "slowlog-log-slower-than": ("10000", "integer", "-1-", True),
    "slowlog-max-len": ("128", "integer", "0-", True),
    "tcp-keepalive": ("300", "integer", "0-", True),
    "timeout": ("0", "integer", "0,20-", True),
}
"""The parameters that are in use: name -> (default, type, allowed values, may be changed)."""


def _groups(cache: Any) -> dict[str, dict[str, Any]]:
    """The parameter groups that users made: name -> what AWS shows, and `values`, not shown."""
    groups: dict[str, dict[str, Any]] = vars(cache).setdefault("parameter_groups", {})
    return groups


def parameter_group(cache: Any, name: str) -> dict[str, Any]:
    """A parameter group by its name, AWS's defaults included."""
    if name.startswith("default."):
        family = name.removeprefix("default.").removesuffix(".cluster.on")
        if family in FAMILIES:
            arn = (
                f"arn:aws:elasticache:{cache.region_name}:{cache.account_id}:parametergroup:{name}"
            )
            description = f"Default parameter group for {family}"
            return _shape(name, family, description, arn) | {"values": {}}
    if name.lower() not in _groups(cache):
        raise ElastiCacheException(
            "CacheParameterGroupNotFound", f"CacheParameterGroup {name} not found."
        )
    return _groups(cache)[name.lower()]


def _shape(name: str, family: str, description: str, arn: str) -> dict[str, Any]:
    return {
        "CacheParameterGroupName": name,
        "CacheParameterGroupFamily": family,
        "Description": description,
        "IsGlobal": False,
        "ARN": arn,
    }


def _shown(group: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in group.items() if key != "values"}


@adds(ElastiCacheResponse, "create_cache_parameter_group", "CreateCacheParameterGroup is not there")
def create_cache_parameter_group(self: Any) -> ActionResult:
    cache, name = self.elasticache_backend, str(self._get_param("CacheParameterGroupName")).lower()
    family = str(self._get_param("CacheParameterGroupFamily"))
    if name in _groups(cache):
        raise ElastiCacheException(
            "CacheParameterGroupAlreadyExists", f"CacheParameterGroup {name} already exists."
        )
    if family not in FAMILIES:
        raise ElastiCacheException(
            "InvalidParameterValue", f"CacheParameterGroupFamily {family} is not valid."
        )
    arn = f"arn:aws:elasticache:{cache.region_name}:{cache.account_id}:parametergroup:{name}"
    _groups(cache)[name] = _shape(name, family, str(self._get_param("Description")), arn) | {
        "values": {}
    }
    if tags := self._get_param("Tags"):
        cache.tagging_service.tag_resource(arn, tags)
    return ActionResult({"CacheParameterGroup": _shown(_groups(cache)[name])})


@adds(
    ElastiCacheResponse,
    "describe_cache_parameter_groups",
    "DescribeCacheParameterGroups is not there",
)
def describe_cache_parameter_groups(self: Any) -> ActionResult:
    cache, name = self.elasticache_backend, self._get_param("CacheParameterGroupName")
    found = [parameter_group(cache, name)] if name else list(_groups(cache).values())
    return PaginatedResult({"CacheParameterGroups": [_shown(group) for group in found]})


@adds(ElastiCacheResponse, "modify_cache_parameter_group", "ModifyCacheParameterGroup is not there")
def modify_cache_parameter_group(self: Any) -> ActionResult:
    group = parameter_group(self.elasticache_backend, self._get_param("CacheParameterGroupName"))
    if group["CacheParameterGroupName"].startswith("default."):
        raise ElastiCacheException(
            "InvalidCacheParameterGroupState", "Default parameter groups cannot be modified."
        )
    changes = {
        parameter["ParameterName"]: str(parameter.get("ParameterValue", ""))
        for parameter in self._get_param("ParameterNameValues") or []
    }
    for name, value in changes.items():
        _check_parameter(name, value)
    group["values"].update(changes)
    return ActionResult({"CacheParameterGroupName": group["CacheParameterGroupName"]})


def _check_parameter(name: str, value: str) -> None:
    if name not in PARAMETERS:
        raise ElastiCacheException(
            "InvalidParameterValue", f"The parameter {name} cannot be found."
        )
    _, kind, allowed, changeable = PARAMETERS[name]
    if not changeable:
        raise ElastiCacheException(
            "InvalidParameterValue", f"The parameter {name} is not modifiable."
        )
    wrong = value not in allowed.split(",") if kind == "string" and allowed else False
    if wrong or (kind == "integer" and not re.fullmatch(r"-?[0-9]+", value)):
        raise ElastiCacheException(
            "InvalidParameterValue",
            f"The value {value} of parameter {name} is not valid; allowed: {allowed}",
        )


@adds(ElastiCacheResponse, "reset_cache_parameter_group", "ResetCacheParameterGroup is not there")
def reset_cache_parameter_group(self: Any) -> ActionResult:
    group = parameter_group(self.elasticache_backend, self._get_param("CacheParameterGroupName"))
    if self._get_bool_param("ResetAllParameters"):
        group["values"].clear()
    for parameter in self._get_param("ParameterNameValues") or []:
        group["values"].pop(parameter["ParameterName"], None)
    return ActionResult({"CacheParameterGroupName": group["CacheParameterGroupName"]})


@adds(ElastiCacheResponse, "delete_cache_parameter_group", "DeleteCacheParameterGroup is not there")
def delete_cache_parameter_group(self: Any) -> EmptyResult:
    cache = self.elasticache_backend
    group = parameter_group(cache, self._get_param("CacheParameterGroupName"))
    name = group["CacheParameterGroupName"]
    if any(user.cache_parameter_group_name == name for user in cache.replication_groups.values()):
        raise ElastiCacheException(
            "InvalidCacheParameterGroupState",
            f"Cache parameter group {name} is in use and cannot be deleted.",
        )
    del _groups(cache)[name]
    cache.tagging_service.delete_all_tags_for_resource(group["ARN"])
    return EmptyResult()


@adds(ElastiCacheResponse, "describe_cache_parameters", "DescribeCacheParameters is not there")
def describe_cache_parameters(self: Any) -> ActionResult:
    group = parameter_group(self.elasticache_backend, self._get_param("CacheParameterGroupName"))
    source, found = self._get_param("Source"), []
    for name, (default, kind, allowed, changeable) in PARAMETERS.items():
        parameter = {
            "ParameterName": name,
            "ParameterValue": group["values"].get(name, default),
            "Source": "user" if name in group["values"] else "system",
            "DataType": kind,
            "AllowedValues": allowed,
            "IsModifiable": changeable,
            "ChangeType": "immediate",
            "MinimumEngineVersion": "5.0.0",
        }
        if source in (None, parameter["Source"]):
            found.append(parameter)
    return PaginatedResult({"Parameters": found})


@adds(ElastiCacheResponse, "delete_cache_subnet_group", "DeleteCacheSubnetGroup is not there")
def delete_cache_subnet_group(self: Any) -> EmptyResult:
    cache, name = self.elasticache_backend, str(self._get_param("CacheSubnetGroupName")).lower()
    group = cache.describe_cache_subnet_groups(name)[0]
    used = [*cache.replication_groups.values(), *cache.cache_clusters.values()]
    if any(user.cache_subnet_group_name == name for user in used):
        raise ElastiCacheException(
            "CacheSubnetGroupInUse", f"Cache subnet group {name} is currently in use."
        )
    del cache.cache_subnet_groups[name]
    cache.tagging_service.delete_all_tags_for_resource(group.arn)
    return EmptyResult()


@adds(ElastiCacheResponse, "modify_cache_subnet_group", "ModifyCacheSubnetGroup is not there")
def modify_cache_subnet_group(self: Any) -> ActionResult:
    cache, name = self.elasticache_backend, str(self._get_param("CacheSubnetGroupName")).lower()
    group = cache.describe_cache_subnet_groups(name)[0]
    subnet_ids = self._get_param("SubnetIds") or group.subnet_ids
    description = self._get_param("CacheSubnetGroupDescription")
    group.__init__(
        cache.account_id,
        cache.region_name,
        name,
        description or group.cache_subnet_group_description,
        subnet_ids,
        None,
    )
    return ActionResult({"CacheSubnetGroup": group})


@around(
    ElastiCacheBackend,
    "create_cache_subnet_group",
    "names keep their case; unknown subnets make a group up",
)
def create_cache_subnet_group(original: Any, self: Any, **values: Any) -> Any:
    ec2 = backend("ec2", self.account_id, self.region_name)
    for subnet_id in values["subnet_ids"]:
        ec2.get_subnet(subnet_id)
    return original(
        self, **{**values, "cache_subnet_group_name": values["cache_subnet_group_name"].lower()}
    )


@around(ElastiCacheBackend, "describe_cache_subnet_groups", "names are case-sensitive")
def describe_cache_subnet_groups(
    original: Any, self: Any, cache_subnet_group_name: Any = None
) -> Any:
    return original(self, cache_subnet_group_name.lower() if cache_subnet_group_name else None)


@adds(
    ElastiCacheBackend,
    "list_tags_for_resource",
    "tags of parameter groups and user groups cannot be read",
)
def list_tags_for_resource(self: Any, arn: str) -> Any:
    if not re.match(r"arn:aws:elasticache:[^:]*:[0-9]*:[a-z]+:.", arn):
        raise InvalidARNFault(arn)
    return self.tagging_service.list_tags_for_resource(arn)
