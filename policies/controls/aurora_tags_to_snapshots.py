"""Snapshots carry the tags of their database."""

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

KEY = "copyTagsToSnapshot"


CONTROL = Control(
    id="aurora-tags-to-snapshots",
    title="Tags are copied to snapshots",
    statement="Each Aurora cluster and RDS instance must copy its tags to its snapshots.",
    rationale="A snapshot without owner and data class outlives the database unnoticed.",
    severity=Severity.LOW,
    owner="platform engineering",
    subjects=(RDS_CLUSTER, RDS_INSTANCE),
    properties=(KEY,),
    remediation="copy_tags_to_snapshot=True",
    levels={"baseline": Level.ADVISORY, "production": Level.MANDATORY},
    check=must_be_on(KEY, "snapshots must carry the database's tags"),
    scenarios=lambda: (
        accepts("on", Item(RDS_CLUSTER, "db", {KEY: True})),
        refuses("off", Item(RDS_CLUSTER, "db", {KEY: False}), says="is false"),
        refuses("left to the default", Item(RDS_CLUSTER, "db"), says="is absent"),
        refuses("left out on an instance", Item(RDS_INSTANCE, "db"), says="is absent"),
        undecided("from an output", Item(RDS_CLUSTER, "db", {KEY: UNKNOWN})),
    ),
)
