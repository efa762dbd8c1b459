"""The traffic of every VPC is logged."""

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
    Stack,
    Undecided,
    Value,
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._network import VPC, a_group, a_vpc

FLOW_LOG = "aws:ec2/flowLog:FlowLog"
PRODUCTION = Settings(stack="test", suffix="test", profile="production")


def check(resource: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    logs = stack.referring((FLOW_LOG,), "vpcId", (VPC,), ("id",))
    kinds = {
        (log.props.text("trafficType") or "ALL").upper()
        for log, found in logs.to(resource)
        if found.one is resource
    }
    if "ALL" in kinds or {"ACCEPT", "REJECT"} <= kinds:
        return
    if kinds and settings.profile != "production":
        return
    if not kinds and any(found.undecided or len(found.targets) > 1 for _, found in logs.every):
        raise Undecided("vpcId", "take a flow log's vpc_id from the VPC of this stack")
    seen = f"only its {kinds.pop()} traffic" if kinds else "none of its traffic"
    yield Finding(f"{resource.name}: {seen} is logged", property="trafficType")


def log(traffic: Value = "ALL", *vpc: str, **props: Value) -> Item:
    values = {"vpcId": UNKNOWN, "trafficType": traffic, **props}
    return Item(FLOW_LOG, f"log-{traffic}", values, needs={"vpcId": vpc or ("vpc",)})


CONTROL = Control(
    id="vpc-flow-logs",
    title="VPC flow logs are on",
    statement="Each VPC must have a flow log of its own; in production, of all traffic.",
    rationale="Who spoke to the data stores, and who tried, is only known when it was recorded.",
    severity=Severity.MEDIUM,
    owner="network engineering",
    subjects=(VPC,),
    remediation='aws.ec2.FlowLog(..., vpc_id=vpc.id, traffic_type="ALL")',
    levels={"baseline": Level.ADVISORY, "production": Level.MANDATORY},
    stack_check=check,
    scenarios=lambda: (
        accepts("all traffic", a_vpc(), log()),
        accepts("all traffic, production", a_vpc(), log(), settings=PRODUCTION),
        accepts("rejected traffic in baseline", a_vpc(), log("REJECT")),
        accepts(
            "two halves, production", a_vpc(), log("REJECT"), log("ACCEPT"), settings=PRODUCTION
        ),
        accepts("no kind said", a_vpc(), log(None), settings=PRODUCTION),
        accepts(
            "a VPC by its id",
            Item(VPC, "vpc", {"cidrBlock": "10.0.0.0/16"}, outputs={"id": "vpc-1"}),
            log(vpcId="vpc-1"),
        ),
        refuses("none", a_vpc(), says="none of its traffic is logged"),
        refuses("another VPC's", a_vpc(), a_vpc("other"), log("ALL", "other"), says="vpc: none"),
        refuses("one subnet's", a_vpc(), log(vpcId=None, subnetId="subnet-1"), says="none of its"),
        refuses(
            "half, production", a_vpc(), log("REJECT"), says="only its REJECT", settings=PRODUCTION
        ),
        undecided("an unknown VPC's", a_vpc(), log("ALL", "nowhere")),
        undecided("one of two VPCs'", a_vpc(), a_vpc("other"), log("ALL", "vpc", "other")),
        ignores("no VPC", a_group()),
    ),
)
