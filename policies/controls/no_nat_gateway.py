"""No NAT gateway gives the private subnets a way out."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    Control,
    Finding,
    Item,
    NotASubject,
    Resource,
    Settings,
    Severity,
    Stack,
    accepts,
    ignores,
    refuses,
)

from ._network import VPC, a_group, a_vpc

NAT = "aws:ec2/natGateway:NatGateway"


def check(resource: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    if resource.type == NAT:
        yield Finding(f"{resource.name} is a NAT gateway", property="subnetId")
    elif stack.of(NAT):
        raise NotASubject("the stack's NAT gateways are named themselves")


CONTROL = Control(
    id="no-nat-gateway",
    title="No NAT gateway",
    statement="The stack must have no NAT gateway.",
    rationale="Nothing in the private subnets needs the internet; a NAT gateway is a way out for "
    "stolen data and a fixed cost each month. Private endpoints serve AWS's own services.",
    severity=Severity.MEDIUM,
    owner="network engineering",
    subjects=(VPC, NAT),
    properties=("subnetId",),
    remediation="remove the NAT gateway; use aws.ec2.VpcEndpoint for what the subnets need",
    levels=MANDATORY,
    stack_check=check,
    scenarios=lambda: (
        accepts("a VPC without one", a_vpc()),
        refuses(
            "a public one", a_vpc(), Item(NAT, "nat", {"subnetId": "subnet-1"}), says="is a NAT"
        ),
        refuses(
            "a private one", Item(NAT, "nat", {"connectivityType": "private"}), says="is a NAT"
        ),
        ignores("no VPC", a_group()),
    ),
)
