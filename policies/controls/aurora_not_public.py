"""No database has a public address."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Item,
    Resource,
    Settings,
    Severity,
    accepts,
    refuses,
    undecided,
)

from ._stores import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_INSTANCE


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    # Absent is false: the provider sends false for instances of a private subnet group, and the
    # deployed tests read the address back.
    if resource.props.flag("publiclyAccessible", absent=False):
        yield Finding(
            "publiclyAccessible is true, but a database must not have a public address",
            property="publiclyAccessible",
        )


CONTROL = Control(
    id="aurora-not-public",
    title="Databases have no public address",
    statement="No Aurora instance, cluster or RDS instance must be publicly accessible.",
    rationale="A public address puts the database one security-group mistake away from the "
    "internet.",
    severity=Severity.CRITICAL,
    owner="platform engineering",
    subjects=(RDS_CLUSTER_INSTANCE, RDS_INSTANCE, RDS_CLUSTER),
    properties=("publiclyAccessible",),
    remediation="publicly_accessible=False",
    levels=MANDATORY,
    waivable=False,
    check=check,
    scenarios=lambda: (
        accepts("written false", Item(RDS_CLUSTER_INSTANCE, "db", {"publiclyAccessible": False})),
        accepts("left out", Item(RDS_CLUSTER_INSTANCE, "db")),
        accepts("an RDS instance", Item(RDS_INSTANCE, "db", {"publiclyAccessible": "false"})),
        refuses(
            "true", Item(RDS_CLUSTER_INSTANCE, "db", {"publiclyAccessible": True}), says="true"
        ),
        refuses("a text", Item(RDS_INSTANCE, "db", {"publiclyAccessible": "True"}), says="true"),
        refuses(
            "a public cluster", Item(RDS_CLUSTER, "db", {"publiclyAccessible": True}), says="t"
        ),
        refuses(
            "no boolean", Item(RDS_INSTANCE, "db", {"publiclyAccessible": 1.0}), says="must be"
        ),
        undecided("from an output", Item(RDS_INSTANCE, "db", {"publiclyAccessible": UNKNOWN})),
    ),
)
