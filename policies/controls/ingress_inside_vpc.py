"""Every source of an ingress rule lies inside the VPC of the rule's own group."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Resource,
    Scenario,
    Settings,
    Severity,
    Stack,
    Undecided,
)

from ._network import (
    INGRESS_RULE,
    LITERAL,
    PREFIX_LIST_ENTRY,
    home,
    inside,
    network,
    ranges,
    vpc_of,
)
from ._rules import INGRESS_CARRIERS, IPV4, IPV6, LIST, PEER, Rule, Source, peers, rules


def check(resource: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
    vpc: Resource | None = None
    for rule in rules(resource, "ingress"):
        if vpc is None:
            vpc = home(resource, stack)
        found = list(rule.sources())
        for source in found:
            if problem := _problem(source, rule, vpc, stack):
                yield Finding(f"{rule.shown()} is open to {problem}", property=source.path)
        if not found:
            where = rule.block and rule.props.path("")[:-1]
            yield Finding(f"{where or 'the rule'} names no source", property=where)


def _problem(source: Source, rule: Rule, vpc: Resource, stack: Stack) -> str:
    """Why the source is not inside the VPC; empty when it is. Raises Undecided, Malformed."""
    shown = f"{source.path} = {source.value}" if isinstance(source.value, str) else source.path
    if source.kind in (IPV4, IPV6):
        if not isinstance(source.value, str):
            raise Undecided(source.path, LITERAL)
        version = 4 if source.kind == IPV4 else 6
        known = ranges(vpc, stack, version)
        if inside(network(source.value, source.path, version), known):
            return ""
        own = ", ".join(map(str, known)) or f"no IPv{version} range"
        return f"{shown}, which is not inside the VPC {vpc.name} ({own})"
    if source.kind not in (PEER, LIST):
        return ""  # the group itself
    named = peers(source, rule, vpc, stack)
    if named is None:
        return f"{shown}, a {source.kind} that is not of this stack"
    for peer in named:
        if source.kind == PEER and vpc_of(peer, stack) is not vpc:
            return f"{shown}, the group {peer.name} of another VPC"
        if source.kind == LIST and (entry := _outside(peer, vpc, stack)):
            return f"{shown}, whose entry {entry} is not inside the VPC {vpc.name}"
    return ""


def _outside(prefix_list: Resource, vpc: Resource, stack: Stack) -> str:
    """An entry of the prefix list that the VPC does not hold; empty when there is none."""
    version = 6 if prefix_list.props.text("addressFamily") == "IPv6" else 4
    entries = []
    if prefix_list.props.raw("entries") is not UNKNOWN or prefix_list.declared("entries"):
        entries = [b.text("cidr") or "" for b in prefix_list.props.blocks("entries")]
    for entry in stack.of(PREFIX_LIST_ENTRY):
        listed = stack.refers_to(entry, "prefixListId", (prefix_list.type,), ("id",))
        if listed.undecided or prefix_list in listed.targets:
            entries.append(entry.props.text("cidr") or "")
    known = ranges(vpc, stack, version)
    outside = (e for e in entries if not inside(network(e, "cidr", version), known))
    return next(outside, "")


def scenarios() -> tuple[Scenario, ...]:
    from ._rules_attacks import ATTACKS
    from ._rules_open import OPEN
    from ._rules_scenarios import COMPLIANT

    return (*COMPLIANT, *ATTACKS, *OPEN)


CONTROL = Control(
    id="ingress-inside-vpc",
    title="Ingress from inside the VPC only",
    statement="Every source of a security group's ingress must lie inside the group's own VPC.",
    rationale="A range wider than the VPC, a group of another network or somebody's prefix list "
    "lets in machines that nobody here governs; it looks internal in a review.",
    severity=Severity.CRITICAL,
    owner="network engineering",
    subjects=INGRESS_CARRIERS,
    properties=("ingress", "cidrBlocks", "cidrIpv4", "sourceSecurityGroupId", "self"),
    remediation="cidr_blocks=[vpc.cidr_block]",
    remedies={
        "cidrBlock": 'aws.ec2.Vpc(..., cidr_block="10.0.0.0/16")',
        "ipv6CidrBlock": "a security group of this stack as the source, instead of IPv6 addresses",
        "vpcId": "vpc_id=vpc.id, of a VPC of this stack",
        "securityGroupId": "security_group_id=group.id, of a security group of this stack",
        INGRESS_RULE: "cidr_ipv4=vpc.cidr_block",
    },
    levels=MANDATORY,
    waivable=False,
    stack_check=check,
    scenarios=scenarios,
)
