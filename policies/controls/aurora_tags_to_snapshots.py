"""Snapshots carry the tags of their database."""

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

from ._stores import RDS_CLUSTER, RDS_INSTANCE

KEY = "copyTagsToSnapshot"


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    if not resource.props.flag(KEY, absent=False):
        yield Finding(
            f"{KEY} is {resource.props.show(KEY)}, but snapshots must carry the database's tags",
            property=KEY,
        )


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
    check=check,
    scenarios=(
        accepts("on", Item(RDS_CLUSTER, "db", {KEY: True})),
        refuses("off", Item(RDS_CLUSTER, "db", {KEY: False}), says="is false"),
        refuses("left to the default", Item(RDS_CLUSTER, "db"), says="is absent"),
        refuses("left out on an instance", Item(RDS_INSTANCE, "db"), says="is absent"),
        undecided("from an output", Item(RDS_CLUSTER, "db", {KEY: UNKNOWN})),
    ),
)
