"""Numbers with a default, and limits that the pack's config may tighten."""

from __future__ import annotations

from core import Props, Settings


def amount(props: Props, key: str, absent: float) -> float:
    """The number of the property, `absent` when it is not written. Raises Undecided, Malformed."""
    number = props.number(key, absent=absent)
    return absent if number is None else number


def least(settings: Settings, name: str, limit: int) -> int:
    """The limit, or a higher one from the control's config."""
    return max(limit, _told(settings, name, limit))


def most(settings: Settings, name: str, limit: int) -> int:
    """The limit, or a lower one from the control's config."""
    return min(limit, _told(settings, name, limit))


def _told(settings: Settings, name: str, limit: int) -> int:
    return int(amount(Props(settings.params), name, absent=limit))
