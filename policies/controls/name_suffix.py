"""Every resource's name ends with the stack's suffix."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core import (
    MANDATORY,
    Control,
    Finding,
    NotASubject,
    Resource,
    Scenario,
    Settings,
    Severity,
    Undecided,
)

from ._python import as_python
from ._tags import TYPES, tag
from ._types import LOG_GROUP, QUEUE, TOPIC

#: Tails that AWS dictates: what may follow the name that ends with the suffix, by type.
NAME_KEYS = sorted({row["name"] for row in TYPES.values() if row.get("name")})
DICTATED = {
    LOG_GROUP: r"/aws/rds/(?:cluster|instance)/([^/]+)/(?:postgresql|upgrade|error|general|"
    r"slowquery|audit|instance|iam-db-auth-error)",
    QUEUE: r"(.+)\.fifo",
    TOPIC: r"(.+)\.fifo",
}


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    row = TYPES.get(resource.type, {})
    if not row:
        raise NotASubject("it has neither a name nor tags")
    if not settings.suffix:
        raise Undecided("environmentSuffix", "set it in the stack's or the pack's config")
    tail = f"-{settings.suffix}"
    if key := row.get("name"):
        yield from _name(resource, key, row.get("prefix", ""), tail)
    else:
        name = tag(resource, "Name")
        if not (name and _ends(name, tail)):
            shown = "absent" if name is None else name
            yield Finding(
                f'tags["Name"] is {shown}, but it must end with {tail}',
                property="tags",
                fix=f'tags={{"Name": "<name>{tail}"}}',
            )


def _name(resource: Resource, key: str, prefix: str, tail: str) -> Iterator[Finding]:
    props = resource.props

    def finding(message: str, at: str) -> Finding:
        return Finding(message, at, f'{as_python(key)}="<name>{tail}"')

    if props.raw(prefix) not in (None, ""):
        yield finding(f"{prefix} ends the name with random characters", prefix)
    name = props.text(key)
    if not name:
        yield finding(f"{key} is absent, so the name ends with random characters", key)
    elif not (_ends(name, tail) or _dictated(resource.type, name, tail)):
        yield finding(f"{key} is {props.show(key)}, but it must end with {tail}", key)


def _ends(name: str, tail: str) -> bool:
    return name.endswith(tail) and len(name) > len(tail)


def _dictated(type_: str, name: str, tail: str) -> bool:
    match = re.fullmatch(DICTATED.get(type_, ""), name)
    return match is not None and _ends(match[1], tail)


def scenarios() -> tuple[Scenario, ...]:
    from . import _name_scenarios as example

    return example.SCENARIOS


CONTROL = Control(
    id="name-suffix",
    title="Names end with the stack's suffix",
    statement="The physical name of every resource, or its Name tag where it has no name, must "
    "end with - and the stack's suffix.",
    rationale="Two stacks of one account never collide, and an operator or an auditor sees from "
    "the name alone which environment a resource belongs to.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=("*",),
    properties=("name", "tags"),
    remediation='name=f"<name>-{suffix}"',
    remedies={
        "tags": 'tags={"Name": f"<name>-{suffix}"}',
        "environmentSuffix": "environmentSuffix in the stack's config",
        **{key: f'{as_python(key)}=f"<name>-{{suffix}}"' for key in NAME_KEYS},
    },
    levels=MANDATORY,
    check=check,
    scenarios=scenarios,
)
