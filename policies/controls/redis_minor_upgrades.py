"""Redis takes minor upgrades by itself."""

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

from ._stores import CACHE_CLUSTER, MEMORYDB_CLUSTER, REPLICATION_GROUP

KEY = "autoMinorVersionUpgrade"


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    if not resource.props.flag(KEY, absent=True):  # AWS's default is on
        yield Finding(f"{KEY} is false, but minor upgrades must be taken", property=KEY)


def group(**props: object) -> Item:
    return Item(REPLICATION_GROUP, "redis", props)  # type: ignore[arg-type]


CONTROL = Control(
    id="redis-minor-upgrades",
    title="Redis takes minor upgrades",
    statement="Redis must take minor version upgrades by itself.",
    rationale="Minor versions carry the security fixes.",
    severity=Severity.LOW,
    owner="platform engineering",
    subjects=(REPLICATION_GROUP, CACHE_CLUSTER, MEMORYDB_CLUSTER),
    properties=(KEY,),
    remediation="auto_minor_version_upgrade=True",
    levels={"baseline": Level.OFF, "production": Level.ADVISORY},
    check=check,
    scenarios=lambda: (
        accepts("on", group(**{KEY: True})),
        accepts("left to AWS's default, on", group()),
        refuses("off", group(**{KEY: False}), says="false"),
        refuses("off as a text", group(**{KEY: "false"}), says="false"),
        refuses("off in MemoryDB", Item(MEMORYDB_CLUSTER, "m", {KEY: False}), says="false"),
        refuses("off in a cache cluster", Item(CACHE_CLUSTER, "c", {KEY: False}), says="false"),
        undecided("from an output", group(**{KEY: UNKNOWN})),
    ),
)
