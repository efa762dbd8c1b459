"""What the ElastiCache handlers share: tags by ARN."""

from __future__ import annotations

from sandbox.providers.aws.services.shared import tag_changes
from sandbox.providers.framework import Clients, Inputs, Outputs, tag_list


def retag(aws: Clients, arn: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
    """Make the tags of an ElastiCache resource those of `news`."""
    gone, written = tag_changes(olds, news, changed)
    if gone:
        aws.elasticache.remove_tags_from_resource(ResourceName=arn, TagKeys=gone)
    if written:
        aws.elasticache.add_tags_to_resource(ResourceName=arn, Tags=tag_list(written))
