"""Names and tags: a table of every physical name, with the length that AWS allows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple


class NameRule(NamedTuple):
    """A physical name without its suffix.

    Attributes:
        stem: what stands before `-{suffix}`.
        limit: characters AWS allows the whole name.
        what: what is named, for messages.
    """

    stem: str
    limit: int
    what: str


NAMES: Mapping[str, NameRule] = MappingProxyType(
    {
        "stream": NameRule("sensor-data-stream", 128, "Kinesis stream"),
        "database_secret": NameRule("db-master-password", 512, "secret"),
        "cache_secret": NameRule("redis-auth-token", 512, "secret"),
        "cluster": NameRule("aurora-cluster", 63, "Aurora cluster"),
        "instance": NameRule("aurora-instance-1", 63, "Aurora instance"),
        "final_snapshot": NameRule("aurora-cluster-final-1a2b3c", 255, "cluster snapshot"),
        "database_subnets": NameRule("aurora-subnets", 255, "RDS subnet group"),
        "cluster_parameters": NameRule("aurora-postgresql15", 255, "cluster parameter group"),
        "cache": NameRule("redis", 40, "replication group"),
        "cache_final_snapshot": NameRule("redis-final-1a2b3c", 255, "cache snapshot"),
        "cache_subnets": NameRule("redis-subnets", 255, "ElastiCache subnet group"),
        "database_group": NameRule("aurora-access", 255, "security group"),
        "cache_group": NameRule("redis-access", 255, "security group"),
        "endpoint_group": NameRule("endpoint-access", 255, "security group"),
        "key_alias": NameRule("alias/elasticache", 256, "key alias"),
        "stream_logs": NameRule("/aws/kinesis/sensor-data-stream", 512, "log group"),
        "cluster_logs": NameRule("/aws/rds/cluster/aurora-cluster", 501, "log group"),
        "flow_logs": NameRule("/aws/vpc/flow-logs", 512, "log group"),
        "flow_log_role": NameRule("vpc-flow-logs", 64, "IAM role"),
        "flow_log_policy": NameRule("write-flow-logs", 128, "role policy"),
    }
)


def longest_suffix() -> tuple[int, NameRule]:
    """The most characters a suffix may have, and the name that sets the limit."""
    rule = min(NAMES.values(), key=lambda each: each.limit - len(each.stem))
    return rule.limit - len(rule.stem) - 1, rule


@dataclass(frozen=True)
class Scope:
    """Where the stack lives and what all its resources carry.

    Attributes:
        suffix: the tail of every name.
        project: value of the tag Project.
        region: AWS region.
        account: 12-digit AWS account id.
        extra_tags: tags beyond the four that every resource has.
    """

    suffix: str
    project: str
    region: str
    account: str
    extra_tags: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def name(self, stem: str) -> str:
        """A name that ends in `-{suffix}`."""
        return f"{stem}-{self.suffix}"

    def physical(self, key: str) -> str:
        """The physical name of an entry of `NAMES`."""
        return self.name(NAMES[key].stem)

    def tags(self, name: str) -> dict[str, str]:
        """The tags of the resource called `name`."""
        return {
            **self.extra_tags,
            "Environment": self.suffix,
            "Project": self.project,
            "ManagedBy": "pulumi",
            "Name": name,
        }

    def arn(self, service: str, resource: str) -> str:
        """An ARN of this account and region, known before the resource exists."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"
