"""The stack adopts the default security group of each of its VPCs."""

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
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._network import DEFAULT_GROUP, VPC, a_group, a_vpc


def check(resource: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    groups = stack.referring((DEFAULT_GROUP,), "vpcId", (VPC,), ("id",))
    if any(found.one is resource for _, found in groups.to(resource)):
        return
    if any(found.undecided or len(found.targets) > 1 for _, found in groups.every):
        raise Undecided("vpcId", "take a default group's vpc_id from a VPC of this stack")
    yield Finding(f"the default security group of {resource.name} is left as AWS made it")


def default(*vpc: str) -> Item:
    return Item(DEFAULT_GROUP, "default", {"vpcId": UNKNOWN}, needs={"vpcId": vpc or ("vpc",)})


MINE = Item(DEFAULT_GROUP, "default", {"vpcId": "vpc-1"})
CONTROL = Control(
    id="default-group-managed",
    title="The default security group is managed",
    statement="Each VPC's default security group must be adopted by the stack, to be emptied.",
    rationale="AWS makes it with all traffic among its members and out to the world allowed.",
    severity=Severity.MEDIUM,
    owner="network engineering",
    subjects=(VPC,),
    remediation="aws.ec2.DefaultSecurityGroup(..., vpc_id=vpc.id, ingress=[], egress=[])",
    levels={"baseline": Level.ADVISORY, "production": Level.MANDATORY},
    stack_check=check,
    scenarios=lambda: (
        accepts("adopted", a_vpc(), default()),
        accepts("adopted, deployed", a_vpc(id="vpc-1"), MINE),
        refuses("left alone", a_vpc(), says="left as AWS made it"),
        refuses(
            "another VPC's adopted", a_vpc(), a_vpc("other"), default("other"), says="of vpc is"
        ),
        undecided("an unknown VPC's adopted", a_vpc(), default("nowhere")),
        undecided("one of two adopted", a_vpc(), a_vpc("other"), default("vpc", "other")),
        ignores("no VPC", a_group()),
    ),
)
