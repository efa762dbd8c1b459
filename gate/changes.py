"""What a plan takes away: resources that hold data or keys are named before they go."""

from __future__ import annotations

from collections.abc import Iterable

from .events import Planned

# Types whose loss cannot be undone by another `up`.
STATEFUL = {
    "aws:rds/cluster:Cluster": "the database and its automated backups",
    "aws:rds/instance:Instance": "the database",
    "aws:kms/key:Key": "the key, and with it everything it encrypts, after its window",
    "aws:kinesis/stream:Stream": "the stream and the records in it",
    "aws:secretsmanager/secret:Secret": "the secret",
    "aws:elasticache/replicationGroup:ReplicationGroup": "the cache",
    "aws:cloudwatch/logGroup:LogGroup": "the log group and its log",
    "random:index/randomPassword:RandomPassword": "the generated password",
}


def losses(resources: Iterable[Planned]) -> list[tuple[Planned, str]]:
    """The stateful resources that the plan deletes or replaces, with what is lost."""
    return [(r, STATEFUL[r.type]) for r in resources if r.goes and r.type in STATEFUL]


def told(resources: Iterable[Planned]) -> list[str]:
    """One line for each loss."""
    return [f"{r.name} ({r.type}): {what}" for r, what in losses(resources)]
