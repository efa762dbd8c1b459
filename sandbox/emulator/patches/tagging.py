"""Resource Groups Tagging API: types that moto leaves out, and AWS's names of types."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from moto.core.resource_tagging import TaggedResource
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

from sandbox.emulator.patches.patch import around
from sandbox.emulator.patches.shared import backend_in_use

AWS_NAMES = {
    "elasticache:replication-group": "elasticache:replicationgroup",
    "elasticache:cache_clusters": "elasticache:cluster",
    "elasticache:cache_subnet_groups": "elasticache:subnetgroup",
    "elasticache:snapshots": "elasticache:snapshot",
    "elasticache:users": "elasticache:user",
    "ec2:flow-logs": "ec2:vpc-flow-log",
    "logs:loggroup": "logs:log-group",
}
"""moto's name of a type -> the one that AWS takes as a filter (the type in the ARN)."""


@around(
    ResourceGroupsTaggingAPIBackend,
    "_get_resources_generator",
    "streams, endpoints, subnet and parameter groups are never returned; type filters have "
    "other names than AWS's",
)
def resources(
    original: Any,
    self: Any,
    tag_filters: Any = None,
    resource_type_filters: list[str] | None = None,
    resource_arn_list: list[str] | None = None,
) -> Iterator[TaggedResource]:
    from moto.core.resource_tagging import make_tag_matcher

    matches = make_tag_matcher(tag_filters)
    wanted = resource_type_filters or []
    for resource in chain(original(self), _left_out(self.account_id, self.region_name)):
        kind = AWS_NAMES.get(resource.resource_type, resource.resource_type)
        if wanted and not {kind, resource.resource_type, kind.split(":")[0]} & set(wanted):
            continue
        if not resource.tags or not matches(resource.tags):
            continue
        if resource_arn_list and resource.arn not in resource_arn_list:
            continue
        yield resource


def _left_out(account: str, region: str) -> Iterator[TaggedResource]:
    """The resources of our stack that moto's own enumeration does not know."""
    if kinesis := backend_in_use("kinesis", account, region):
        for stream in kinesis.streams.values():
            yield TaggedResource(stream.arn, dict(stream.tags), "kinesis:stream")
    if ec2 := backend_in_use("ec2", account, region):
        for endpoint in ec2.vpc_end_points.values():
            if endpoint.state != "deleted":
                arn = f"arn:aws:ec2:{region}:{account}:vpc-endpoint/{endpoint.id}"
                yield TaggedResource(
                    arn, _tags(endpoint.get_tags(), "key", "value"), "ec2:vpc-endpoint"
                )
    if rds := backend_in_use("rds", account, region):
        for kind, groups in (
            ("rds:subgrp", rds.subnet_groups),
            ("rds:cluster-pg", rds.db_cluster_parameter_groups),
            ("rds:pg", rds.db_parameter_groups),
        ):
            for group in groups.values():
                yield TaggedResource(group.arn, _tags(group.get_tags(), "Key", "Value"), kind)
    if elasticache := backend_in_use("elasticache", account, region):
        for kind in ("parameter_groups", "user_groups"):
            for group in getattr(elasticache, kind, {}).values():
                tags = elasticache.tagging_service.get_tag_dict_for_resource(group["ARN"])
                yield TaggedResource(
                    group["ARN"], tags, f"elasticache:{group['ARN'].split(':')[5]}"
                )


def _tags(tags: Any, key: str, value: str) -> dict[str, str]:
    return {tag[key]: tag[value] for tag in tags}
