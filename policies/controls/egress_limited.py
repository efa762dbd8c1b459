"""Security groups do not let traffic out to the whole internet."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    UNKNOWN,
    Control,
    Finding,
    Item,
    Level,
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

from ._network import DEFAULT_GROUP, EGRESS_RULE, GROUP, LITERAL, RULE, is_the_world, network, tcp
from ._rules import EGRESS_CARRIERS, IPV4, IPV6, rules


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    for rule in rules(resource, "egress"):
        for source in rule.sources():
            if source.kind not in (IPV4, IPV6):
                continue
            if not isinstance(source.value, str):
                raise Undecided(source.path, LITERAL)
            if is_the_world(network(source.value, source.path, 4 if source.kind == IPV4 else 6)):
                yield Finding(
                    f"{source.path} lets {rule.shown()} out to {source.value}",
                    property=source.path,
                )


def group(*egress: Value) -> Item:
    return Item(GROUP, "group", {"egress": list(egress)})


ALL: dict[str, Value] = {"protocol": "-1", "fromPort": 0.0, "toPort": 0.0}
CONTROL = Control(
    id="egress-limited",
    title="Egress is no wider than needed",
    statement="No security group must let traffic out to the whole internet.",
    rationale="A data store answers; it has nobody to call. Open egress is how stolen data leaves.",
    severity=Severity.MEDIUM,
    owner="network engineering",
    subjects=EGRESS_CARRIERS,
    properties=("egress", "cidrBlocks", "cidrIpv4", "cidrIpv6"),
    remediation="egress=[] (a data store needs none), or cidr_blocks=[vpc.cidr_block]",
    remedies={
        RULE: "cidr_blocks=[vpc.cidr_block]",
        EGRESS_RULE: "cidr_ipv4=vpc.cidr_block",
    },
    levels={"baseline": Level.ADVISORY, "production": Level.MANDATORY},
    check=check,
    scenarios=lambda: (
        accepts("none written", Item(GROUP, "group", {})),
        accepts("none", group()),
        accepts("to the VPC", group({**ALL, "cidrBlocks": ["10.0.0.0/16"]})),
        accepts("to a group", group(tcp(5432.0, securityGroups=["sg-0af"]))),
        accepts("to a named network", group(tcp(443.0, cidrBlocks=["203.0.113.0/24"]))),
        refuses("everything", group({**ALL, "cidrBlocks": ["0.0.0.0/0"]}), says="out to 0.0.0.0/0"),
        refuses("everything, IPv6", group({**ALL, "ipv6CidrBlocks": ["::/0"]}), says="out to ::/0"),
        refuses(
            "half the internet", group(tcp(443.0, cidrBlocks=["128.0.0.0/1"])), says="128.0.0.0/1"
        ),
        refuses(
            "a rule resource",
            Item(RULE, "rule", {"type": "egress", **tcp(443.0, cidrBlocks=["0.0.0.0/0"])}),
            says="tcp 443",
        ),
        refuses(
            "the newer kind",
            Item(EGRESS_RULE, "rule", {"ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"}),
            says="all protocols",
        ),
        refuses(
            "the default group",
            Item(DEFAULT_GROUP, "default", {"egress": [{**ALL, "cidrBlocks": ["0.0.0.0/0"]}]}),
            says="all protocols",
        ),
        undecided("a range of the deployment", group({**ALL, "cidrBlocks": [UNKNOWN]})),
        ignores("an ingress rule", Item(RULE, "rule", {"type": "ingress"})),
    ),
)
