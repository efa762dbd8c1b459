"""Performance Insights data is encrypted with a customer key."""

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
    accepts,
    refuses,
    undecided,
)

from ._stores import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_INSTANCE

ON, KEY = "performanceInsightsEnabled", "performanceInsightsKmsKeyId"


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if not props.flag(ON):
        return
    if not props.declared(KEY):
        yield Finding(f"{KEY} is absent, so an AWS-managed key is used", property=KEY)
    elif props.known(KEY):
        key = props.text(KEY) or ""
        if not key or "alias/aws/" in key.lower():
            yield Finding(f"{KEY} is {props.show(KEY)}, which is no customer key", property=KEY)


def item(**props: object) -> Item:
    return Item(RDS_CLUSTER_INSTANCE, "db", props)  # type: ignore[arg-type]


ARN = "arn:aws:kms:sa-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"

CONTROL = Control(
    id="aurora-performance-insights-key",
    title="Performance Insights under a customer key",
    statement="Where Performance Insights is on, its data must be encrypted with a customer key.",
    rationale="It keeps the texts of queries, which may hold data.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=(RDS_CLUSTER_INSTANCE, RDS_INSTANCE, RDS_CLUSTER),
    properties=(ON, KEY),
    remediation="performance_insights_kms_key_id=keys.rds.arn",
    levels={"baseline": Level.ADVISORY, "production": Level.MANDATORY},
    check=check,
    scenarios=lambda: (
        accepts("off", item()),
        accepts("on, under a key made here", item(**{ON: True, KEY: UNKNOWN})),
        accepts("on, under a known key", item(**{ON: True, KEY: ARN})),
        refuses("on, without a key", item(**{ON: True}), says="absent"),
        refuses("AWS's own key", item(**{ON: True, KEY: "alias/aws/rds"}), says="no customer key"),
        refuses("an empty key", item(**{ON: True, KEY: ""}), says="no customer key"),
        refuses("an RDS instance", Item(RDS_INSTANCE, "db", {ON: True}), says="absent"),
        refuses("a cluster", Item(RDS_CLUSTER, "db", {ON: True}), says="absent"),
        undecided("on or off from an output", item(**{ON: UNKNOWN})),
    ),
)
