"""KMS keys stay usable: enabled, never locked out, deleted only after a week or more."""

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
from ._types import KEY, KEY_POLICY

MIN_DAYS, MAX_DAYS = 7, 30


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    props = resource.props
    bypass = "bypassPolicyLockoutSafetyCheck"
    if props.flag(bypass, absent=False):
        yield Finding(
            f"{bypass} is true, but AWS's check against locking everybody out must stay on",
            property=bypass,
            fix="bypass_policy_lockout_safety_check=False",
        )
    if not props.flag("isEnabled", absent=True):
        yield Finding("isEnabled is false, so nothing under the key can be read", "isEnabled")
    low = least(settings, "minimumDays", MIN_DAYS)
    if not low <= amount(props, "deletionWindowInDays", MAX_DAYS) <= MAX_DAYS:  # 30 is AWS's own
        yield Finding(
            f"deletionWindowInDays is {props.show('deletionWindowInDays')}, "
            f"but it must be {low} to {MAX_DAYS}",
            property="deletionWindowInDays",
            fix=f"deletion_window_in_days={low}",
        )


def key(**props: Value) -> Item:
    return Item(KEY, "key", props)


CONTROL = Control(
    id="key-availability",
    title="KMS keys stay usable",
    statement="Each KMS key must be enabled, keep AWS's lock-out check, and have a deletion "
    "window of 7 to 30 days.",
    rationale="What is encrypted under a key is lost with it: a disabled, locked-out or "
    "hastily deleted key is a lost database.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=(KEY, KEY_POLICY),
    properties=("isEnabled", "bypassPolicyLockoutSafetyCheck", "deletionWindowInDays"),
    remediation="is_enabled=True",
    levels=MANDATORY,
    config_schema={
        "minimumDays": {"type": "integer", "minimum": MIN_DAYS, "maximum": MAX_DAYS},
    },
    check=check,
    scenarios=lambda: (
        accepts("nothing said: enabled, 30 days", key()),
        accepts("7 days", key(deletionWindowInDays=7.0, isEnabled=True)),
        accepts("30 days as a text", key(deletionWindowInDays="30", isEnabled="true")),
        accepts("a policy with the check", Item(KEY_POLICY, "p")),
        refuses("6 days", key(deletionWindowInDays=6.0), says="is 6"),
        refuses("31 days", key(deletionWindowInDays=31.0), says="is 31"),
        refuses(
            "7 days where the config asks for 14",
            key(deletionWindowInDays=7.0),
            says="must be 14 to 30",
            settings=Settings("test", params={"minimumDays": 14}),
        ),
        refuses("a wrong window", key(deletionWindowInDays="week"), says="must be a number"),
        refuses("disabled", key(isEnabled=False), says="isEnabled is false"),
        refuses("disabled as a text", key(isEnabled="false"), says="isEnabled is false"),
        refuses("check bypassed", key(bypassPolicyLockoutSafetyCheck=True), says="must stay on"),
        refuses(
            "check bypassed by a policy of its own",
            Item(KEY_POLICY, "p", {"bypassPolicyLockoutSafetyCheck": True}),
            says="must stay on",
        ),
        undecided("a window from an output", key(deletionWindowInDays=UNKNOWN)),
        undecided("enabled by an output", key(isEnabled=UNKNOWN)),
        undecided("a bypass from an output", key(bypassPolicyLockoutSafetyCheck=UNKNOWN)),
    ),
)
