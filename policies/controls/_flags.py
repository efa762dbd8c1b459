"""The check of a control whose whole demand is one switch that must be on."""

from __future__ import annotations

from collections.abc import Iterator

from core import Finding, Resource, Settings
from core.control import ResourceCheck


def must_be_on(key: str, why: str) -> ResourceCheck:
    """The check that `key` is true; absent is off. `why` ends the message after "but"."""

    def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
        if not resource.props.flag(key, absent=False):
            yield Finding(f"{key} is {resource.props.show(key)}, but {why}", property=key)

    return check
