"""Aurora clusters and database instances keep automated backups for 30 days or more."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Item,
    NotASubject,
    Resource,
    Settings,
    Severity,
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._numbers import least

MIN_DAYS = 30
CLUSTER, INSTANCE = "aws:rds/cluster:Cluster", "aws:rds/instance:Instance"


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if resource.type == INSTANCE and props.declared("replicateSourceDb"):
        raise NotASubject("a replica has the backups of its source")
    wanted = least(settings, "minimumDays", MIN_DAYS)
    if (days := props.number("backupRetentionPeriod", absent=1.0)) is None or days < wanted:
        shown = props.show("backupRetentionPeriod")
        yield Finding(
            f"backupRetentionPeriod is {shown}, but backups must be kept for {wanted} days or more",
            property="backupRetentionPeriod",
        )


def cluster(**props: object) -> Item:
    return Item(CLUSTER, "aurora", props)  # type: ignore[arg-type]


CONTROL = Control(
    id="aurora-backups",
    title="Aurora keeps backups for 30 days",
    statement="Each Aurora cluster and RDS instance must keep automated backups for at least "
    "30 days.",
    rationale="A corruption found weeks later can only be undone from a backup made before it; "
    "AWS keeps one day when nothing is said.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=(CLUSTER, INSTANCE),
    properties=("backupRetentionPeriod",),
    remediation="backup_retention_period=30",
    levels=MANDATORY,
    config_schema={"minimumDays": {"type": "integer", "minimum": MIN_DAYS, "maximum": 35}},
    check=check,
    scenarios=lambda: (
        accepts("exactly 30 days", cluster(backupRetentionPeriod=30.0)),
        accepts("35 days, the most AWS keeps", cluster(backupRetentionPeriod=35.0)),
        accepts("30 as a text", cluster(backupRetentionPeriod="30")),
        refuses("29 days", cluster(backupRetentionPeriod=29.0), says="is 29"),
        refuses("left to the AWS default of one day", cluster(), says="is absent"),
        refuses("zero", cluster(backupRetentionPeriod=0.0), says="is 0"),
        refuses("a wrong type", cluster(backupRetentionPeriod=True), says="must be a number"),
        refuses(
            "an instance with 7 days",
            Item(INSTANCE, "db", {"backupRetentionPeriod": 7.0}),
            says="is 7",
        ),
        undecided("days from an output", cluster(backupRetentionPeriod=UNKNOWN)),
        ignores("a replica", Item(INSTANCE, "replica", {"replicateSourceDb": "db"})),
    ),
)
