"""Databases are protected from deletion."""

from __future__ import annotations

from core import (
    UNKNOWN,
    Control,
    Item,
    Level,
    Severity,
    accepts,
    refuses,
    undecided,
)

from ._flags import must_be_on
from ._stores import RDS_CLUSTER, RDS_GLOBAL_CLUSTER, RDS_INSTANCE

KEY = "deletionProtection"


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
    check=must_be_on(KEY, "a production database must be protected"),
    scenarios=lambda: (
        accepts("on", Item(RDS_CLUSTER, "db", {KEY: True})),
        refuses("off", Item(RDS_CLUSTER, "db", {KEY: False}), says="is false"),
        refuses("left to the default", Item(RDS_CLUSTER, "db"), says="is absent"),
        refuses("an RDS instance", Item(RDS_INSTANCE, "db"), says="is absent"),
        refuses("a global cluster", Item(RDS_GLOBAL_CLUSTER, "db"), says="is absent"),
        undecided("from an output", Item(RDS_CLUSTER, "db", {KEY: UNKNOWN})),
    ),
)
