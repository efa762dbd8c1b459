"""Kinesis streams keep records long enough and have room for two shards."""

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

MIN_SHARDS = 2


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    props = resource.props
    mode = props.block("streamModeDetails")
    name = mode.text("streamMode", absent="PROVISIONED") if mode else "PROVISIONED"
    if name == "ON_DEMAND":
        return
    if name != "PROVISIONED":
        yield Finding(f"streamMode is {name}, but it must be PROVISIONED or ON_DEMAND")
    low = least(settings, "minimumShards", MIN_SHARDS)
    if amount(props, "shardCount", absent=0) < low:
        yield Finding(
            f"shardCount is {props.show('shardCount')}, but a stream must have {low} or more",
            property="shardCount",
            fix=f'shard_count={low}, or stream_mode_details={{"stream_mode": "ON_DEMAND"}}',
        )


def stream(mode: Value = None, **props: Value) -> Item:
    return Item(STREAM, "s", {"streamModeDetails": mode, **props})


ON_DEMAND: Value = {"streamMode": "ON_DEMAND"}

CONTROL = Control(
    id="stream-capacity",
    title="Streams have two shards or grow by themselves",
    statement="Each Kinesis stream must have at least two shards, or the mode ON_DEMAND.",
    rationale="One shard takes 1 MB a second: with one, a burst of readings is thrown back at the "
    "devices.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(STREAM,),
    properties=("shardCount", "streamModeDetails"),
    remediation="shard_count=2",
    levels=MANDATORY,
    config_schema={"minimumShards": {"type": "integer", "minimum": MIN_SHARDS}},
    check=check,
    scenarios=lambda: (
        accepts("two shards", stream(shardCount=2.0)),
        accepts(
            "four, said to be provisioned", stream({"streamMode": "PROVISIONED"}, shardCount=4.0)
        ),
        accepts("2 as a text", stream(shardCount="2")),
        accepts("a mode left open", stream({}, shardCount=2.0)),
        refuses(
            "two shards where the config asks for four",
            stream(shardCount=2.0),
            says="must have 4",
            settings=Settings("test", params={"minimumShards": 4}),
        ),
        accepts("on demand", stream(ON_DEMAND)),
        accepts("on demand, as a list of one", stream([ON_DEMAND])),
        refuses("one shard", stream(shardCount=1.0), says="is 1"),
        refuses("no shards said", stream(), says="is absent"),
        refuses("zero", stream(shardCount=0.0), says="is 0"),
        refuses("one and a half", stream(shardCount=1.5), says="is 1.5"),
        refuses("below zero", stream(shardCount=-2.0), says="is -2"),
        refuses("a truth", stream(shardCount=True), says="must be a number"),
        refuses("a word", stream(shardCount="two"), says="must be a number"),
        refuses(
            "on demand in small letters", stream({"streamMode": "on_demand"}), says="streamMode"
        ),
        refuses("a mode of a wrong kind", stream("ON_DEMAND", shardCount=2.0), says="an object"),
        refuses("an empty mode, one shard", stream([], shardCount=1.0), says="is 1"),
        undecided("shards from an output", stream(shardCount=UNKNOWN)),
        undecided("a mode from an output", stream({"streamMode": UNKNOWN}, shardCount=1.0)),
    ),
)
