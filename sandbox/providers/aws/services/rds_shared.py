"""What clusters, instances and groups of RDS share: tags by ARN, windows, versions."""

from __future__ import annotations

import re
from typing import Any

from sandbox.providers.aws.services.shared import tag_changes
from sandbox.providers.framework import Clients, Inputs, Outputs, Validator, tag_list
from sandbox.providers.validators import each, matches

MINUTES_A_DAY = 24 * 60
WINDOW_MINUTES = 30
NAME = r"[0-9a-z-]+"


def retag(aws: Clients, arn: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
    """Make the tags of an RDS resource those of `news`."""
    gone, written = tag_changes(olds, news, changed)
    if gone:
        aws.rds.remove_tags_from_resource(ResourceName=arn, TagKeys=gone)
    if written:
        aws.rds.add_tags_to_resource(ResourceName=arn, Tags=tag_list(written))


def same_version(old: Any, new: Any) -> bool:
    """Whether the version in use satisfies the one asked for: `15` is any 15.x."""
    return bool(old == new or str(old).startswith(f"{new}."))


def backup_window(path: str) -> Validator:
    """hh24:mi-hh24:mi, half an hour or longer."""

    def mistake(name: str, value: Any) -> str | None:
        found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", str(value))
        if not found:
            return f'"{name}" must satisfy the format of "hh24:mi-hh24:mi".'
        hours, minutes, to_hours, to_minutes = (int(part) for part in found.groups())
        length = (to_hours * 60 + to_minutes - hours * 60 - minutes) % MINUTES_A_DAY
        return (
            None
            if length >= WINDOW_MINUTES
            else f'"{name}" must be at least {WINDOW_MINUTES} minutes long.'
        )

    return each(path, mistake)


def maintenance_window(path: str) -> Validator:
    """A window of ddd:hh24:mi-ddd:hh24:mi."""
    day = r"(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d"
    text = '"{name}" must satisfy the format of "ddd:hh24:mi-ddd:hh24:mi".'
    return matches(path, rf"(?i){day}-{day}", text)


def identifier(path: str) -> tuple[Validator, ...]:
    """Lower case, begins with a letter, no two hyphens in a row, none at the end."""
    return (
        matches(
            path, NAME, 'only lowercase alphanumeric characters and hyphens allowed in "{name}"'
        ),
        matches(path, r"[a-z].*", 'first character of "{name}" must be a letter'),
        matches(path, r"(?!.*--).*", '"{name}" cannot contain two consecutive hyphens'),
        matches(path, r".*[^-]", '"{name}" cannot end with a hyphen'),
    )
