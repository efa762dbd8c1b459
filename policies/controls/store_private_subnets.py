"""Data stores stand in subnets that nothing leads out of."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    Control,
    Finding,
    Malformed,
    Resource,
    Scenario,
    Settings,
    Severity,
    Stack,
    Undecided,
)

from ._placement import PLACED, subnets_of
from ._python import as_python
from ._routes import ways_out


def check(resource: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    key = PLACED[resource.type].subnets
    subnets, wrong = subnets_of(resource, stack)
    if wrong:
        yield Finding(wrong, key, _in_private(resource.type))
    told, unclear = stack.once(("not private", subnets), lambda: _not_private(subnets, stack))
    for what, fix in told:
        yield Finding(f"{key}: the subnet {what}", property=key, fix=fix)
    if unclear is not None:
        raise unclear


def _not_private(
    subnets: tuple[Resource, ...], stack: Stack
) -> tuple[list[tuple[str, str]], Undecided | Malformed | None]:
    """What is not private about subnets that several stores share, each with what to write; beside
    it what could not be told.
    """
    found: list[tuple[str, str]] = []
    try:
        for told in _open(subnets, stack):
            found.append(told)  # noqa: PERF402 (what comes before a raise stays)
    except (Undecided, Malformed) as unclear:
        return found, unclear
    return found, None


def _open(subnets: tuple[Resource, ...], stack: Stack) -> Iterator[tuple[str, str]]:
    for subnet in subnets:
        if subnet.props.flag("mapPublicIpOnLaunch"):
            yield (
                f"{subnet.name} gives public addresses",
                "aws.ec2.Subnet(..., map_public_ip_on_launch=False)",
            )
        for way in ways_out(subnet, stack):
            yield (
                f"{subnet.name} has a way out: {way}",
                "a route table without routes, associated with the subnet",
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
