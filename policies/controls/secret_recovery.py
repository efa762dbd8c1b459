"""A deleted secret can be brought back for a week or more."""

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
    Value,
    accepts,
    refuses,
    undecided,
)

from ._numbers import amount
from ._types import SECRET

MIN_DAYS, MAX_DAYS = 7, 30


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if not MIN_DAYS <= amount(props, "recoveryWindowInDays", MAX_DAYS) <= MAX_DAYS:  # 30: AWS's own
        yield Finding(
            f"recoveryWindowInDays is {props.show('recoveryWindowInDays')}, "
            f"but it must be {MIN_DAYS} to {MAX_DAYS}",
            property="recoveryWindowInDays",
        )


def secret(days: Value = None) -> Item:
    return Item(SECRET, "s", {"recoveryWindowInDays": days})


CONTROL = Control(
    id="secret-recovery",
    title="Deleted secrets can be brought back",
    statement="In production each secret must have a recovery window of 7 to 30 days.",
    rationale="A secret deleted by mistake takes the database's password with it. Elsewhere 0 is "
    "allowed: the name is fixed and must be free again at once.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(SECRET,),
    properties=("recoveryWindowInDays",),
    remediation="recovery_window_in_days=7",
    levels={"baseline": Level.OFF, "production": Level.MANDATORY},
    check=check,
    scenarios=lambda: (
        accepts("7 days", secret(7.0)),
        accepts("30 days as a text", secret("30")),
        accepts("left to AWS: 30", secret()),
        refuses("gone at once", secret(0.0), says="is 0"),
        refuses("6 days", secret(6.0), says="is 6"),
        refuses("31 days", secret(31.0), says="is 31"),
        refuses("a wrong kind", secret(False), says="must be a number"),
        undecided("days from an output", secret(UNKNOWN)),
    ),
)
