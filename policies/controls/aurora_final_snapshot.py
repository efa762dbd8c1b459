"""A database leaves a final snapshot when it goes."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    UNKNOWN,
    Control,
    Finding,
    Item,
    Level,
    NotASubject,
    Resource,
    Settings,
    Severity,
    Value,
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._stores import RDS_CLUSTER, RDS_INSTANCE

SKIP, NAME = "skipFinalSnapshot", "finalSnapshotIdentifier"


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if resource.type == RDS_INSTANCE and props.declared("replicateSourceDb"):
        raise NotASubject("a replica cannot leave a final snapshot")
    if props.flag(SKIP, absent=False):
        yield Finding(f"{SKIP} is true, but the last state must be kept", property=SKIP)
    if not props.declared(NAME) or props.raw(NAME) == "":
        yield Finding(
            f"{NAME} is absent, but without it the provider refuses the deletion when it comes",
            property=NAME,
        )


GOOD: dict[str, Value] = {SKIP: False, NAME: "aurora-final-prod"}

CONTROL = Control(
    id="aurora-final-snapshot",
    title="A final snapshot is kept",
    statement="Each production database must leave a final snapshot when it is deleted.",
    rationale="The last backup of a deleted database is the only way back.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(RDS_CLUSTER, RDS_INSTANCE),
    properties=(SKIP, NAME),
    remediation='skip_final_snapshot=False, final_snapshot_identifier="aurora-final-{suffix}"',
    levels={"baseline": Level.OFF, "production": Level.MANDATORY},
    check=check,
    scenarios=lambda: (
        accepts("kept, with a name", Item(RDS_CLUSTER, "db", GOOD)),
        accepts("skip left out", Item(RDS_CLUSTER, "db", {NAME: "last"})),
        refuses("skipped", Item(RDS_CLUSTER, "db", {**GOOD, SKIP: True}), says="is true"),
        refuses("no name for it", Item(RDS_CLUSTER, "db", {SKIP: False}), says="absent"),
        refuses("an empty name", Item(RDS_INSTANCE, "db", {SKIP: False, NAME: ""}), says="absent"),
        undecided("from an output", Item(RDS_CLUSTER, "db", {**GOOD, SKIP: UNKNOWN})),
        ignores("a replica", Item(RDS_INSTANCE, "db", {"replicateSourceDb": "a"})),
    ),
)
