"""Databases are protected from deletion."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    UNKNOWN,
    Control,
    Finding,
    Item,
    Level,
    Resource,
    Settings,
    Severity,
    accepts,
    refuses,
    undecided,
)

from ._stores import RDS_CLUSTER, RDS_GLOBAL_CLUSTER, RDS_INSTANCE

KEY = "deletionProtection"


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    if not resource.props.flag(KEY, absent=False):
        yield Finding(
            f"{KEY} is {resource.props.show(KEY)}, but a production database must be protected",
            property=KEY,
        )


CONTROL = Control(
    id="aurora-deletion-protection",
    title="Databases are protected from deletion",
    statement="Each production Aurora cluster, global cluster and RDS instance must have deletion "
    "protection on.",
    rationale="One wrong command must not be able to remove the database.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(RDS_CLUSTER, RDS_INSTANCE, RDS_GLOBAL_CLUSTER),
    properties=(KEY,),
    remediation="deletion_protection=True",
    levels={"baseline": Level.OFF, "production": Level.MANDATORY},
    check=check,
    scenarios=(
        accepts("on", Item(RDS_CLUSTER, "db", {KEY: True})),
        refuses("off", Item(RDS_CLUSTER, "db", {KEY: False}), says="is false"),
        refuses("left to the default", Item(RDS_CLUSTER, "db"), says="is absent"),
        refuses("an RDS instance", Item(RDS_INSTANCE, "db"), says="is absent"),
        refuses("a global cluster", Item(RDS_GLOBAL_CLUSTER, "db"), says="is absent"),
        undecided("from an output", Item(RDS_CLUSTER, "db", {KEY: UNKNOWN})),
    ),
)
