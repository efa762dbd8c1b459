"""EC2: the default group's own rule, deletes that AWS refuses, endpoints as AWS has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError, InvalidVpcEndPointIdError
from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupRule

from sandbox.emulator.patches.patch import adds, around, gives
from sandbox.emulator.patches.shared import backend_in_use


@around(
    EC2Backend,
    "create_vpc",
    "a new VPC's default group has no ingress (AWS: all traffic from itself)",
)
def create_vpc(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
    vpc = original(self, *args, **kwargs)
    group = self.get_security_group_by_name_or_id("default", vpc.id)
    if group is not None and not group.ingress_rules:
        self.authorize_security_group_ingress(
            group.id,
            "-1",
            None,
            None,
            [],
            source_groups=[{"GroupId": group.id, "UserId": self.account_id}],
        )
    return vpc


@gives(
    SecurityGroupRule,
    "description",
    "the description of a rule whose source is a group is not shown",
)
def description(self: Any) -> str | None:
    text: str | None = self.ip_range.get("Description") or self.source_group.get("Description")
    return text


def _users_of_group(ec2: Any, group_id: str) -> Iterator[str]:
    """What keeps a security group: interfaces of data stores and endpoints, others' rules."""
    if rds := backend_in_use("rds", ec2.account_id, ec2.region_name):
        for database in [*rds.clusters.values(), *rds.databases.values()]:
            if group_id in database.vpc_security_group_ids:
                yield database.arn
    if elasticache := backend_in_use("elasticache", ec2.account_id, ec2.region_name):
        for replication_group in elasticache.replication_groups.values():
            if group_id in (replication_group.security_group_ids or []):
                yield replication_group.arn
    for endpoint in ec2.vpc_end_points.values():
        if endpoint.state != "deleted" and group_id in (endpoint.security_group_ids or []):
            yield endpoint.id
    for groups in ec2.groups.values():
        for group in groups.values():
            if group.id != group_id and any(
                rule.source_group.get("GroupId") == group_id
                for rule in [*group.ingress_rules, *group.egress_rules]
            ):
                yield group.id


@around(
    EC2Backend,
    "delete_security_group",
    "a group in use by a data store, an endpoint or a rule can be deleted",
)
def delete_security_group(original: Any, self: Any, name: Any = None, group_id: Any = None) -> Any:
    if group_id and any(_users_of_group(self, group_id)):
        raise DependencyViolationError(f"resource {group_id} has a dependent object")
    return original(self, name, group_id)


def _users_of_subnet(ec2: Any, subnet_id: str) -> Iterator[str]:
    """The network interfaces of data stores and endpoints in a subnet."""
    if rds := backend_in_use("rds", ec2.account_id, ec2.region_name):
        for database in rds.databases.values():
            group = getattr(database, "db_subnet_group", None)
            if group is not None and any(subnet.id == subnet_id for subnet in group._subnets):
                yield database.arn
    if elasticache := backend_in_use("elasticache", ec2.account_id, ec2.region_name):
        for replication_group in elasticache.replication_groups.values():
            group = elasticache.cache_subnet_groups.get(
                replication_group.cache_subnet_group_name or ""
            )
            if group is not None and subnet_id in group.subnet_ids:
                yield replication_group.arn
    for endpoint in ec2.vpc_end_points.values():
        if endpoint.state != "deleted" and subnet_id in (endpoint.subnet_ids or []):
            yield endpoint.id


@around(
    EC2Backend, "delete_subnet", "a subnet with a data store or an endpoint in it can be deleted"
)
def delete_subnet(original: Any, self: Any, subnet_id: str) -> Any:
    if any(_users_of_subnet(self, subnet_id)):
        raise DependencyViolationError(
            f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
        )
    return original(self, subnet_id)


@around(
    EC2Backend, "delete_vpc", "a VPC with a gateway, a group or an endpoint in it can be deleted"
)
def delete_vpc(original: Any, self: Any, vpc_id: str) -> Any:
    vpc = self.vpcs.get(vpc_id)
    gateways = [
        gateway
        for gateway in self.internet_gateways.values()
        if getattr(gateway.vpc, "id", None) == vpc_id
    ]
    groups = [group for group in self.groups.get(vpc_id, {}).values() if group.name != "default"]
    endpoints = [
        endpoint
        for endpoint in self.vpc_end_points.values()
        if endpoint.vpc_id == vpc_id and endpoint.state != "deleted"
    ]
    if vpc is not None and (gateways or groups or endpoints):
        raise DependencyViolationError(
            f"The vpc '{vpc_id}' has dependencies and cannot be deleted."
        )
    return original(self, vpc_id)


@around(EC2Backend, "describe_vpc_endpoints", "a deleted endpoint is still described")
def describe_vpc_endpoints(
    original: Any, self: Any, vpc_end_point_ids: Any, filters: Any = None
) -> Any:
    for wanted in vpc_end_point_ids or []:
        if getattr(self.vpc_end_points.get(wanted), "state", "") == "deleted":
            raise InvalidVpcEndPointIdError(wanted)
    return [
        endpoint
        for endpoint in original(self, vpc_end_point_ids, filters)
        if endpoint.state != "deleted"
    ]


@around(
    EC2Backend,
    "create_vpc_endpoint",
    "private DNS without the VPC's DNS, and services of no one, are accepted",
)
def create_vpc_endpoint(original: Any, self: Any, **values: Any) -> Any:
    service = str(values.get("service_name"))
    if not service.startswith(
        (f"com.amazonaws.{self.region_name}.", "com.amazonaws.vpce.", "aws.")
    ):
        raise EC2ClientError(
            "InvalidServiceName", f"The Vpc Endpoint Service '{service}' does not exist"
        )
    vpc = self.get_vpc(values["vpc_id"])
    if (
        values.get("private_dns_enabled")
        and str(values.get("endpoint_type")).lower() == "interface"
    ):
        support, names = vpc.enable_dns_support, vpc.enable_dns_hostnames
        if not {str(support).lower(), str(names).lower()} <= {"true"}:
            raise EC2ClientError(
                "InvalidParameter",
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames "
                "VPC attributes set to "
                f"true for {vpc.id}",
            )
    return original(self, **values)


INTERFACES = (
    *("ec2", "ecr.api", "ecr.dkr", "elasticache", "kinesis-firehose", "kinesis-streams", "kms"),
    *(
        "lambda",
        "logs",
        "monitoring",
        "rds",
        "rds-data",
        "secretsmanager",
        "sns",
        "sqs",
        "ssm",
        "sts",
    ),
)
GATEWAYS = ("dynamodb", "s3")


@adds(
    EC2Backend,
    "_collect_default_endpoint_services",
    "to list the endpoint services, all services are loaded: seconds, and missing packages",
)
def endpoint_services(self: Any, account: str, region: str) -> list[dict[str, Any]]:
    make = self.default_vpc_endpoint_service_factory
    zones = [f"{region}{letter}" for letter in "abc"]
    found = [
        row
        for name in INTERFACES
        for row in make(region, zones, name.replace("-streams", ""), special_service_name=name)
    ]
    for name in GATEWAYS:
        found += make(region, zones, name, "Gateway", private_dns_names=False)
    return found
