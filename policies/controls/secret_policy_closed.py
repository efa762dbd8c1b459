"""Nobody but named principals may read a secret, and it is kept in allowed regions only."""

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

from ._policy import public_findings, statements
from ._policy_scenarios import closed
from ._types import SECRET, SECRET_POLICY


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    props = resource.props
    yield from public_findings(props, "policy", statements(props, "policy"))
    for replica in props.blocks("replicas") if resource.type == SECRET else ():
        region = replica.text("region")
        if region not in settings.allowed_regions:
            yield Finding(
                f"{replica.path('region')} is {replica.show('region')}, "
                f"but secrets stay in {', '.join(settings.allowed_regions)}",
                property="replicas",
                fix="no replicas",
            )


def replicas(*regions: Value) -> Item:
    return Item(SECRET, "secret", {"replicas": [{"region": r} for r in regions]})


CONTROL = Control(
    id="secret-policy-closed",
    title="Secrets are neither public nor copied abroad",
    statement="No secret's policy may let everybody in, and no replica may leave the allowed "
    "regions.",
    rationale="The secret opens the database: whoever reads it, there or here, is inside.",
    severity=Severity.CRITICAL,
    owner="platform engineering",
    subjects=(SECRET, SECRET_POLICY),
    properties=("policy", "replicas"),
    remediation='"Principal": {"AWS": role_arn}',
    levels=MANDATORY,
    waivable=False,
    check=check,
    scenarios=lambda: (
        *closed(SECRET, "policy", {}),
        *closed(SECRET_POLICY, "policy", {"secretArn": UNKNOWN}),
        accepts("no policy, no replica", Item(SECRET, "secret", {"policy": ""})),
        accepts("a replica in an allowed region", replicas("sa-east-1")),
        refuses("a replica abroad", replicas("us-east-1"), says="replicas[0].region is us-east-1"),
        refuses("a second replica abroad", replicas("sa-east-1", "eu-west-1"), says="replicas[1]"),
        refuses("a replica nowhere", replicas(None), says="is absent"),
        refuses("another casing", replicas("SA-EAST-1"), says="is SA-EAST-1"),
        undecided("a replica from an output", replicas(UNKNOWN)),
    ),
)
