"""Values in one shape, whoever says them: the state in Pulumi's words, the cloud in the API's."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..network import tags

#: What every resource has and no single call tells: the region of the client that was asked.
ASKED_ELSEWHERE = ("region",)
POLICIES = ("policy", "assumeRolePolicy")
RULES = ("ingress", "egress")
AWS_TAGS = "aws:"  # the prefix of tags that AWS puts on by itself


def same(name: str, state: Any, live: Any) -> bool:
    """True when both say the same of the property `name`."""
    if name == "engineVersion" and state and live:
        # the program asks for 7.0, AWS answers with the patch that runs: 7.0.7
        return str(live) == str(state) or str(live).startswith(f"{state}.")
    return bool(plain(name, state) == plain(name, live))


def plain(name: str, value: Any) -> Any:
    """The value without what makes no difference: order, absence, the way a policy is written."""
    if value in (None, "", [], {}):
        return None
    if name in POLICIES:
        return policy(value)
    if name in RULES:
        return rules(value)
    if name == "routes":
        return routes(value)
    if name == "serverlessv2ScalingConfiguration":
        return _plain({k: v for k, v in value.items() if v})  # 0: it never pauses
    if name in ("tags", "tagsAll"):
        return {k: str(v) for k, v in value.items() if not k.startswith(AWS_TAGS)}
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        found = {k: _plain(v) for k, v in value.items() if not k.startswith("__")}
        return {k: v for k, v in found.items() if v is not None} or None
    if isinstance(value, list | tuple | set | frozenset):
        return sorted((_plain(v) for v in value), key=_order) or None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None if value == "" else value
    return float(value)


def _order(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def policy(document: Any) -> Any:
    """A policy document, from JSON or read already, in which AWS's own liberties are undone.

    AWS gives back a list of one as its element, lists in another order, and an account's root by
    its number.
    """
    read = json.loads(document) if isinstance(document, str) else document
    return _policy(read)


def _policy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _policy(v) for k, v in value.items()}
    if isinstance(value, list):
        items = sorted((_policy(v) for v in value), key=_order)
        return items[0] if len(items) == 1 else items
    if isinstance(value, str) and value.startswith("arn:aws:iam::") and value.endswith(":root"):
        return value.split(":")[4]
    return value


def rules(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """Pulumi's rules of a security group, a line for each source."""
    found = []
    for entry in entries:
        protocol = str(entry.get("protocol"))
        ports = f"{entry.get('fromPort', 0)}-{entry.get('toPort', 0)}"
        sources = [
            *(entry.get("cidrBlocks") or ()),
            *(entry.get("ipv6CidrBlocks") or ()),
            *(entry.get("prefixListIds") or ()),
            *(entry.get("securityGroups") or ()),
            *(["self"] if entry.get("self") else ()),
        ]
        told = entry.get("description") or ""
        found += [f"{protocol} {ports} {_network(s)} ({told})" for s in sources]
    return sorted(found)


def _network(source: str) -> str:
    try:
        return str(ipaddress.ip_network(source, strict=False))
    except ValueError:
        return source


def live_rules(group: str, permissions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rules of a group as EC2 gives them, in Pulumi's words, one for each source."""
    found = []
    kinds = (
        ("IpRanges", "CidrIp", "cidrBlocks"),
        ("Ipv6Ranges", "CidrIpv6", "ipv6CidrBlocks"),
        ("PrefixListIds", "PrefixListId", "prefixListIds"),
        ("UserIdGroupPairs", "GroupId", "securityGroups"),
    )
    for permission in permissions:
        for key, named, property_ in kinds:
            for entry in permission.get(key) or ():
                rule: dict[str, Any] = {
                    "protocol": permission["IpProtocol"],
                    "fromPort": permission.get("FromPort", 0),
                    "toPort": permission.get("ToPort", 0),
                    "description": entry.get("Description", ""),
                    property_: [entry[named]],
                }
                if entry[named] == group:
                    rule["self"] = True
                    del rule[property_]
                found.append(rule)
    return found


TARGETS = (
    ("gatewayId", "GatewayId"),
    ("natGatewayId", "NatGatewayId"),
    ("egressOnlyGatewayId", "EgressOnlyInternetGatewayId"),
    ("transitGatewayId", "TransitGatewayId"),
    ("vpcPeeringConnectionId", "VpcPeeringConnectionId"),
    ("networkInterfaceId", "NetworkInterfaceId"),
    ("localGatewayId", "LocalGatewayId"),
    ("carrierGatewayId", "CarrierGatewayId"),
    ("coreNetworkArn", "CoreNetworkArn"),
    ("vpcEndpointId", "GatewayId"),
)


def routes(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """Routes as lines: where to, through what."""
    found = []
    for entry in entries:
        to = entry.get("cidrBlock") or entry.get("ipv6CidrBlock")
        to = to or entry.get("destinationPrefixListId")
        via = next((entry[k] for k, _ in TARGETS if entry.get(k)), "nothing")
        found.append(f"{to} via {via}")
    return sorted(found)


def live_routes(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """EC2's routes in Pulumi's words, without the VPC's own and those that an endpoint puts in."""
    found = []
    for entry in entries:
        gateway = str(entry.get("GatewayId", ""))
        if gateway == "local" or gateway.startswith("vpce-"):
            continue
        route = {
            "cidrBlock": entry.get("DestinationCidrBlock"),
            "ipv6CidrBlock": entry.get("DestinationIpv6CidrBlock"),
            "destinationPrefixListId": entry.get("DestinationPrefixListId"),
        }
        found.append({**route, **{ours: entry.get(theirs) for ours, theirs in TARGETS}})
    return found


def tagged(entries: Any) -> dict[str, Any]:
    """Both properties that hold tags: the program's and those with the provider's defaults."""
    read = dict(entries) if isinstance(entries, Mapping) else tags(entries)
    return {"tags": read, "tagsAll": read}
