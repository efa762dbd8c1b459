"""Kinesis streams keep records for a day, in production for a week."""

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

from ._numbers import amount, least
from ._types import STREAM

HOURS = {"production": 168}
MIN_HOURS = 24


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    props = resource.props
    low = least(settings, "minimumHours", HOURS.get(settings.profile, MIN_HOURS))
    if amount(props, "retentionPeriod", absent=MIN_HOURS) < low:  # a day is AWS's own
        yield Finding(
            f"retentionPeriod is {props.show('retentionPeriod')}, "
            f"but records must be kept for {low} hours or more",
            property="retentionPeriod",
            fix=f"retention_period={low}",
        )


def stream(hours: Value = None) -> Item:
    return Item(STREAM, "s", {"retentionPeriod": hours})


PROD = Settings("prod", profile="production", suffix="prod")

CONTROL = Control(
    id="stream-retention",
    title="Streams keep records long enough",
    statement="Each Kinesis stream must keep records for at least 24 hours, in production 168.",
    rationale="A consumer that is down for a weekend must find the readings when it is back.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(STREAM,),
    properties=("retentionPeriod",),
    remediation="retention_period=24",
    levels=MANDATORY,
    config_schema={"minimumHours": {"type": "integer", "minimum": MIN_HOURS, "maximum": 8760}},
    check=check,
    scenarios=lambda: (
        accepts("a day", stream(24.0)),
        accepts("a day, as AWS does by itself", stream()),
        accepts("a week as a text", stream("168")),
        accepts("a week in production", stream(168.0), settings=PROD),
        refuses("23 hours", stream(23.0), says="is 23"),
        refuses("zero", stream(0.0), says="is 0"),
        refuses("below zero", stream(-24.0), says="is -24"),
        refuses("a wrong kind", stream(True), says="must be a number"),
        refuses("an empty text", stream(""), says="must be a number"),
        refuses(
            "a day where the config asks for two",
            stream(24.0),
            says="48 hours",
            settings=Settings("test", params={"minimumHours": 48}),
        ),
        refuses("a day in production", stream(24.0), says="168 hours", settings=PROD),
        refuses("167 hours in production", stream(167.0), says="is 167", settings=PROD),
        refuses("left to AWS in production", stream(), says="is absent", settings=PROD),
        undecided("hours from an output", stream(UNKNOWN)),
    ),
)
