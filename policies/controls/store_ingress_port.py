"""The group of a data store opens the store's one port, in tcp, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    Control,
    Finding,
    NotASubject,
    Resource,
    Scenario,
    Settings,
    Severity,
    Stack,
)

from ._network import GROUP, INGRESS_RULE, RULE, groups_of
from ._placement import ports, stores_of
from ._rules import rules


def check(resource: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    held = list(rules(resource, "ingress"))
    stores = [s for group in groups_of(resource, stack) for s in stores_of(group, stack)]
    if not stores:
        raise NotASubject("its group serves no data store")
    for store in stores:
        wanted = ports(store)
        for rule in held:
            first, last = rule.ports()
            if rule.protocol() != "tcp" or first != last or first not in wanted:
                only = " or ".join(map(str, wanted))
                yield Finding(
                    f"{rule.shown()} is open, but {store.name} needs tcp {only} alone",
                    property=rule.path("fromPort"),
                    fix=f'{_key(resource)}="tcp", from_port={wanted[0]}, to_port={wanted[0]}',
                )


def _key(resource: Resource) -> str:
    return "ip_protocol" if resource.type == INGRESS_RULE else "protocol"


def scenarios() -> tuple[Scenario, ...]:
    from ._port_scenarios import PORTS

    return PORTS


CONTROL = Control(
    id="store-ingress-port",
    title="A data store's group opens its one port",
    statement="Ingress of a data store's security group must be tcp on the store's own port alone.",
    rationale="Every further port or protocol is a way in that nobody asked for.",
    severity=Severity.HIGH,
    owner="network engineering",
    subjects=(GROUP, RULE, INGRESS_RULE),
    properties=("ingress", "protocol", "ipProtocol", "fromPort", "toPort"),
    remediation='protocol="tcp", from_port=5432, to_port=5432',
    remedies={
        "port": "aws.rds.Cluster(..., port=5432)",
        "securityGroupId": "security_group_id=group.id, of one security group of this stack",
        INGRESS_RULE: 'ip_protocol="tcp", from_port=5432, to_port=5432',
    },
    levels=MANDATORY,
    stack_check=check,
    scenarios=scenarios,
)
