"""ElastiCache: subnet groups and parameter groups."""

from __future__ import annotations

from typing import Any

from sandbox.providers.aws.services.elasticache_shared import retag
from sandbox.providers.aws.services.shared import look, with_tags
from sandbox.providers.framework import Clients, Handler, Inputs, Outputs, TypeRule, made, tag_map
from sandbox.providers.validators import length, matches

MANAGED = "Managed by Pulumi"
CHUNK = 20
"""AWS takes so many parameters in one call."""


def _same_name(old: Any, new: Any) -> bool:
    """AWS lower-cases the names of groups."""
    return str(old).lower() == str(new).lower()


def _tags(aws: Clients, arn: str) -> dict[str, str]:
    return tag_map(aws.elasticache.list_tags_for_resource(ResourceName=arn)["TagList"])


class SubnetGroup:
    """aws.elasticache.SubnetGroup."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        answer = aws.elasticache.create_cache_subnet_group(
            CacheSubnetGroupName=inputs["name"],
            CacheSubnetGroupDescription=inputs.get("description") or MANAGED,
            SubnetIds=inputs["subnetIds"],
            **with_tags(inputs),
        )
        return str(answer["CacheSubnetGroup"]["CacheSubnetGroupName"])

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        answer = look(aws.elasticache.describe_cache_subnet_groups, CacheSubnetGroupName=id)
        if answer is None or not answer["CacheSubnetGroups"]:
            return None
        group = answer["CacheSubnetGroups"][0]
        return {
            "arn": group["ARN"],
            "description": group["CacheSubnetGroupDescription"],
            "name": group["CacheSubnetGroupName"],
            "subnetIds": sorted(item["SubnetIdentifier"] for item in group["Subnets"]),
            "tagsAll": _tags(aws, group["ARN"]),
            "vpcId": group["VpcId"],
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if changed & {"subnetIds", "description"}:
            aws.elasticache.modify_cache_subnet_group(
                CacheSubnetGroupName=id,
                CacheSubnetGroupDescription=news.get("description") or MANAGED,
                SubnetIds=news["subnetIds"],
            )
        retag(aws, olds["arn"], olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        look(aws.elasticache.delete_cache_subnet_group, CacheSubnetGroupName=id)


class ParameterGroup:
    """aws.elasticache.ParameterGroup."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        answer = aws.elasticache.create_cache_parameter_group(
            CacheParameterGroupName=inputs["name"],
            CacheParameterGroupFamily=inputs["family"],
            Description=inputs.get("description") or MANAGED,
            **with_tags(inputs),
        )
        id = str(answer["CacheParameterGroup"]["CacheParameterGroupName"])
        with made(id):
            self._call(
                aws.elasticache.modify_cache_parameter_group, id, inputs.get("parameters") or []
            )
        return id

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        answer = look(aws.elasticache.describe_cache_parameter_groups, CacheParameterGroupName=id)
        if answer is None or not answer["CacheParameterGroups"]:
            return None
        group = answer["CacheParameterGroups"][0]
        pages = aws.elasticache.get_paginator("describe_cache_parameters").paginate(
            CacheParameterGroupName=id, Source="user"
        )
        return {
            "arn": group["ARN"],
            "description": group["Description"],
            "family": group["CacheParameterGroupFamily"],
            "name": group["CacheParameterGroupName"],
            "parameters": [
                {"name": row["ParameterName"], "value": row["ParameterValue"]}
                for page in pages
                for row in page["Parameters"]
            ],
            "tagsAll": _tags(aws, group["ARN"]),
        }

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        if "parameters" in changed:
            old = {item["name"]: item for item in olds.get("parameters") or []}
            new = {item["name"]: item for item in news.get("parameters") or []}
            gone = [item for name, item in old.items() if name not in new]
            self._call(aws.elasticache.reset_cache_parameter_group, id, gone)
            written = [item for name, item in new.items() if item != old.get(name)]
            self._call(aws.elasticache.modify_cache_parameter_group, id, written)
        retag(aws, olds["arn"], olds, news, changed)

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        look(aws.elasticache.delete_cache_parameter_group, CacheParameterGroupName=id)

    def _call(self, call: Any, id: str, parameters: list[dict[str, Any]]) -> None:
        for start in range(0, len(parameters), CHUNK):
            asked = [
                {"ParameterName": item["name"], "ParameterValue": str(item["value"])}
                for item in parameters[start : start + CHUNK]
            ]
            call(CacheParameterGroupName=id, ParameterNameValues=asked)


HANDLERS: dict[str, Handler] = {
    "aws:elasticache/subnetGroup:SubnetGroup": SubnetGroup(),
    "aws:elasticache/parameterGroup:ParameterGroup": ParameterGroup(),
}
RULES: dict[str, TypeRule] = {
    "aws:elasticache/subnetGroup:SubnetGroup": TypeRule(
        defaults={"description": MANAGED},
        replaces={"name"},
        sets={"subnetIds"},
        same={"name": _same_name},
        validators=(length("name", 1, 255),),
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": TypeRule(
        defaults={"description": MANAGED},
        replaces={"name", "family", "description"},
        sets={"parameters"},
        same={"name": _same_name},
        validators=(
            matches(
                "name",
                r"(?!.*--)[A-Za-z][0-9A-Za-z-]{0,254}(?<!-)",
                '"{name}" must have letters, digits and hyphens and begin with a letter',
            ),
        ),
    ),
}
