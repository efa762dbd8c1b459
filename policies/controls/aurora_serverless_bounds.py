"""Aurora runs on Serverless v2 between two bounds."""

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
    accepts,
    refuses,
    undecided,
)

from ._stores import RDS_CLUSTER, RDS_CLUSTER_INSTANCE

BLOCK = "serverlessv2ScalingConfiguration"
MOST_ACU, STEP = 256.0, 0.5  # AWS: RDS API reference, ServerlessV2ScalingConfiguration
CLASS = "db.serverless"


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    if resource.type == RDS_CLUSTER_INSTANCE:
        if (resource.props.text("instanceClass") or "") != CLASS:
            shown = resource.props.show("instanceClass")
            yield Finding(
                f"instanceClass is {shown}, but must be {CLASS}",
                property="instanceClass",
                fix=f'instance_class="{CLASS}"',
            )
        return
    bounds = resource.props.block(BLOCK)
    if bounds is None:
        yield Finding(f"{BLOCK} is absent, so nothing bounds the capacity", property=BLOCK)
        return
    for key in ("minCapacity", "maxCapacity"):
        value = bounds.number(key)
        if value is None:
            yield Finding(f"{BLOCK}.{key} is absent", property=BLOCK)
        elif not 0 <= value <= MOST_ACU or value % STEP:
            yield Finding(
                f"{BLOCK}.{key} is {bounds.show(key)}, but must be 0 to {MOST_ACU:g} in steps of "
                f"{STEP:g}",
                property=BLOCK,
            )
    low, high = bounds.number("minCapacity"), bounds.number("maxCapacity")
    if low is not None and high is not None and (low > high or high < 1):
        yield Finding(
            f"{BLOCK} goes from {low:g} to {high:g}, but the maximum must be 1 or more and not "
            "below the minimum",
            property=BLOCK,
        )


def cluster(low: object, high: object) -> Item:
    return Item(RDS_CLUSTER, "db", {BLOCK: {"minCapacity": low, "maxCapacity": high}})  # type: ignore[dict-item]


CONTROL = Control(
    id="aurora-serverless-bounds",
    title="Aurora Serverless v2 within bounds",
    statement="Each Aurora cluster must state its lowest and highest capacity, and each of its "
    "instances must be of class db.serverless.",
    rationale="Without an upper bound a runaway query is a bill; without a lower one the database "
    "may be too small to answer.",
    severity=Severity.LOW,
    owner="platform engineering",
    subjects=(RDS_CLUSTER, RDS_CLUSTER_INSTANCE),
    properties=(BLOCK, "instanceClass"),
    remediation='serverlessv2_scaling_configuration={"min_capacity": 0.5, "max_capacity": 2.0}',
    levels=MANDATORY,
    check=check,
    scenarios=lambda: (
        accepts("0.5 to 2", cluster(0.5, 2.0)),
        accepts("bounds as texts", cluster("0.5", "2")),
        accepts("pausing at 0", cluster(0.0, 1.0)),
        accepts("all that AWS has", cluster(1.0, 256.0)),
        accepts("one size only", cluster(1.0, 1.0)),
        accepts(
            "a serverless instance",
            Item(RDS_CLUSTER_INSTANCE, "i", {"instanceClass": "db.serverless"}),
        ),
        refuses("a maximum that is no capacity", cluster(0.0, 0.5), says="from 0 to 0.5"),
        refuses("no bounds", Item(RDS_CLUSTER, "db"), says="absent"),
        refuses("no upper bound", cluster(0.5, None), says="maxCapacity is absent"),
        refuses("bounds the wrong way round", cluster(3.0, 1.0), says="from 3 to 1"),
        refuses("beyond what AWS has", cluster(0.5, 257.0), says="257"),
        refuses("a step of 0.3", cluster(0.3, 2.0), says="0.3"),
        refuses("negative", cluster(-1.0, 2.0), says="-1"),
        refuses(
            "a provisioned class",
            Item(RDS_CLUSTER_INSTANCE, "i", {"instanceClass": "db.r6g.large"}),
            says="db.r6g.large",
        ),
        refuses("a class left out", Item(RDS_CLUSTER_INSTANCE, "i"), says="absent"),
        undecided("bounds from an output", Item(RDS_CLUSTER, "db", {BLOCK: UNKNOWN})),
        undecided("an upper bound from an output", cluster(0.5, UNKNOWN)),
    ),
)
