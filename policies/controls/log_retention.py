"""Log groups keep events for a week or more, and not for ever by accident."""

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
from ._types import LOG_GROUP

MIN_DAYS = 7
SHORT_LIVED = "DELIVERY"  # AWS keeps this class for two days, whatever is asked for


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if (props.text("logGroupClass") or "").strip().upper() == SHORT_LIVED:
        yield Finding(
            f"logGroupClass is {props.show('logGroupClass')}, which AWS drops after two days",
            property="logGroupClass",
            fix='log_group_class="STANDARD"',
        )
    low = least(settings, "minimumDays", MIN_DAYS)
    days = amount(props, "retentionInDays", absent=0)
    if days < low:
        never = " (for ever)" if days == 0 else ""
        yield Finding(
            f"retentionInDays is {props.show('retentionInDays')}{never}, "
            f"but it must be set, to {low} or more",
            property="retentionInDays",
            fix=f"retention_in_days={low}",
        )


def group(days: Value = None, **props: Value) -> Item:
    return Item(LOG_GROUP, "l", {"retentionInDays": days, **props})


CONTROL = Control(
    id="log-retention",
    title="Log groups have a retention",
    statement="Each log group must have a retention, of at least 7 days.",
    rationale="Too short and an incident has no trace; for ever and personal data is never "
    "deleted and the bill grows.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=(LOG_GROUP,),
    properties=("retentionInDays", "logGroupClass"),
    remediation="retention_in_days=7",
    levels=MANDATORY,
    config_schema={"minimumDays": {"type": "integer", "minimum": MIN_DAYS}},
    check=check,
    scenarios=lambda: (
        accepts("a week", group(7.0)),
        accepts("a year as a text", group("365")),
        *(
            accepts(f"the class {kept}", group(7.0, logGroupClass=kept))
            for kept in ("STANDARD", "INFREQUENT_ACCESS", "")
        ),
        *(
            refuses(
                f"a class that forgets: {short}",
                group(365.0, logGroupClass=short),
                says="drops after two",
            )
            for short in ("DELIVERY", "delivery")
        ),
        undecided("a class from an output", group(7.0, logGroupClass=UNKNOWN)),
        refuses("left out", group(), says="is absent (for ever)"),
        refuses("zero", group(0.0), says="is 0 (for ever)"),
        refuses("5 days", group(5.0), says="is 5"),
        refuses("below zero", group(-7.0), says="is -7"),
        refuses(
            "a week where the config asks for a month",
            group(7.0),
            says="to 30 or more",
            settings=Settings("test", params={"minimumDays": 30}),
        ),
        refuses("a wrong kind", group(True), says="must be a number"),
        refuses("a word", group("week"), says="must be a number"),
        undecided("days from an output", group(UNKNOWN)),
    ),
)
