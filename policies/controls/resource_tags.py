"""Every taggable resource says whose it is."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    Control,
    Finding,
    Malformed,
    NotASubject,
    Resource,
    Scenario,
    Settings,
    Severity,
    Undecided,
)

from ._tags import PRODUCTION, REQUIRED, TYPES, tag


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    if not TYPES.get(resource.type, {}).get("tags"):
        raise NotASubject("it takes no tags")
    told = "set it in the stack's or the pack's config"
    unread = None if settings.suffix else Undecided("environmentSuffix", told)
    for key in REQUIRED + (PRODUCTION if settings.profile == "production" else ()):
        try:
            value = tag(resource, key)
        except Undecided as unknown:
            unread = unknown
            continue
        except Malformed as wrong:
            yield Finding(str(wrong), "tags")
            continue
        wanted = settings.suffix if key == "Environment" else ""
        if not (value or "").strip() or (wanted and value != wanted):
            shown = "absent" if value is None else value or "empty"
            yield Finding(
                f'tags["{key}"] is {shown}, but it must be {wanted or "filled in"}',
                property="tags",
                fix=f'tags={{"{key}": "{wanted or "..."}"}}',
            )
    if unread:
        raise unread


def scenarios() -> tuple[Scenario, ...]:
    from . import _tag_scenarios as example

    return example.SCENARIOS


CONTROL = Control(
    id="resource-tags",
    title="Resources carry the agreed tags",
    statement="Every resource that takes tags must have Environment (the suffix), Project, "
    "ManagedBy and Name; in production Owner and DataClass too.",
    rationale="Cost, access and incident response go by tag: an untagged resource is nobody's.",
    severity=Severity.LOW,
    owner="platform engineering",
    subjects=("*",),
    properties=("tags", "tagsAll"),
    remediation='tags={"Environment": suffix, "Project": ..., "ManagedBy": ..., "Name": ...}',
    remedies={"environmentSuffix": "environmentSuffix in the stack's config"},
    levels=MANDATORY,
    check=check,
    scenarios=scenarios,
)
