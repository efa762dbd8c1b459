"""Databases refuse connections without TLS."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    Control,
    Finding,
    Props,
    Resource,
    Scenario,
    Settings,
    Severity,
    Stack,
    Undecided,
    plain,
    show,
)

from ._stores import RDS_CLUSTER, RDS_CLUSTER_INSTANCE, RDS_INSTANCE
from ._types import CLUSTER_PARAMETERS, INSTANCE_PARAMETERS, PROXY

#: The parameter that makes an engine refuse clear text, and the values that switch it on.
REQUIRES_TLS = {
    "postgres": ("rds.force_ssl", ("1",)),
    "aurora-postgresql": ("rds.force_ssl", ("1",)),
    "mysql": ("require_secure_transport", ("1", "ON")),
    "mariadb": ("require_secure_transport", ("1", "ON")),
    "aurora-mysql": ("require_secure_transport", ("1", "ON")),
}
PARAMETERS = 'parameters=[{"name": "rds.force_ssl", "value": "1"}]'
OWN_GROUP = {
    RDS_CLUSTER: ("dbClusterParameterGroupName", CLUSTER_PARAMETERS),
    RDS_INSTANCE: ("parameterGroupName", INSTANCE_PARAMETERS),
}
#: Groups that lie over a cluster's own and could undo it.
OVER = {RDS_CLUSTER: "dbInstanceParameterGroupName", RDS_CLUSTER_INSTANCE: "dbParameterGroupName"}


def stack_check(resource: Resource, stack: Stack, _settings: Settings) -> Iterator[Finding]:
    if resource.type == PROXY and not resource.props.flag("requireTls", absent=False):
        shown = resource.props.show("requireTls")
        yield Finding(f"requireTls is {shown}, but a proxy must require TLS", "requireTls")
    if resource.type in OWN_GROUP:
        yield from _required(resource, stack)
    if key := OVER.get(resource.type):
        yield from _not_undone(resource, key, stack)


def _required(resource: Resource, stack: Stack) -> Iterator[Finding]:
    rule = REQUIRES_TLS.get(plain(resource.props.text("engine") or ""))
    if rule is None:
        shown = resource.props.show("engine")
        yield Finding(f"engine is {shown}: no way is known to make it require TLS", "engine")
        return
    parameter, on = rule
    key, kind = OWN_GROUP[resource.type]
    reference = stack.refers_to(resource, key, (kind,), ("name",))
    groups = reference.targets
    if not groups:
        shown = resource.props.show(key) if reference.strangers else "not set by this stack"
        yield Finding(f"{key} is {shown}, no parameter group of this stack", property=key)
    for group in groups:
        found = _values(group, (parameter,))
        if not found:
            yield Finding(f"{key} is {group.name}, which does not set {parameter}", property=key)
        for value in found:
            if value not in on:
                yield Finding(f"{key} is {group.name}, where {parameter} is {value}", property=key)


def _not_undone(resource: Resource, key: str, stack: Stack) -> Iterator[Finding]:
    name = resource.props.raw(key)
    if isinstance(name, str) and (not name or name.startswith("default.")):
        return  # AWS's own groups say nothing of TLS
    reference = stack.refers_to(resource, key, (INSTANCE_PARAMETERS,), ("name",))
    if reference.strangers:
        yield Finding(f"{key} is {resource.props.show(key)}, no group of this stack", property=key)
    if reference.undecided and stack.sources(resource, key):
        raise Undecided(key, "name an aws.rds.ParameterGroup of this stack, or none")
    for group in reference.targets:
        for parameter, on in set(REQUIRES_TLS.values()):
            for value in _values(group, (parameter,)):
                if value not in on:
                    yield Finding(f"{key} is {group.name}, where {parameter} is {value}", key)


def _values(group: Resource, names: tuple[str, ...]) -> list[str]:
    """Every value the group gives one of these parameters, in any casing of its name."""
    entries = group.props.blocks("parameters")
    return [_value(e) for e in entries if (e.text("name") or "").lower() in names]


def _value(entry: Props) -> str:
    value = entry.raw("value")
    if isinstance(value, bool):
        return entry.show("value")
    return show(value.real) if isinstance(value, int | float) else entry.text("value") or "empty"


def scenarios() -> tuple[Scenario, ...]:
    from . import _tls_scenarios as example

    return example.SCENARIOS


CONTROL = Control(
    id="aurora-tls",
    title="Databases require TLS",
    statement="Each Aurora cluster and RDS instance must use a parameter group of this stack that "
    "makes it refuse connections without TLS, and no instance's group may undo that.",
    rationale="The password and every row cross the network; Aurora PostgreSQL takes clear text "
    "unless rds.force_ssl is 1.",
    severity=Severity.HIGH,
    owner="platform engineering",
    subjects=(RDS_CLUSTER, RDS_INSTANCE, RDS_CLUSTER_INSTANCE, PROXY),
    properties=(
        "dbClusterParameterGroupName",
        "parameterGroupName",
        "dbInstanceParameterGroupName",
        "dbParameterGroupName",
        "requireTls",
    ),
    remediation="db_cluster_parameter_group_name=group.name, with group = "
    f"aws.rds.ClusterParameterGroup(..., {PARAMETERS})",
    remedies={
        RDS_INSTANCE: "parameter_group_name=group.name, with group = "
        f"aws.rds.ParameterGroup(..., {PARAMETERS})",
        RDS_CLUSTER_INSTANCE: "db_parameter_group_name=group.name, with group = "
        f"aws.rds.ParameterGroup(..., {PARAMETERS}), or none",
        "dbInstanceParameterGroupName": "db_instance_parameter_group_name=group.name, with group = "
        f"aws.rds.ParameterGroup(..., {PARAMETERS}), or none",
        "engine": 'engine="aurora-postgresql"',
        PROXY: "require_tls=True",
    },
    levels=MANDATORY,
    stack_check=stack_check,
    scenarios=scenarios,
)
