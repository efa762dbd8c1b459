"""Where a data store stands: its groups, its port, its subnets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from core import NotASubject, Resource, Stack, Undecided

from ._network import GROUP, SUBNET
from ._stores import (
    CACHE_CLUSTER,
    MEMORYDB_CLUSTER,
    RDS_CLUSTER,
    RDS_CLUSTER_INSTANCE,
    RDS_INSTANCE,
    REPLICATION_GROUP,
    SERVERLESS_CACHE,
)
from ._types import PROXY

RDS_SUBNETS = "aws:rds/subnetGroup:SubnetGroup"
CACHE_SUBNETS = "aws:elasticache/subnetGroup:SubnetGroup"
MEMORYDB_SUBNETS = "aws:memorydb/subnetGroup:SubnetGroup"


class Shape(NamedTuple):
    """How a type of store names its groups and subnets, and who places it when it does not."""

    groups: str = "vpcSecurityGroupIds"
    subnets: str = "dbSubnetGroupName"
    subnet_group: str = RDS_SUBNETS  # "" when `subnets` lists the subnets themselves
    placed_by: tuple[str, ...] = ()  # properties naming the store whose place it shares


STORES: Mapping[str, Shape] = {
    RDS_CLUSTER: Shape(),
    RDS_INSTANCE: Shape(placed_by=("replicateSourceDb",)),
    PROXY: Shape(subnets="vpcSubnetIds", subnet_group=""),
    REPLICATION_GROUP: Shape("securityGroupIds", "subnetGroupName", CACHE_SUBNETS),
    CACHE_CLUSTER: Shape(
        "securityGroupIds", "subnetGroupName", CACHE_SUBNETS, ("replicationGroupId",)
    ),
    SERVERLESS_CACHE: Shape("securityGroupIds", "subnetIds", ""),
    MEMORYDB_CLUSTER: Shape("securityGroupIds", "subnetGroupName", MEMORYDB_SUBNETS),
}


#: An instance of an Aurora cluster stands where its cluster does, unless it says otherwise.
PLACED: Mapping[str, Shape] = {
    **STORES,
    RDS_CLUSTER_INSTANCE: Shape(placed_by=("clusterIdentifier",)),
}
#: Which stores the properties that share a place can name, and by what.
PLACERS: Mapping[str, tuple[str, ...]] = {
    "replicateSourceDb": (RDS_INSTANCE, RDS_CLUSTER),
    "replicationGroupId": (REPLICATION_GROUP,),
    "clusterIdentifier": (RDS_CLUSTER,),
}
IDENTITIES = ("id", "arn", "identifier", "clusterIdentifier", "replicationGroupId")
ENGINE_PORTS = (
    ("postgres", 5432), ("aurora", 3306), ("mysql", 3306), ("mariadb", 3306), ("oracle", 1521),
    ("sqlserver", 1433), ("db2", 50000), ("memcached", 11211), ("redis", 6379), ("valkey", 6379),
)  # fmt: skip


def ports(store: Resource) -> tuple[int, ...]:
    """The ports the store listens on. Raises Undecided when port or engine is not known."""
    if store.type == SERVERLESS_CACHE:
        return (6379, 6380)  # writer and reader; they cannot be changed
    if store.declared("port") and (port := store.props.number("port")):
        return (int(port),)
    if store.type in (REPLICATION_GROUP, MEMORYDB_CLUSTER):
        return (6379,)
    family = "engineFamily" if store.type == PROXY else "engine"
    engine = (store.props.text(family, "") or "").lower()
    for name, port in ENGINE_PORTS:
        if name in engine:
            return (port,)
    raise Undecided("port", "write port and engine")


def stores_of(group: Resource, stack: Stack) -> list[Resource]:
    """The data stores that carry the group."""

    def carried() -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for store in stack.of(*STORES):
            for target in stack.refers_to(store, STORES[store.type].groups, (GROUP,)).targets:
                found.setdefault(target.urn, []).append(store)
        return found

    return stack.once("stores by group", carried).get(group.urn, [])


def subnets_of(store: Resource, stack: Stack) -> tuple[tuple[Resource, ...], str]:
    """The store's subnets and, when they are not all of this stack, what is wrong.

    Raises NotASubject when another store places it, Undecided when the graph does not tell.
    """
    shape = PLACED[store.type]
    if not store.declared(shape.subnets):
        for key in shape.placed_by:
            placed_by(store, key, stack)
        return (), f"{shape.subnets} is absent, so AWS places it in the default VPC"
    holder, key = store, shape.subnets
    if shape.subnet_group:
        found = stack.refers_to(store, shape.subnets, (shape.subnet_group,))
        if found.undecided or len(found.targets) > 1:  # any of several
            raise Undecided(shape.subnets, "take it from a subnet group of this stack")
        if not found.targets:
            shown = store.props.show(shape.subnets)
            return (), f"{shape.subnets} is {shown}, which is no subnet group of this stack"
        holder, key = found.targets[0], "subnetIds"
    subnets = stack.refers_to(holder, key, (SUBNET,), ("id",))
    where = f"{key} of {holder.name}"
    if subnets.undecided:
        raise Undecided(where, "take them from the subnets of this stack")
    if subnets.strangers:
        return subnets.targets, f"{where} holds {subnets.strangers[0]}, no subnet of this stack"
    if not subnets.targets:
        return (), f"{where} names no subnet"
    return subnets.targets, ""


def placed_by(store: Resource, key: str, stack: Stack) -> None:
    """Raises NotASubject when the property names a store of this stack, which is judged itself."""
    found = stack.refers_to(store, key, PLACERS[key], IDENTITIES)
    if found.targets:
        raise NotASubject(f"{found.targets[0].name} says where it stands")
