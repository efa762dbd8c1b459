"""A network ACL of the stack does not let the internet in on every port."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Item,
    NotASubject,
    Props,
    Resource,
    Settings,
    Severity,
    Value,
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._network import is_the_world, network
from ._rules import PROTOCOLS

ACL = "aws:ec2/networkAcl:NetworkAcl"
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
ADMINISTRATION = (22, 3389)  # SSH and remote desktop


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    if resource.type == ACL_RULE:
        if resource.props.flag("egress"):
            raise NotASubject("the rule is egress")
        yield from _judge(resource.props, "ruleAction")
        return
    for entry in resource.props.blocks("ingress"):
        yield from _judge(entry, "action")


def _judge(entry: Props, action: str) -> Iterator[Finding]:
    if (entry.text(action, "allow") or "").lower() == "deny":
        return
    blocks = [
        network(block, entry.path(key), version)
        for key, version in (("cidrBlock", 4), ("ipv6CidrBlock", 6))
        if (block := entry.text(key))
    ]
    if not any(is_the_world(block) for block in blocks):
        return
    raw = entry.raw("protocol")
    shown = str(int(raw)) if isinstance(raw, float) else entry.text("protocol", "-1") or "-1"
    protocol = PROTOCOLS.get(shown.lower(), shown.lower())
    if protocol in ("icmp", "icmpv6"):
        return
    first, last = entry.number("fromPort", 0.0) or 0, entry.number("toPort", 65535.0) or 0
    everything = protocol not in ("tcp", "udp") or (first < 1024 <= last)
    if everything or any(first <= port <= last for port in ADMINISTRATION):
        ports = "every port" if everything else f"{protocol} {first:.0f} to {last:.0f}"
        yield Finding(f"{blocks[0]} may enter on {ports}", property=entry.path("cidrBlock"))


def acl(**entry: Value) -> Item:
    return Item(ACL, "acl", {"ingress": [{"action": "allow", **entry}]})


def ports(first: Value, last: Value, protocol: Value = "tcp") -> dict[str, Value]:
    return {"protocol": protocol, "fromPort": first, "toPort": last}


WORLD: dict[str, Value] = {"cidrBlock": "0.0.0.0/0"}
CONTROL = Control(
    id="network-acl-not-open",
    title="Network ACLs are not open",
    statement="A network ACL of the stack must not admit the internet on every port, nor on those "
    "of SSH and remote desktop.",
    rationale="The ACL is the second line behind the security groups; open, it is none.",
    severity=Severity.MEDIUM,
    owner="network engineering",
    subjects=(ACL, ACL_RULE),
    properties=("ingress", "cidrBlock", "protocol", "fromPort", "toPort"),
    remediation='"cidr_block": vpc.cidr_block, or the ports needed, such as 443',
    levels=MANDATORY,
    check=check,
    scenarios=(
        accepts("all from the VPC", acl(cidrBlock="10.0.0.0/16", protocol="-1")),
        accepts("https from the world", acl(**WORLD, **ports(443.0, 443.0))),
        accepts("answers from the world", acl(**WORLD, **ports(49152.0, 65535.0))),
        accepts("no entries", Item(ACL, "acl", {})),
        accepts("a denial", acl(**WORLD, protocol="-1", action="deny")),
        refuses(
            "everything", acl(**WORLD, protocol="-1", fromPort=0.0, toPort=0.0), says="every port"
        ),
        refuses(
            "everything, IPv6", acl(ipv6CidrBlock="::/0", protocol="all"), says="::/0 may enter"
        ),
        refuses("half the internet", acl(cidrBlock="0.0.0.0/1", protocol="-1"), says="every port"),
        refuses("every tcp port", acl(**WORLD, **ports(0.0, 65535.0)), says="every port"),
        refuses("nearly every port", acl(**WORLD, **ports(23.0, 3388.0)), says="every port"),
        refuses("SSH", acl(**WORLD, **ports(22.0, 22.0)), says="tcp 22 to 22"),
        refuses(
            "a protocol by number", acl(**WORLD, **ports(3389.0, 3389.0, 6.0)), says="tcp 3389"
        ),
        refuses(
            "a rule of its own",
            Item(ACL_RULE, "rule", {"ruleAction": "allow", **WORLD, "protocol": "-1"}),
            says="every port",
        ),
        undecided("a range of the deployment", acl(cidrBlock=UNKNOWN, protocol="-1")),
        ignores("an egress rule", Item(ACL_RULE, "rule", {"egress": True, **WORLD})),
    ),
)
