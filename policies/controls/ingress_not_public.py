"""No security group lets anyone in from outside private address space."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Item,
    Resource,
    Settings,
    Severity,
    Undecided,
    Value,
    accepts,
    ignores,
    refuses,
    undecided,
)

from ._network import (
    DEFAULT_GROUP,
    GROUP,
    INGRESS_RULE,
    LITERAL,
    RULE,
    may_be_a_vpcs,
    network,
    tcp,
)
from ._rules import INGRESS_CARRIERS, IPV4, IPV6, rules


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    for rule in rules(resource, "ingress"):
        for source in rule.sources():
            if source.kind not in (IPV4, IPV6):
                continue
            if not isinstance(source.value, str):
                raise Undecided(source.path, LITERAL)
            found = network(source.value, source.path, 4 if source.kind == IPV4 else 6)
            if not may_be_a_vpcs(found):
                yield Finding(
                    f"{source.path} is {source.value}, which reaches outside any VPC",
                    property=source.path,
                )


def group(*rules: dict[str, Value]) -> Item:
    return Item(GROUP, "group", {"vpcId": UNKNOWN, "ingress": list(rules)})


def rule(**props: Value) -> Item:
    values = {"type": "ingress", "securityGroupId": UNKNOWN, **tcp(443.0), **props}
    return Item(RULE, "rule", values)


def ingress_rule(**props: Value) -> Item:
    values = {"securityGroupId": UNKNOWN, "ipProtocol": "tcp", "fromPort": 443.0, **props}
    return Item(INGRESS_RULE, "rule", values)


OUTSIDE = "reaches outside any VPC"
CONTROL = Control(
    id="ingress-not-public",
    title="No ingress from public addresses",
    statement="No security group rule must admit traffic from outside private address space.",
    rationale="One rule open to the internet undoes private subnets and encryption alike. Decided "
    "from the rule's own inputs, it is decided again just before the rule is made.",
    severity=Severity.CRITICAL,
    owner="network engineering",
    subjects=INGRESS_CARRIERS,
    properties=("ingress", "cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6"),
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
    check=check,
    scenarios=lambda: (
        accepts("from the VPC", group(tcp(5432.0, cidrBlocks=["10.0.0.0/16"]))),
        accepts("no rule", group()),
        accepts("a group as the source", rule(sourceSecurityGroupId=UNKNOWN)),
        accepts("an IPv6 range of a VPC's size", rule(ipv6CidrBlocks=["2600:1f1e:abc:de00::/56"])),
        refuses("the internet", group(tcp(443.0, cidrBlocks=["0.0.0.0/0"])), says=OUTSIDE),
        refuses(
            "the internet, IPv6", rule(ipv6CidrBlocks=["::/0"]), says="ipv6CidrBlocks[0] is ::/0"
        ),
        refuses("the second of two", rule(cidrBlocks=["10.0.0.0/16", "0.0.0.0/0"]), says="[1]"),
        refuses("half the internet", ingress_rule(cidrIpv4="0.0.0.0/1"), says=OUTSIDE),
        refuses("one public address", ingress_rule(cidrIpv4="203.0.113.7/32"), says=OUTSIDE),
        refuses("wider than private space", rule(cidrBlocks=["10.0.0.0/7"]), says="10.0.0.0/7"),
        refuses("IPv4-mapped IPv6", rule(ipv6CidrBlocks=["::ffff:0:0/96"]), says=OUTSIDE),
        refuses("half the internet, IPv6", ingress_rule(cidrIpv6="2000::/3"), says=OUTSIDE),
        refuses("host bits set", rule(cidrBlocks=["10.0.0.1/16"]), says="such as 10.0.0.0/16"),
        refuses("no CIDR block", rule(cidrBlocks=["anywhere"]), says="must be an IPv4 CIDR block"),
        refuses("a rule of no direction", rule(type=None, cidrBlocks=["0.0.0.0/0"]), says=OUTSIDE),
        refuses(
            "the default group",
            Item(
                DEFAULT_GROUP,
                "default",
                {"ingress": [{"protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]}]},
            ),
            says=OUTSIDE,
        ),
        undecided("a range known at deploy time", rule(cidrBlocks=[UNKNOWN]), says="literal"),
        undecided("inline rules known at deploy time", Item(GROUP, "group", {"ingress": UNKNOWN})),
        ignores("egress", rule(type="egress", cidrBlocks=["0.0.0.0/0"])),
    ),
)
