"""KMS keys rotate every year or more often."""

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

from ._types import KEY

MAX_DAYS = 365


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if not props.flag("enableKeyRotation", absent=False):
        yield Finding(
            f"enableKeyRotation is {props.show('enableKeyRotation')}, but the key must rotate",
            property="enableKeyRotation",
        )
    limit = min(MAX_DAYS, int(settings.params.get("maximumDays", MAX_DAYS)))
    days = props.number("rotationPeriodInDays", absent=MAX_DAYS)  # AWS's own period is a year
    if days is None or not 0 < days <= limit:
        yield Finding(
            f"rotationPeriodInDays is {props.show('rotationPeriodInDays')}, "
            f"but a key must rotate within {limit} days",
            property="rotationPeriodInDays",
            fix=f"rotation_period_in_days={limit}",
        )


def key(**props: Value) -> Item:
    return Item(KEY, "key", props)


CONTROL = Control(
    id="key-rotation",
    title="KMS keys rotate within a year",
    statement="Each KMS key must rotate its key material by itself, at least every 365 days.",
    rationale="Rotation bounds how much is read with one stolen key; AWS leaves it off when "
    "nothing is said.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=(KEY,),
    properties=("enableKeyRotation", "rotationPeriodInDays"),
    remediation="enable_key_rotation=True",
    levels=MANDATORY,
    config_schema={"maximumDays": {"type": "integer", "minimum": 90, "maximum": MAX_DAYS}},
    check=check,
    scenarios=(
        accepts("on, every year as AWS does", key(enableKeyRotation=True)),
        accepts("every 90 days", key(enableKeyRotation=True, rotationPeriodInDays=90.0)),
        accepts("365 as a text", key(enableKeyRotation="true", rotationPeriodInDays="365")),
        refuses("left out", key(), says="enableKeyRotation is absent"),
        refuses("off", key(enableKeyRotation=False), says="is false"),
        refuses("null", key(enableKeyRotation=None), says="is absent"),
        refuses("off as a text", key(enableKeyRotation="False"), says="is False"),
        refuses("a wrong type", key(enableKeyRotation=1.0), says="must be true or false"),
        refuses(
            "every 366 days",
            key(enableKeyRotation=True, rotationPeriodInDays=366.0),
            says="is 366",
        ),
        refuses(
            "a wrong period",
            key(enableKeyRotation=True, rotationPeriodInDays="yearly"),
            says="must be a number",
        ),
        refuses(
            "a period below zero",
            key(enableKeyRotation=True, rotationPeriodInDays=-1.0),
            says="is -1",
        ),
        refuses("a period without rotation", key(rotationPeriodInDays=90.0), says="is absent"),
        undecided("rotation from an output", key(enableKeyRotation=UNKNOWN)),
        undecided(
            "a period from an output", key(enableKeyRotation=True, rotationPeriodInDays=UNKNOWN)
        ),
    ),
)
