"""Redis keeps snapshots for five days or more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

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

from ._numbers import amount, least
from ._stores import CACHE_CLUSTER, MEMORYDB_CLUSTER, REPLICATION_GROUP, SERVERLESS_CACHE

KEY = "snapshotRetentionLimit"
MIN_DAYS, MIN_DAYS_IN_PRODUCTION = 5, 7


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if resource.type == CACHE_CLUSTER and props.declared("replicationGroupId"):
        raise NotASubject("a member; its replication group keeps the snapshots")
    limit = MIN_DAYS if settings.profile == "baseline" else MIN_DAYS_IN_PRODUCTION
    wanted = least(settings, "minimumDays", limit)
    if amount(props, KEY, absent=0) < wanted:
        yield Finding(
            f"{KEY} is {props.show(KEY)}, but snapshots must be kept for {wanted} days or more",
            property=KEY,
            fix=f"snapshot_retention_limit={wanted}",
        )


def group(**props: object) -> Item:
    return Item(REPLICATION_GROUP, "redis", props)  # type: ignore[arg-type]


PRODUCTION = replace(Settings(suffix="test", stack="test"), profile="production")

CONTROL = Control(
    id="redis-snapshots",
    title="Redis keeps snapshots",
    statement="Redis must keep daily snapshots for at least 5 days, in production 7.",
    rationale="A cache that holds device state must be restorable to a day before a fault.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(REPLICATION_GROUP, SERVERLESS_CACHE, MEMORYDB_CLUSTER, CACHE_CLUSTER),
    properties=(KEY,),
    remediation="snapshot_retention_limit=5",
    levels=MANDATORY,
    config_schema={"minimumDays": {"type": "integer", "minimum": 5, "maximum": 35}},
    check=check,
    scenarios=lambda: (
        accepts("five days", group(**{KEY: 5.0})),
        accepts("a week in production", group(**{KEY: 7.0}), settings=PRODUCTION),
        refuses("four days", group(**{KEY: 4.0}), says="is 4"),
        refuses("left out: none are kept", group(), says="is absent"),
        refuses("five days in production", group(**{KEY: 5.0}), says="7", settings=PRODUCTION),
        refuses("a serverless cache", Item(SERVERLESS_CACHE, "s"), says="absent"),
        refuses("MemoryDB", Item(MEMORYDB_CLUSTER, "m", {KEY: 0.0}), says="is 0"),
        refuses("a single cache cluster", Item(CACHE_CLUSTER, "c"), says="is absent"),
        undecided("from an output", group(**{KEY: UNKNOWN})),
        ignores("a member", Item(CACHE_CLUSTER, "c", {"replicationGroupId": "redis-test"})),
    ),
)
