"""No governed property is left out of what the program keeps true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from core import (
    MANDATORY,
    Control,
    Finding,
    Item,
    Resource,
    Settings,
    Severity,
    accepts,
    refuses,
)

from ._accounts import POLICIES
from ._placement import RDS_SUBNETS
from ._stores import RDS_CLUSTER
from ._tags import TYPES
from ._types import KEY, LOG_GROUP, STREAM
from ._wiring import WIRING

EVERYWHERE = frozenset({"tags", "tagsAll", "region"})


@cache
def _governed(type_: str) -> frozenset[str]:
    """The properties of a type that the pack's other controls decide by, on it or on others."""
    controls: tuple[Control, ...] = import_module("controls").CONTROLS
    mine = (p for c in controls if type_ in c.subjects for p in c.properties)
    name = TYPES.get(type_, {}).get("name", "")
    wires = (*WIRING.get(type_, ()), POLICIES.get(type_, ""))
    return frozenset(_top(p) for p in (*mine, *wires, *EVERYWHERE, name) if p)


def check(resource: Resource, _settings: Settings) -> Iterator[Finding]:
    for path in resource.options.ignore_changes:
        name = _top(path)
        if name in _governed(resource.type) or "*" in name:
            yield Finding(
                f"ignoreChanges holds {path}, which a control governs: a change made by hand would "
                "stay",
                property=name,
            )


def _top(path: str) -> str:
    """`tags` of `tags["Name"]`, `kmsKeyId` of `kms_key_id`."""
    first = re.search(r"[\w*]+", path)
    return re.sub(r"_([a-z0-9])", lambda m: m[1].upper(), first[0]) if first else ""


def ignoring(*paths: str, type_: str = STREAM) -> Item:
    return Item(type_, "x", ignore_changes=paths)


CONTROL = Control(
    id="ignored-changes",
    title="No governed property is ignored",
    statement="No resource option ignoreChanges may name a property that a control governs.",
    rationale="What the program ignores it does not repair: encryption or retention changed by "
    "hand would stay changed, and every preview would show no difference.",
    severity=Severity.MEDIUM,
    owner="platform engineering",
    subjects=("*",),
    remediation="no ignore_changes on it",
    levels=MANDATORY,
    waivable=False,
    check=check,
    scenarios=lambda: (
        accepts("nothing ignored", ignoring()),
        accepts("zones, which AWS completes", ignoring("availabilityZones", type_=RDS_CLUSTER)),
        accepts("what no control governs", ignoring("enforceConsumerDeletion")),
        accepts("another type's property", ignoring("enableKeyRotation")),
        refuses("a key", ignoring("kmsKeyId"), says="ignoreChanges holds kmsKeyId"),
        refuses(
            "a key among others", ignoring("enforceConsumerDeletion", "kmsKeyId"), says="kmsKeyId"
        ),
        refuses("as Python writes it", ignoring("kms_key_id"), says="holds kms_key_id"),
        refuses("in brackets", ignoring('["kmsKeyId"]'), says="kmsKeyId"),
        refuses("in other brackets", ignoring("['kmsKeyId']"), says="kmsKeyId"),
        refuses("every tag", ignoring("tagsAll"), says="holds tagsAll"),
        accepts("nothing named", ignoring("")),
        refuses("rotation", ignoring("enableKeyRotation", type_=KEY), says="enableKeyRotation"),
        refuses("a part", ignoring("shardLevelMetrics[0]"), says="shardLevelMetrics[0]"),
        refuses("one tag", ignoring('tags["Environment"]'), says="tags"),
        refuses("a name", ignoring("name", type_=LOG_GROUP), says="holds name"),
        refuses("a region", ignoring("region"), says="holds region"),
        refuses("backups", ignoring("backupRetentionPeriod", type_=RDS_CLUSTER), says="backup"),
        *(
            refuses(f"{type_}: {key}", ignoring(key, type_=type_), says=f"holds {key}")
            for type_, keys in WIRING.items()
            for key in keys
        ),
        *(
            refuses(f"the policy of {type_}", ignoring(key, type_=type_), says=f"holds {key}")
            for type_, key in POLICIES.items()
        ),
        accepts("a description of wiring", ignoring("description", type_=RDS_SUBNETS)),
        refuses("everything", ignoring("*"), says="holds *"),
        refuses("everything, deeply", ignoring("**"), says="holds **"),
    ),
)
