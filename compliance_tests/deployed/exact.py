"""The exact values of the requirements, written here a second time, away from the program.

Where a deviation of the register (compliance_tests/register/deviations.toml) allows another value,
it stands beside the required one. Production's own values are those of the profile table.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Exact:
    """What one stack is, to the letter."""

    region: str = "sa-east-1"  # REQ-REG-1
    vpc_cidr: str = "10.0.0.0/16"  # REQ-NET-1
    zones: int = 2
    public_cidrs: tuple[str, ...] = ("10.0.1.0/24", "10.0.2.0/24")  # REQ-NET-2
    private_cidrs: tuple[str, ...] = ("10.0.11.0/24", "10.0.12.0/24")
    database_port: int = 5432  # REQ-SG-1
    cache_port: int = 6379  # REQ-SG-2
    keys: tuple[str, ...] = ("kinesis", "rds", "secrets", "elasticache", "logs")  # REQ-KMS-1
    shards: int = 2  # REQ-KIN-1
    stream_hours: int = 24
    password_length: int = 32  # REQ-SEC-3
    engine: str = "aurora-postgresql"  # REQ-RDS-1
    engine_versions: tuple[str, ...] = ("15.4", "15.10")  # the second: deviation DEV-008
    min_capacity: float = 0.5
    max_capacity: float = 2.0
    backup_days: int = 30  # REQ-RDS-2
    instances: int = 2  # REQ-RDS-4
    deletion_protection: bool = False  # REQ-RDS-5
    redis_version: str = "7.0"  # REQ-RED-1
    redis_nodes: int = 2
    redis_class: str = "cache.t3.micro"
    snapshot_days: int = 5  # REQ-RED-4
    log_days: int = 7  # REQ-LOG-1
    audit_log_days: int = 7
    shard_metrics: frozenset[str] = frozenset(
        {"IncomingBytes", "IncomingRecords", "OutgoingBytes", "OutgoingRecords"}
    )
    tags: tuple[str, ...] = ("Environment", "Project", "ManagedBy", "Name")  # REQ-TAG-1


BASELINE = Exact()
PRODUCTION = replace(
    BASELINE,
    stream_hours=168,
    deletion_protection=True,
    audit_log_days=365,
    shard_metrics=BASELINE.shard_metrics
    | {
        "IteratorAgeMilliseconds",
        "ReadProvisionedThroughputExceeded",
        "WriteProvisionedThroughputExceeded",
    },
    tags=(*BASELINE.tags, "Owner", "DataClass"),
)


def exact(stack: str) -> Exact:
    """What the stack of this name must be."""
    return PRODUCTION if stack == "prod" else BASELINE
