"""Databases accept IAM authentication."""

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
from ._stores import RDS_CLUSTER, RDS_INSTANCE

KEY = "iamDatabaseAuthenticationEnabled"


CONTROL = Control(
    id="aurora-iam-authentication",
    title="Databases accept IAM authentication",
    statement="Each Aurora cluster and RDS instance must have IAM database authentication on.",
    rationale="Short-lived tokens tied to a role leave an audit trail that a shared password "
    "cannot.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(RDS_CLUSTER, RDS_INSTANCE),
    properties=(KEY,),
    remediation="iam_database_authentication_enabled=True",
    levels={"baseline": Level.ADVISORY, "production": Level.MANDATORY},
    check=must_be_on(KEY, "IAM authentication must be on"),
    scenarios=lambda: (
        accepts("on", Item(RDS_CLUSTER, "db", {KEY: True})),
        refuses("off", Item(RDS_CLUSTER, "db", {KEY: False}), says="is false"),
        refuses("left to the default", Item(RDS_CLUSTER, "db"), says="is absent"),
        refuses("left out on an instance", Item(RDS_INSTANCE, "db"), says="is absent"),
        undecided("from an output", Item(RDS_CLUSTER, "db", {KEY: UNKNOWN})),
    ),
)
