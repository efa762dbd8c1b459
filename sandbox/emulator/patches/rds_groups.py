"""RDS: subnet groups over two zones, and parameter groups that know their parameters."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, PaginatedResult
from moto.rds.exceptions import (
    DBClusterParameterGroupNotFoundError,
    DBParameterGroupNotFoundError,
    DBSubnetGroupNotFoundError,
    InvalidParameterValue,
    InvalidSubnet,
    RDSClientError,
)
from moto.rds.models import RDSBackend
from moto.rds.responses import RDSResponse

from sandbox.emulator.patches import rds_parameters
from sandbox.emulator.patches.patch import adds, around


def _check_zones(subnets: list[Any]) -> None:
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise InvalidSubnet(str([subnet.id for subnet in subnets]))
    zones = {subnet.availability_zone for subnet in subnets}
    if len(zones) < 2:
        raise RDSClientError(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
            "Current AZ coverage: "
            f"{', '.join(sorted(zones))}. Add subnets to cover at least 2 AZs.",
        )


@around(RDSBackend, "create_subnet_group", "one zone is accepted; an existing group is overwritten")
def create_subnet_group(
    original: Any, self: Any, subnet_name: str, description: Any, *more: Any
) -> Any:
    subnets, tags = more
    if subnet_name in self.subnet_groups:
        raise RDSClientError(
            "DBSubnetGroupAlreadyExists", f"The DB subnet group {subnet_name} already exists."
        )
    _check_zones(subnets)
    return original(self, subnet_name, description, subnets, tags)


@adds(RDSBackend, "modify_db_subnet_group", "a group that was modified is gone")
def modify_db_subnet_group(
    self: Any, subnet_name: str, description: str | None, subnets: list[Any]
) -> Any:
    if subnet_name not in self.subnet_groups:
        raise DBSubnetGroupNotFoundError(subnet_name)
    group = self.subnet_groups[subnet_name]
    _check_zones(subnets)
    group.subnets = subnets
    if description is not None:
        group.description = description
    return group


@around(RDSBackend, "delete_subnet_group", "a group in use can be deleted")
def delete_subnet_group(original: Any, self: Any, subnet_name: str) -> Any:
    used = {cluster.db_subnet_group_name.lower() for cluster in self.clusters.values()}
    groups = (getattr(database, "db_subnet_group", None) for database in self.databases.values())
    used |= {group.name for group in groups if group is not None}
    if subnet_name.lower() in used:
        raise RDSClientError(
            "InvalidDBSubnetGroupStateFault",
            f"Cannot delete the subnet group '{subnet_name}' because at least one database "
            "instance or cluster is "
            "still using it.",
        )
    return original(self, subnet_name)


def _change(group: Any, changes: list[dict[str, Any]]) -> list[str]:
    """Write parameters into a group and give the names of the static ones among them."""
    for change in changes:
        method = change.get("ApplyMethod", "")
        rds_parameters.check(change["ParameterName"], str(change.get("ParameterValue", "")), method)
    for change in changes:
        group.parameters[change["ParameterName"]] = dict(change)
    return [
        name for change in changes if rds_parameters.KNOWN[name := change["ParameterName"]].static
    ]


@adds(
    RDSBackend,
    "modify_db_cluster_parameter_group",
    "unknown names and values are accepted; no restart is ever due",
)
def modify_db_cluster_parameter_group(
    self: Any,
    db_cluster_parameter_group_name: str,
    db_cluster_parameter_group_parameters: list[dict[str, Any]],
) -> Any:
    if db_cluster_parameter_group_name not in self.db_cluster_parameter_groups:
        raise DBClusterParameterGroupNotFoundError(db_cluster_parameter_group_name)
    group = self.db_cluster_parameter_groups[db_cluster_parameter_group_name]
    if _change(group, db_cluster_parameter_group_parameters):
        _restart_due(self, group.name)
    return group


def _restart_due(self: Any, group_name: str) -> None:
    """Mark the instances that use a group: a static parameter waits for their restart."""
    for cluster in self.clusters.values():
        if cluster.parameter_group == group_name:
            for member in cluster._members:
                member.restart_due = True


@around(RDSBackend, "modify_db_parameter_group", "unknown names and values are accepted")
def modify_db_parameter_group(
    original: Any,
    self: Any,
    db_parameter_group_name: str,
    db_parameter_group_parameters: list[dict[str, Any]],
) -> Any:
    group = self.db_parameter_groups.get(db_parameter_group_name)
    if group is None or "postgresql" not in str(group.family):
        return original(self, db_parameter_group_name, db_parameter_group_parameters)
    _change(group, db_parameter_group_parameters)
    return group


@adds(
    RDSResponse,
    "describe_db_cluster_parameters",
    "only written parameters are listed, and not by their source",
)
def describe_db_cluster_parameters(self: Any) -> ActionResult:
    name = str(self.params.get("DBClusterParameterGroupName"))
    family, values = name.removeprefix("default."), {}
    if not name.startswith("default."):
        group = self.backend.describe_db_cluster_parameter_groups(name)[0]
        family, values = group.db_parameter_group_family, group.parameters
    rows = list(rds_parameters.shown(family, values, self.params.get("Source")))
    return PaginatedResult({"Parameters": rows})


@around(
    RDSResponse,
    "describe_db_parameters",
    "only written parameters are listed, and not by their source",
)
def describe_db_parameters(original: Any, self: Any) -> ActionResult:
    name = str(self.params.get("DBParameterGroupName"))
    group = self.backend.db_parameter_groups.get(name)
    family = name.removeprefix("default.") if group is None else str(group.family)
    if "postgresql" not in family or (group is None and not name.startswith("default.")):
        answer: ActionResult = original(self)
        return answer
    rows = list(
        rds_parameters.shown(family, group.parameters if group else {}, self.params.get("Source"))
    )
    return PaginatedResult({"Parameters": rows})


def _reset(group: Any, params: Any) -> None:
    if params.get("ResetAllParameters"):
        group.parameters.clear()
    for parameter in params.get("Parameters", []):
        group.parameters.pop(parameter["ParameterName"], None)


@adds(RDSResponse, "reset_db_cluster_parameter_group", "ResetDBClusterParameterGroup is not there")
def reset_db_cluster_parameter_group(self: Any) -> ActionResult:
    group = self.backend.describe_db_cluster_parameter_groups(
        self.params.get("DBClusterParameterGroupName")
    )[0]
    _reset(group, self.params)
    return ActionResult({"DBClusterParameterGroupName": group.name})


@adds(RDSResponse, "reset_db_parameter_group", "ResetDBParameterGroup is not there")
def reset_db_parameter_group(self: Any) -> ActionResult:
    name = self.params.get("DBParameterGroupName")
    if name not in self.backend.db_parameter_groups:
        raise DBParameterGroupNotFoundError(name)
    _reset(self.backend.db_parameter_groups[name], self.params)
    return ActionResult({"DBParameterGroupName": name})


@around(RDSBackend, "create_db_cluster_parameter_group", "a family that does not exist is accepted")
def create_db_cluster_parameter_group(original: Any, self: Any, **values: Any) -> Any:
    family = str(values.get("db_parameter_group_family"))
    known = ("aurora-postgresql", "aurora-mysql", "postgres", "mysql", "neptune", "docdb")
    if family.rstrip("0123456789.") not in known or not family[-1:].isdigit():
        raise InvalidParameterValue(
            f"ParameterGroupFamily {family} is not a valid parameter group family"
        )
    return original(self, **values)


@around(RDSBackend, "delete_db_cluster_parameter_group", "a group in use can be deleted")
def delete_db_cluster_parameter_group(
    original: Any, self: Any, db_cluster_parameter_group_name: str
) -> Any:
    name = db_cluster_parameter_group_name
    if any(cluster.parameter_group == name for cluster in self.clusters.values()):
        raise RDSClientError(
            "InvalidDBParameterGroupState",
            "One or more database instances are still members of this parameter group "
            f"{name}, so the group cannot "
            "be deleted",
        )
    return original(self, name)


@around(RDSBackend, "delete_db_parameter_group", "a group in use can be deleted")
def delete_db_parameter_group(original: Any, self: Any, db_parameter_group_name: str) -> Any:
    name = db_parameter_group_name
    if any(database.db_parameter_group_name == name for database in self.databases.values()):
        raise RDSClientError(
            "InvalidDBParameterGroupState",
            "One or more database instances are still members of this parameter group "
            f"{name}, so the group cannot "
            "be deleted",
        )
    return original(self, name)


@around(
    RDSBackend,
    "describe_db_parameter_groups",
    "a group that does not exist gives an empty list, not an error",
)
def describe_db_parameter_groups(
    original: Any, self: Any, db_parameter_group_kwargs: dict[str, Any]
) -> Any:
    found, name = (
        original(self, db_parameter_group_kwargs),
        db_parameter_group_kwargs.get("db_parameter_group_name"),
    )
    if name and not found and not name.startswith("default."):
        raise DBParameterGroupNotFoundError(name)
    return found
