"""Examples for ingress-inside-vpc: every form in which an outsider can be let in."""

from __future__ import annotations

from core import UNKNOWN, Item, Scenario, refuses

from ._network import DEFAULT_GROUP, VPC_RANGE, a_vpc, tcp
from ._rules_scenarios import (
    BY_LIST,
    EMPTY_LIST,
    FULL,
    IPV6_NET,
    NET,
    NOT_INSIDE,
    OTHER,
    entry,
    from_range,
    ingress,
    inline,
    listed,
    rule,
)

ATTACKS: tuple[Scenario, ...] = (
    refuses(
        "added behind the program's back",
        NET,
        Item(
            inline().type,
            "group",
            {"vpcId": UNKNOWN},
            needs={"vpcId": ("vpc",)},
            outputs={"ingress": [{**FULL, "cidrBlocks": ["0.0.0.0/0"]}]},
        ),
        says=NOT_INSIDE,
    ),
    refuses(
        "a range added to another VPC",
        NET,
        OTHER[0],
        inline(tcp(5432.0, cidrBlocks=["10.9.0.0/16"])),
        Item(
            VPC_RANGE,
            "more",
            {"vpcId": UNKNOWN, "cidrBlock": "10.9.0.0/16"},
            needs={"vpcId": ("other",)},
        ),
        says=NOT_INSIDE,
    ),
    refuses(
        "IPv6 where none was asked for",
        a_vpc(assignGeneratedIpv6CidrBlock=False),
        inline(tcp(5432.0, ipv6CidrBlocks=["2600:1f1e:abc:de00::/56"])),
        says="no IPv6 range",
    ),
    refuses(
        "a list of numbers", NET, inline(tcp(5432.0, cidrBlocks=[10.0])), says="must be a text"
    ),
    refuses(
        "one rule instead of a list",
        NET,
        inline(ingress=tcp(5432.0, cidrBlocks=["0.0.0.0/0"])),
        says=NOT_INSIDE,
    ),
    refuses(
        "one text instead of a list",
        NET,
        inline(tcp(5432.0, cidrBlocks="0.0.0.0/0")),
        says=NOT_INSIDE,
    ),
    refuses("the internet", *from_range("0.0.0.0/0"), says=NOT_INSIDE),
    refuses("wider than the VPC", *from_range("10.0.0.0/8"), says="10.0.0.0/8"),
    refuses("one bit wider", *from_range("10.0.0.0/15"), says=NOT_INSIDE),
    refuses("the network next door", *from_range("10.1.0.0/16"), says="(10.0.0.0/16)"),
    refuses("another private network", *from_range("192.168.0.0/16"), says=NOT_INSIDE),
    refuses("half the internet", *from_range("0.0.0.0/1"), says=NOT_INSIDE),
    refuses("host bits set", *from_range("10.0.0.1/8"), says="must be a network address"),
    refuses("a range of another VPC", OTHER[0], *from_range("10.1.0.0/16"), says=NOT_INSIDE),
    refuses(
        "IPv6 where the VPC has none", *from_range("::/0", "ipv6CidrBlocks"), says="no IPv6 range"
    ),
    refuses(
        "IPv4-mapped IPv6", *from_range("::ffff:10.0.0.0/112", "ipv6CidrBlocks"), says="no IPv6"
    ),
    refuses("IPv6 among IPv4", *from_range("::/0"), says="must be an IPv4 CIDR block"),
    refuses(
        "wider than the VPC's IPv6 range",
        IPV6_NET,
        inline(tcp(5432.0, ipv6CidrBlocks=["2600:1f1e:abc::/48"])),
        says=NOT_INSIDE,
    ),
    refuses("no source", NET, inline(tcp(5432.0)), says="ingress[0] names no source"),
    refuses(
        "the second rule",
        NET,
        inline(tcp(5432.0, self=True), tcp(22.0, cidrBlocks=["0.0.0.0/0"])),
        says="tcp 22 is open",
    ),
    refuses(
        "wider than the VPC, by a rule resource",
        NET,
        inline(),
        rule(cidrBlocks=["10.0.0.0/8"]),
        says=NOT_INSIDE,
    ),
    refuses("a rule resource, IPv6", NET, inline(), rule(ipv6CidrBlocks=["::/0"]), says="no IPv6"),
    refuses(
        "wider than the VPC, newer kind",
        NET,
        inline(),
        ingress(cidrIpv4="10.0.0.0/8"),
        says=NOT_INSIDE,
    ),
    refuses("the newer kind, IPv6", NET, inline(), ingress(cidrIpv6="::/0"), says="no IPv6 range"),
    refuses(
        "a foreign group",
        NET,
        inline(tcp(5432.0, securityGroups=["sg-0af"])),
        says="not of this stack",
    ),
    refuses(
        "a foreign group by account",
        NET,
        inline(),
        rule(sourceSecurityGroupId="1/sg-0af"),
        says="not of",
    ),
    refuses(
        "a foreign group, newer kind",
        NET,
        inline(),
        ingress(referencedSecurityGroupId="sg-0af"),
        says="not of",
    ),
    refuses(
        "a group of another VPC",
        NET,
        *OTHER,
        inline(),
        rule(sourceSecurityGroupId=UNKNOWN, needs={"sourceSecurityGroupId": ("stranger",)}),
        says="another VPC",
    ),
    refuses(
        "AWS's own prefix list",
        NET,
        inline(),
        rule(prefixListIds=["pl-63a5400a"]),
        says="not of this stack",
    ),
    refuses(
        "a prefix list reaching outside",
        NET,
        inline(),
        listed("10.0.0.0/8"),
        rule(prefixListIds=[UNKNOWN], needs=BY_LIST),
        says="10.0.0.0/8",
    ),
    refuses(
        "an entry added apart",
        NET,
        inline(),
        listed("10.0.11.0/24"),
        entry("0.0.0.0/0"),
        rule(prefixListIds=[UNKNOWN], needs=BY_LIST),
        says="entry 0.0.0.0/0",
    ),
    refuses(
        "a rule for a group elsewhere",
        NET,
        rule(securityGroupId="sg-0af", cidrBlocks=["10.0.0.0/16"]),
        says="not sg-0af",
    ),
    refuses(
        "a group of the default VPC",
        NET,
        Item(
            inline().type,
            "group",
            {"ingress": [tcp(5432.0, cidrBlocks=["10.0.0.0/16"])]},
            computed=("id", "vpcId"),
        ),
        says="default VPC",
    ),
    refuses(
        "a rule of the default group",
        NET,
        Item(
            DEFAULT_GROUP,
            "default",
            {"vpcId": UNKNOWN, "ingress": [tcp(0.0, cidrBlocks=["10.0.0.0/8"])]},
            needs={"vpcId": ("vpc",)},
        ),
        says=NOT_INSIDE,
    ),
    refuses(
        "a rule for the VPC's default group",
        NET,
        rule("vpc", cidrBlocks=["10.0.0.0/8"]),
        says=NOT_INSIDE,
    ),
    refuses(
        "a secondary range of one of two VPCs",
        *from_range("10.9.0.0/16"),
        a_vpc("other", "10.1.0.0/16"),
        Item(
            VPC_RANGE,
            "more",
            {"vpcId": UNKNOWN, "cidrBlock": "10.9.0.0/16"},
            needs={"vpcId": ("vpc", "other")},
        ),
        says=NOT_INSIDE,
    ),
    refuses(
        "an entry of an unknown list",
        NET,
        inline(),
        EMPTY_LIST,
        entry("0.0.0.0/0", "nowhere"),
        rule(prefixListIds=[UNKNOWN], needs=BY_LIST),
        says="entry 0.0.0.0/0",
    ),
    refuses(
        "an IPv6 prefix list",
        NET,
        inline(),
        listed("2600::/16", family="IPv6"),
        rule(prefixListIds=[UNKNOWN], needs=BY_LIST),
        says="2600::/16",
    ),
)
