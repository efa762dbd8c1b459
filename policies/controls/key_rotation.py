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

from ._numbers import amount, most
from ._types import KEY

MIN_DAYS, MAX_DAYS = 90, 365  # AWS takes no fewer than 90


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if not props.flag("enableKeyRotation", absent=False):
        yield Finding(
            f"enableKeyRotation is {props.show('enableKeyRotation')}, but the key must rotate",
            property="enableKeyRotation",
        )
    limit = most(settings, "maximumDays", MAX_DAYS)
    days = amount(props, "rotationPeriodInDays", MAX_DAYS)  # AWS's own period is a year
    if not MIN_DAYS <= days <= limit:
        yield Finding(
            f"rotationPeriodInDays is {props.show('rotationPeriodInDays')}, "
            f"but a key must rotate every {MIN_DAYS} to {limit} days",
            property="rotationPeriodInDays",
            fix=f"rotation_period_in_days={limit}",
        )


def key(**props: Value) -> Item:
    return Item(KEY, "key", props)


def on(days: Value) -> Item:
    return key(enableKeyRotation=True, rotationPeriodInDays=days)


def asks(days: int) -> Settings:
    return Settings("test", params={"maximumDays": days})


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
    config_schema={"maximumDays": {"type": "integer", "minimum": MIN_DAYS, "maximum": MAX_DAYS}},
    check=check,
    scenarios=lambda: (
        accepts("on, every year as AWS does", key(enableKeyRotation=True)),
        accepts("every 90 days", on(90.0)),
        accepts("365 as a text", key(enableKeyRotation="true", rotationPeriodInDays="365")),
        accepts("a config that asks for less does not count", on(365.0), settings=asks(999)),
        refuses("left out", key(), says="enableKeyRotation is absent"),
        refuses("off", key(enableKeyRotation=False), says="is false"),
        refuses("null", key(enableKeyRotation=None), says="is absent"),
        refuses("off as a text", key(enableKeyRotation="False"), says="is False"),
        refuses("a wrong type", key(enableKeyRotation=1.0), says="must be true or false"),
        refuses("every 366 days", on(366.0), says="is 366"),
        refuses("every 89 days, which AWS refuses", on(89.0), says="is 89"),
        refuses("a wrong period", on("yearly"), says="must be a number"),
        refuses("a period without rotation", key(rotationPeriodInDays=90.0), says="is absent"),
        refuses(
            "a year where the config asks for 180", on(None), says="90 to 180", settings=asks(180)
        ),
        undecided("rotation from an output", key(enableKeyRotation=UNKNOWN)),
        undecided("a period from an output", on(UNKNOWN)),
    ),
)
