"""Kinesis streams report on each shard."""

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
    Value,
    accepts,
    refuses,
    undecided,
)

from ._types import STREAM

FOUR = ("IncomingBytes", "IncomingRecords", "OutgoingBytes", "OutgoingRecords")
SEVEN = (
    *FOUR,
    "WriteProvisionedThroughputExceeded",
    "ReadProvisionedThroughputExceeded",
    "IteratorAgeMilliseconds",
)


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    found = resource.props.texts("shardLevelMetrics")
    if "ALL" in found:
        return
    wanted = SEVEN if settings.profile == "production" else FOUR
    if missing := [m for m in wanted if m not in found]:
        yield Finding(
            f"shardLevelMetrics lacks {', '.join(missing)}",
            property="shardLevelMetrics",
            fix=f"shard_level_metrics={list(wanted)}",
        )


def stream(metrics: Value) -> Item:
    return Item(STREAM, "s", {"shardLevelMetrics": metrics})


PROD = Settings("prod", profile="production", suffix="prod")

CONTROL = Control(
    id="stream-metrics",
    title="Streams report on each shard",
    statement="Each Kinesis stream must report incoming and outgoing bytes and records of each "
    "shard; in production all seven metrics.",
    rationale="A hot shard or a consumer that fell behind shows only in the shard's own numbers.",
    severity=Severity.LOW,
    owner="platform engineering",
    subjects=(STREAM,),
    properties=("shardLevelMetrics",),
    remediation=f"shard_level_metrics={list(FOUR)}",
    levels=MANDATORY,
    check=check,
    scenarios=lambda: (
        accepts("the four", stream(list(FOUR))),
        accepts("the four in another order, and one more", stream([SEVEN[6], *reversed(FOUR)])),
        accepts("all by name", stream(["ALL"]), settings=PROD),
        accepts("all seven in production", stream(list(SEVEN)), settings=PROD),
        refuses("left out", stream(None), says="lacks IncomingBytes"),
        refuses("none", stream([]), says="lacks IncomingBytes"),
        *(
            refuses(f"without {m}", stream([x for x in FOUR if x != m]), says=f"lacks {m}")
            for m in FOUR
        ),
        *(
            refuses(
                f"without {m} in production",
                stream([x for x in SEVEN if x != m]),
                says=f"lacks {m}",
                settings=PROD,
            )
            for m in SEVEN
        ),
        refuses(
            "four of the seven, but others", stream(list(SEVEN[3:])), says="lacks IncomingBytes"
        ),
        refuses("in small letters", stream([m.lower() for m in FOUR]), says="lacks"),
        refuses("a wrong kind", stream("ALL"), says="must be a list"),
        refuses("a number among them", stream([*FOUR, 1.0]), says="must be a text"),
        undecided("metrics from an output", stream(UNKNOWN)),
        undecided("one metric from an output", stream([*FOUR[:3], UNKNOWN])),
    ),
)
