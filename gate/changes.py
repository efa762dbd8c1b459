"""What a plan takes away: resources that hold data or keys are named before they go.

Named is also what nobody has listed: a type is let go in silence only where it is known to hold
nothing.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from typing import Any

from evidence import canonical
from evidence.model import Loss

from .events import DELETES, REPLACES, Planned

# Types whose loss cannot be undone by another `up`, and what is lost.
STATEFUL = {
    "aws:rds/cluster:Cluster": "the database and its automated backups",
    "aws:rds/clusterInstance:ClusterInstance": "the database's instance, and its connections",
    "aws:rds/globalCluster:GlobalCluster": "the global database",
    "aws:rds/instance:Instance": "the database",
    "aws:kms/key:Key": "the key, and with it everything it encrypts, after its window",
    "aws:kms/replicaKey:ReplicaKey": "the key's replica, and what it encrypts there",
    "aws:kms/externalKey:ExternalKey": "the key, and with it everything it encrypts",
    "aws:kinesis/stream:Stream": "the stream and the records in it",
    "aws:secretsmanager/secret:Secret": "the secret",
    "aws:secretsmanager/secretVersion:SecretVersion": "the secret's value",
    "aws:elasticache/replicationGroup:ReplicationGroup": "the cache",
    "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup": "the global cache",
    "aws:elasticache/cluster:Cluster": "the cache",
    "aws:elasticache/serverlessCache:ServerlessCache": "the cache",
    "aws:memorydb/cluster:Cluster": "the database in memory",
    "aws:cloudwatch/logGroup:LogGroup": "the log group and its log",
    "aws:cloudwatch/logStream:LogStream": "the log stream and its log",
    "aws:sqs/queue:Queue": "the queue and the messages in it",
    "aws:sns/topic:Topic": "the topic and its subscriptions",
    "aws:ec2/instance:Instance": "the machine and its disks",
    "random:index/randomPassword:RandomPassword": "the generated password",
    "random:index/randomBytes:RandomBytes": "the generated key",
}
# Types that are made again as they were: wiring, rules, permissions, names, watchers.
HOLD_NOTHING = (
    "aws:ec2/*",
    "aws:vpc/*",
    "aws:iam/*",
    "aws:appautoscaling/*",
    "aws:*/*Policy",
    "aws:*/*PolicyAttachment",
    "aws:*/*Association",
    "aws:*/*SubnetGroup",
    "aws:*/*ParameterGroup",
    "aws:*/*UserGroup",
    "aws:kms/alias:Alias",
    "aws:kms/grant:Grant",
    "aws:kinesis/streamConsumer:StreamConsumer",
    "aws:rds/clusterEndpoint:ClusterEndpoint",
    "aws:rds/eventSubscription:EventSubscription",
    "aws:rds/proxy*",
    "aws:elasticache/user:User",
    "aws:memorydb/user:User",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    "aws:cloudwatch/dashboard:Dashboard",
    "random:index/random*",
    "pulumi:*",
)
UNHEARD = "what it holds is not known here"


def what(kind: str) -> str:
    """What is lost with a resource of the type; empty where it is known to be nothing."""
    if kind in STATEFUL:
        return STATEFUL[kind]
    return "" if any(fnmatch.fnmatchcase(kind, p) for p in HOLD_NOTHING) else UNHEARD


def losses(resources: Iterable[Planned]) -> tuple[Loss, ...]:
    """The resources that the plan deletes or replaces and that hold something."""
    return tuple(
        Loss(r.urn, r.type, "replace" if replaced(r) else "delete", what(r.type))
        for r in resources
        if r.goes and r.custom and what(r.type)
    )


def replaced(resource: Planned) -> bool:
    """True when another one takes its place."""
    return any(op in REPLACES or op in DELETES - {"delete"} for op in resource.ops)


def of_state(resources: Iterable[Mapping[str, Any]]) -> tuple[Loss, ...]:
    """The same for a destroy, by the state's resources."""
    return tuple(
        Loss(r["urn"], r["type"], "delete", what(r["type"])) for r in resources if what(r["type"])
    )


def told(lost: Iterable[Loss]) -> list[str]:
    """One line for each loss."""
    return [
        f"{loss.urn.rsplit('::', 1)[-1]} ({loss.type}, {loss.op}): {loss.what}" for loss in lost
    ]


def digest(lost: Iterable[Loss]) -> str:
    """Over the named losses; an approval of some is none of others. Empty where there is none."""
    names = sorted([loss.op, loss.type, loss.urn] for loss in lost)
    return canonical.digest(names) if names else ""
