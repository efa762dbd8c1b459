"""The database's master user has no guessable name."""

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
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._stores import RDS_CLUSTER, RDS_INSTANCE

GUESSABLE = frozenset({"admin", "administrator", "postgres", "root", "sa", "master", "rdsadmin"})
SOURCES = (
    "snapshotIdentifier",
    "replicationSourceIdentifier",
    "replicateSourceDb",
    "restoreToPointInTime",
    "globalClusterIdentifier",
    "s3Import",
)


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    key = "username" if resource.type == RDS_INSTANCE else "masterUsername"
    if not resource.props.declared(key) and any(
        resource.props.declared(source) for source in SOURCES
    ):
        raise NotASubject("the user comes from the database it is restored or copied from")
    text = resource.props.text(key) or ""
    if not text.strip() or text.strip().lower() in GUESSABLE:
        yield Finding(
            f"{key} is {resource.props.show(key)}, but the master user must have a name of its own",
            property=key,
        )


CONTROL = Control(
    id="aurora-master-user",
    title="The master user has no default name",
    statement="The master user of a database must not be named admin, postgres, root or the like.",
    rationale="A known user name is half of a password attack.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(RDS_CLUSTER, RDS_INSTANCE),
    properties=("masterUsername", "username"),
    remediation='master_username="iot_owner"',
    remedies={RDS_INSTANCE: 'username="iot_owner"'},
    levels={"baseline": Level.ADVISORY, "production": Level.MANDATORY},
    check=check,
    scenarios=lambda: (
        accepts("a name of its own", Item(RDS_CLUSTER, "db", {"masterUsername": "iot_owner"})),
        refuses(
            "postgres", Item(RDS_CLUSTER, "db", {"masterUsername": "postgres"}), says="postgres"
        ),
        refuses("other case", Item(RDS_CLUSTER, "db", {"masterUsername": "Admin"}), says="Admin"),
        refuses("left out", Item(RDS_CLUSTER, "db"), says="absent"),
        refuses("an instance", Item(RDS_INSTANCE, "db", {"username": "root"}), says="root"),
        undecided("from an output", Item(RDS_CLUSTER, "db", {"masterUsername": UNKNOWN})),
        ignores("a restored one", Item(RDS_CLUSTER, "db", {"snapshotIdentifier": "s"})),
    ),
)
