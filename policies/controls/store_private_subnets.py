"""Data stores stand in subnets that nothing leads out of."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    Control,
    Finding,
    Resource,
    Scenario,
    Settings,
    Severity,
    Stack,
)

from ._placement import PLACED, subnets_of
from ._python import as_python
from ._routes import ways_out


def check(resource: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    key = PLACED[resource.type].subnets
    subnets, wrong = subnets_of(resource, stack)
    if wrong:
        yield Finding(wrong, key, _in_private(resource.type))
    for subnet in subnets:
        if subnet.props.flag("mapPublicIpOnLaunch"):
            yield Finding(
                f"{key}: the subnet {subnet.name} gives public addresses",
                property=key,
                fix="aws.ec2.Subnet(..., map_public_ip_on_launch=False)",
            )
        for way in ways_out(subnet, stack):
            yield Finding(
                f"{key}: the subnet {subnet.name} has a way out: {way}",
                property=key,
                fix="a route table without routes, associated with the subnet",
            )


def _in_private(type_: str) -> str:
    """The line that places a store of this type."""
    shape = PLACED[type_]
    where = "private_subnet_group.name" if shape.subnet_group else "[s.id for s in private_subnets]"
    return f"{as_python(shape.subnets)}={where}"


def scenarios() -> tuple[Scenario, ...]:
    from ._routes_attacks import ATTACKS
    from ._routes_deployed_attacks import WAYS_OUT
    from ._routes_open import OPEN
    from ._routes_scenarios import COMPLIANT

    return (*COMPLIANT, *ATTACKS, *WAYS_OUT, *OPEN)


CONTROL = Control(
    id="store-private-subnets",
    title="Data stores in private subnets, by route",
    statement="Each data store must stand in subnets of this stack whose routes are local or to "
    "gateway endpoints only.",
    rationale="A subnet is private by its routes, not by its name: one route to a gateway, a "
    "peering or a network interface, even in the main table, connects the store.",
    severity=Severity.CRITICAL,
    owner="network engineering",
    subjects=tuple(PLACED),
    properties=("dbSubnetGroupName", "subnetGroupName", "subnetIds", "vpcSubnetIds"),
    remediation="db_subnet_group_name=private_subnet_group.name (ElastiCache: subnet_group_name)",
    remedies={type_: _in_private(type_) for type_ in PLACED},
    levels=MANDATORY,
    waivable=False,
    stack_check=check,
    scenarios=scenarios,
)
