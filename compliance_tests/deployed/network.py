"""How the network really routes and who may come in, worked out from the cloud's own answers."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Answer = Mapping[str, Any]


def tags(entries: Iterable[Answer] | None) -> dict[str, str]:
    """A list of {Key, Value} (or lower case) as a dictionary."""
    found = {}
    for entry in entries or ():
        key = entry.get("Key", entry.get("key", entry.get("TagKey")))
        found[str(key)] = str(entry.get("Value", entry.get("value", entry.get("TagValue"))))
    return found


def effective_table(subnet: str, tables: Sequence[Answer]) -> Answer:
    """The route table that a subnet uses: its own by association, else the VPC's main one."""
    main = None
    for table in tables:
        for association in table.get("Associations", ()):
            if association.get("SubnetId") == subnet:
                return table
            if association.get("Main"):
                main = table
    assert main is not None, f"{subnet} has no route table, not even the main one"
    return main


def ways_out(table: Answer) -> list[str]:
    """The routes of a table that leave the VPC: all but local ones and gateway endpoints."""
    found = []
    for route in table.get("Routes", ()):
        gateway = route.get("GatewayId", "")
        if gateway == "local" or gateway.startswith("vpce-"):
            continue
        target = gateway or next(
            (
                route[k]
                for k in (
                    "NatGatewayId", "EgressOnlyInternetGatewayId", "TransitGatewayId",
                    "VpcPeeringConnectionId", "LocalGatewayId", "CarrierGatewayId",
                    "NetworkInterfaceId", "InstanceId", "CoreNetworkArn",
                )
                if route.get(k)
            ),
            "a target unknown to this test",
        )  # fmt: skip
        where = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
        found.append(f"{where or route.get('DestinationPrefixListId')} to {target}")
    return found


def sources(permission: Answer) -> Iterator[str]:
    """Everything that one rule lets through, as text: CIDRs, groups, prefix lists."""
    for entry in permission.get("IpRanges", ()):
        yield entry["CidrIp"]
    for entry in permission.get("Ipv6Ranges", ()):
        yield entry["CidrIpv6"]
    for entry in permission.get("UserIdGroupPairs", ()):
        yield entry["GroupId"]
    for entry in permission.get("PrefixListIds", ()):
        yield entry["PrefixListId"]


def rules(permissions: Iterable[Answer]) -> list[str]:
    """Rules as one line each, sorted, e.g. "tcp 5432-5432 from 10.0.0.0/16"."""
    found = []
    for permission in permissions:
        ports = f"{permission.get('FromPort', 'all')}-{permission.get('ToPort', 'all')}"
        named = list(sources(permission)) or ["nowhere"]
        found += [f"{permission['IpProtocol']} {ports} from {source}" for source in named]
    return sorted(found)


def outside(
    permissions: Iterable[Answer], cidrs: Sequence[str], groups: Iterable[str]
) -> list[str]:
    """The sources of ingress rules that are not inside `cidrs` and not one of `groups`."""
    known = set(groups)
    networks = [ipaddress.ip_network(c) for c in cidrs]
    strangers = []
    for permission in permissions:
        for source in sources(permission):
            if source in known:
                continue
            try:
                network = ipaddress.ip_network(source)
            except ValueError:
                strangers.append(source)  # a prefix list or a group of another VPC
                continue
            if not any(
                network.version == n.version and network.subnet_of(n)  # type: ignore[arg-type]
                for n in networks
            ):
                strangers.append(source)
    return strangers


def undescribed(permissions: Iterable[Answer]) -> list[str]:
    """The sources of rules that nobody described."""
    kinds = ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds")
    return [
        f"{permission['IpProtocol']} {permission.get('FromPort', '')} {entry}"
        for permission in permissions
        for kind in kinds
        for entry in permission.get(kind, ())
        if not entry.get("Description")
    ]
