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
from ._rules import protocol_of

ACL = "aws:ec2/networkAcl:NetworkAcl"
DEFAULT_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"  # without entries it denies all
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
CLOSED = (22, 3389, 5432, 6379)  # SSH, remote desktop, PostgreSQL, Redis
EPHEMERAL = (1024.0, 65535.0)  # the ports that answers come back to, as AWS advises


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    if resource.type == ACL_RULE:
        if resource.props.flag("egress"):
            raise NotASubject("the rule is egress")
        yield from _judge(resource.props, "ruleAction")
        return
    for entry in resource.props.blocks("ingress"):
        yield from _judge(entry, "action")


def _judge(entry: Props, action: str) -> Iterator[Finding]:
    if (entry.text(action, absent="") or "").lower() == "deny":
        return
    blocks = [
        network(block, entry.path(key), version)
        for key, version in (("cidrBlock", 4), ("ipv6CidrBlock", 6))
        if (block := entry.text(key))
    ]
    if not any(is_the_world(block) for block in blocks):
        return
    protocol = protocol_of(entry, "protocol") or "all"
    if protocol in ("icmp", "icmpv6"):
        return
    first, last = entry.number("fromPort", absent=0.0), entry.number("toPort", absent=65535.0)
    if first is None or last is None or protocol not in ("tcp", "udp") or first < 1024 <= last:
        yield Finding(f"{blocks[0]} may enter on every port", property=entry.path("cidrBlock"))
    elif (first, last) != EPHEMERAL and any(first <= port <= last for port in CLOSED):
        ports = f"{protocol} {first:.0f} to {last:.0f}"
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
    "of SSH, remote desktop, PostgreSQL and Redis.",
    rationale="The ACL is the second line behind the security groups; open, it is none.",
    severity=Severity.MEDIUM,
    owner="network engineering",
    subjects=(ACL, DEFAULT_ACL, ACL_RULE),
    properties=("ingress", "cidrBlock", "protocol", "fromPort", "toPort"),
    remediation='"cidr_block": vpc.cidr_block, or the ports needed, such as 443',
    levels=MANDATORY,
    check=check,
    scenarios=lambda: (
        accepts("all from the VPC", acl(cidrBlock="10.0.0.0/16", protocol="-1")),
        accepts("https from the world", acl(**WORLD, **ports(443.0, 443.0))),
        accepts("answers from the world", acl(**WORLD, **ports(49152.0, 65535.0))),
        accepts("answers to any port", acl(**WORLD, **ports(1024.0, 65535.0))),
        accepts("pings", acl(**WORLD, protocol="icmp", icmpType=8.0)),
        accepts("an unlisted port", acl(**WORLD, **ports(1023.0, 1023.0))),
        accepts("no entries", Item(ACL, "acl", {})),
        accepts("the VPC's default one, tagged only", Item(DEFAULT_ACL, "acl", {"tags": {}})),
        accepts("PostgreSQL from the VPC", acl(cidrBlock="10.0.0.0/16", **ports(5432.0, 5432.0))),
        *(
            accepts(f"tcp {port:.0f}, next to a closed one", acl(**WORLD, **ports(port, port)))
            for port in (21.0, 23.0, 3388.0, 3390.0, 5431.0, 5433.0, 6378.0, 6380.0)
        ),
        *(
            refuses(
                f"{what} from the world", acl(**WORLD, **ports(port, port)), says=f"tcp {port:.0f}"
            )
            for what, port in (("PostgreSQL", 5432.0), ("Redis", 6379.0))
        ),
        refuses(
            "PostgreSQL from the world by a rule of its own",
            Item(ACL_RULE, "rule", {"ruleAction": "allow", **WORLD, **ports(5432.0, 5432.0)}),
            says="tcp 5432",
        ),
        refuses("a range around Redis", acl(**WORLD, **ports(6000.0, 7000.0)), says="6000 to 7000"),
        refuses(
            "the VPC's default one, as AWS makes it",
            Item(DEFAULT_ACL, "acl", {"ingress": [{"action": "allow", "protocol": "-1", **WORLD}]}),
            says="every port",
        ),
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
        refuses("across the line", acl(**WORLD, **ports(1023.0, 1024.0)), says="every port"),
        refuses("ports left out", acl(**WORLD, protocol="tcp"), says="every port"),
        refuses(
            "up to SSH", acl(**WORLD, protocol="tcp", toPort=22.0), says="enter on tcp 0 to 22"
        ),
        refuses(
            "from remote desktop on",
            acl(**WORLD, protocol="tcp", fromPort=3389.0),
            says="enter on tcp 3389 to 65535",
        ),
        refuses("another protocol", acl(**WORLD, protocol="50"), says="every port"),
        refuses("no protocol", acl(**WORLD), says="every port"),
        refuses(
            "remote desktop and more", acl(**WORLD, **ports(1024.0, 65534.0)), says="1024 to 65534"
        ),
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
