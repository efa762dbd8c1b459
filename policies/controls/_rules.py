"""Security-group rules in one shape, however they are written: inline, or as a rule resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from core import UNKNOWN, Malformed, NotASubject, Props, Resource, Stack, Undecided, Value

from ._network import (
    DEFAULT_GROUP,
    EGRESS_RULE,
    GROUP,
    GROUPS,
    INGRESS_RULE,
    PREFIX_LIST,
    RULE,
    SUBNET,
    VPC,
    vpc_of,
)
from ._stores import RDS_CLUSTER, RDS_INSTANCE, REPLICATION_GROUP

INGRESS_CARRIERS = (GROUP, DEFAULT_GROUP, RULE, INGRESS_RULE)
EGRESS_CARRIERS = (GROUP, DEFAULT_GROUP, RULE, EGRESS_RULE)
IPV4, IPV6, LIST, PEER, SELF = "IPv4 range", "IPv6 range", "prefix list", "security group", "self"

#: Where each form of a rule writes its sources (or targets).
SOURCES: Mapping[str, str] = {
    "cidrBlocks": IPV4, "cidrIpv4": IPV4,
    "ipv6CidrBlocks": IPV6, "cidrIpv6": IPV6,
    "prefixListIds": LIST, "prefixListId": LIST,
    "securityGroups": PEER, "sourceSecurityGroupId": PEER, "referencedSecurityGroupId": PEER,
}  # fmt: skip
#: What an inline rule may depend on beside its source: ranges, ports and other kinds of source.
HARMLESS = (VPC, SUBNET, *GROUPS, PREFIX_LIST, RDS_CLUSTER, RDS_INSTANCE, REPLICATION_GROUP)
PROTOCOLS: Mapping[str, str] = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "-1": "all"}


def protocol_of(props: Props, key: str) -> str:
    """tcp, udp, icmp, all, ... or the protocol's number; "" when absent."""
    raw = props.raw(key)
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        raw = f"{raw:g}"
    text = raw if isinstance(raw, str) else props.text(key, absent="") or ""
    return PROTOCOLS.get(text.strip().lower(), text.strip().lower())


class Source(NamedTuple):
    """Whom one rule lets in. `value` is a text, or UNKNOWN."""

    kind: str
    value: Value
    path: str
    graph_key: str  # the carrier's property whose dependencies the value may come from
    unknown: int = 1  # how many of its list are unknown, itself included


class Rule(NamedTuple):
    """One rule of a group. Reading an unknown part of it raises Undecided."""

    carrier: Resource
    props: Props
    block: str = ""  # "ingress" or "egress" when the rule stands in its group

    def path(self, key: str) -> str:
        return self.props.path(key)

    def protocol(self) -> str:
        """tcp, udp, icmp, all, ... or the protocol's number; "" when absent."""
        key = "ipProtocol" if self.carrier.type in (INGRESS_RULE, EGRESS_RULE) else "protocol"
        return protocol_of(self.props, key)

    def ports(self) -> tuple[float | None, float | None]:
        """First and last port; None where absent."""
        return self.props.number("fromPort"), self.props.number("toPort")

    def shown(self) -> str:
        """Protocol and ports for a message, e.g. "tcp 5432 to 5433"."""
        first, last = self.props.show("fromPort"), self.props.show("toPort")
        protocol = self.protocol() or "no protocol"
        if protocol == "all":
            return "all protocols and ports"
        return f"{protocol} {first}" if first == last else f"{protocol} {first} to {last}"

    def sources(self) -> Iterator[Source]:
        """Every source the rule names."""
        for key, kind in SOURCES.items():
            graph_key = self.block or key
            if not self.block and not self.carrier.declared(key):
                continue
            value = self.props.raw(key)
            if value is None or value == "":
                continue
            if isinstance(value, str) or value is UNKNOWN:
                yield Source(kind, value, self.path(key), graph_key)
                continue
            listed = self.props.items(key)
            unknown = sum(item is UNKNOWN for item in listed)
            for i, item in enumerate(listed):
                if item is not UNKNOWN and not isinstance(item, str):
                    raise Malformed(f"{self.path(key)}[{i}]", "a text")
                yield Source(kind, item, f"{self.path(key)}[{i}]", graph_key, unknown)
        written = self.block or self.carrier.declared("self")
        if written and self.props.raw("self") not in (None, "") and self.props.flag("self"):
            yield Source(SELF, None, self.path("self"), "self")


def rules(carrier: Resource, direction: str) -> Iterator[Rule]:
    """The rules that a group or a rule resource holds, "ingress" or "egress".

    Raises Undecided when they are not known, NotASubject for a rule of the other direction.
    """
    if carrier.type in GROUPS:
        if carrier.props.raw(direction) is UNKNOWN and not carrier.declared(direction):
            return  # left out: what AWS says of it are the rule resources, looked at themselves
        for block in carrier.props.blocks(direction):
            yield Rule(carrier, block, direction)
        return
    # Whatever is not surely the other direction is looked at.
    other = {"ingress": "egress", "egress": "ingress"}[direction]
    if carrier.props.raw("type") == other:
        raise NotASubject(f"the rule is {other}")
    yield Rule(carrier, carrier.props)


def peers(source: Source, rule: Rule, home: Resource, stack: Stack) -> list[Resource] | None:
    """The resources of this stack that a group or prefix list source names.

    None when it names something outside the stack. An unknown one may be any of the property's
    sources of its kind, so all are returned; Undecided when something else may be meant, such as
    a group read from a VPC beside `home`, or when they are fewer than the unknown ones of one rule.
    """
    types = GROUPS if source.kind == PEER else (PREFIX_LIST,)
    if isinstance(source.value, str):
        return stack.once(("by id", types), lambda: _by_id(stack.of(*types))).get(source.value)
    graph = stack.sources(rule.carrier, source.graph_key)
    # one whose id is written out beside is known already, so the unknown one is another
    written = set(_texts(rule.carrier.props.raw(source.graph_key)))
    found = [r for r in graph if r.type in types and r.props.raw("id") not in written]
    beside = HARMLESS if rule.block else ()
    others = [r for r in graph if r.type not in (*types, *beside) or _abroad(r, home, stack)]
    if len(found) < source.unknown or others:
        raise Undecided(source.path, f"name a {source.kind} resource of this stack")
    return found


def _by_id(resources: list[Resource]) -> dict[str, list[Resource]]:
    """The resources by their known ids; one that is imported twice is there twice."""
    found: dict[str, list[Resource]] = {}
    for resource in resources:
        if isinstance(known := resource.props.raw("id"), str):
            found.setdefault(known, []).append(resource)
    return found


def _abroad(resource: Resource, home: Resource, stack: Stack) -> bool:
    """True for another VPC, and for a subnet of one."""
    if resource.type == SUBNET:
        return vpc_of(resource, stack) is not home
    return resource.type == VPC and resource is not home


def _texts(value: Value) -> Iterator[str]:
    """Every text in a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (t for v in value.values() for t in _texts(v))
    elif isinstance(value, Sequence):
        yield from (t for v in value for t in _texts(v))
