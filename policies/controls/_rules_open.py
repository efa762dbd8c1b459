"""Examples for ingress-inside-vpc: what cannot be told before deployment, and no ingress."""

from __future__ import annotations

from core import UNKNOWN, Item, Scenario, ignores, undecided

from ._network import EGRESS_RULE, PREFIX_LIST, SUBNET, VPC, a_group, a_vpc, tcp
from ._rules_scenarios import (
    BY_LIST,
    EMPTY_LIST,
    FULL,
    NET,
    NOT_OURS,
    OTHER,
    THERE,
    beside,
    entry,
    from_range,
    inline,
    rule,
)

IGW = "aws:ec2/internetGateway:InternetGateway"

OPEN: tuple[Scenario, ...] = (
    undecided("in the VPC of one of two subnets", NET, *OTHER, *THERE, beside("sn", "s3")),
    undecided("in the VPC of a subnet of nowhere", NET, *THERE, beside("s3")),
    undecided(
        "Amazon's IPv6 range",
        a_vpc(assignGeneratedIpv6CidrBlock=True),
        inline(tcp(5432.0, ipv6CidrBlocks=["2600:1f1e:abc:de00::/56"])),
    ),
    undecided(
        "an IPv6 range computed at deploy time",
        a_vpc(ipv6CidrBlock=UNKNOWN),
        inline(tcp(5432.0, ipv6CidrBlocks=["2600:1f1e:abc:de00::/56"])),
    ),
    undecided("a rule of an unknown group", NET, rule("nowhere", cidrBlocks=["10.0.0.0/16"])),
    undecided(
        "a rule of one of two groups",
        NET,
        *OTHER,
        inline(),
        Item(
            rule().type,
            "rule",
            {"securityGroupId": UNKNOWN, "cidrBlocks": ["10.0.0.0/16"]},
            needs={"securityGroupId": ("group", "stranger")},
        ),
    ),
    undecided(
        "a group of one of two VPCs",
        NET,
        OTHER[0],
        Item(
            inline().type,
            "group",
            {"vpcId": UNKNOWN, "ingress": [FULL]},
            needs={"vpcId": ("vpc", "other")},
        ),
    ),
    undecided(
        "a source that a function names",
        NET,
        inline(),
        a_group("peer"),
        NOT_OURS,
        rule(sourceSecurityGroupId=UNKNOWN, needs={"sourceSecurityGroupId": ("peer", "function")}),
    ),
    undecided(
        "a source that only a function names",
        NET,
        inline(),
        NOT_OURS,
        rule(sourceSecurityGroupId=UNKNOWN, needs={"sourceSecurityGroupId": ("function",)}),
    ),
    undecided(
        "a group of a VPC elsewhere",
        NET,
        inline(tcp(5432.0, cidrBlocks=["10.0.0.0/16"]), vpcId="vpc-9"),
    ),
    undecided("a source computed at deploy time", *from_range(UNKNOWN), says="literal"),
    undecided(
        "a VPC range that a pool will give",
        Item(VPC, "vpc", {"ipv4IpamPoolId": "ipam-pool-1"}, computed=("id", "cidrBlock")),
        from_range("10.0.0.0/16")[1],
    ),
    undecided(
        "an IPv6 range from a pool",
        a_vpc(ipv6IpamPoolId="ipam-pool-1"),
        inline(tcp(5432.0, ipv6CidrBlocks=["2600:1f1e:abc:de00::/56"])),
    ),
    undecided("a VPC range from a pool", a_vpc(cidr=UNKNOWN), from_range("10.0.0.0/16")[1]),
    undecided(
        "an unknown group out of nowhere", NET, inline(), rule(sourceSecurityGroupId=UNKNOWN)
    ),
    undecided("rules computed at deploy time", NET, inline(ingress=UNKNOWN)),
    ignores("an egress rule alone", rule(type="egress", cidrBlocks=["0.0.0.0/0"])),
    ignores(
        "an egress rule of the newer kind", Item(EGRESS_RULE, "out", {"cidrIpv4": "0.0.0.0/0"})
    ),
    undecided(
        "a prefix list known at deploy time",
        NET,
        inline(),
        Item(PREFIX_LIST, "list", {"addressFamily": "IPv4", "entries": UNKNOWN}, computed=("id",)),
        rule(prefixListIds=[UNKNOWN], needs=BY_LIST),
    ),
    undecided(
        "an entry known at deploy time",
        NET,
        inline(),
        EMPTY_LIST,
        entry(UNKNOWN),
        rule(prefixListIds=[UNKNOWN], needs=BY_LIST),
    ),
    undecided(
        "a second group out of nowhere",
        NET,
        a_group("peer"),
        Item(
            inline().type,
            "group",
            {"vpcId": UNKNOWN, "ingress": [tcp(5432.0, securityGroups=[UNKNOWN, UNKNOWN])]},
            needs={"vpcId": ("vpc",), "ingress": ("peer",)},
            computed=("id",),
        ),
    ),
    *(
        undecided(
            f"a group read from {what}, beside one of the stack",
            NET,
            *OTHER,
            a_group("peer"),
            Item(SUBNET, "there", {"vpcId": UNKNOWN}, needs={"vpcId": ("other",)}),
            Item(
                inline().type,
                "group",
                {
                    "vpcId": UNKNOWN,
                    "ingress": [tcp(p, securityGroups=[UNKNOWN]) for p in (5432.0, 5433.0)],
                },
                needs={"vpcId": ("vpc",), "ingress": ("peer", source)},
                computed=("id",),
            ),
        )
        for what, source in (("another VPC", "other"), ("a subnet of another VPC", "there"))
    ),
    undecided(
        "a rule from a group of the stack or one read from the VPC",
        NET,
        inline(),
        a_group("peer"),
        rule(sourceSecurityGroupId=UNKNOWN, needs={"sourceSecurityGroupId": ("peer", "vpc")}),
    ),
    undecided(
        "a group out of nowhere beside a known one",
        NET,
        a_group("peer", id="sg-1"),
        Item(
            inline().type,
            "group",
            {"vpcId": UNKNOWN, "ingress": [tcp(5432.0, securityGroups=["sg-1", UNKNOWN])]},
            needs={"vpcId": ("vpc",), "ingress": ("peer",)},
            computed=("id",),
        ),
    ),
    *(
        undecided(
            f"a group in the VPC of {what}",
            NET,
            *OTHER,
            *THERE,
            Item(IGW, "igw", {"vpcId": UNKNOWN}, needs={"vpcId": ("vpc",)}, computed=("id",)),
            beside(*sources),
            says="the range of group.vpcId",
        )
        for what, sources in {
            "something that is no subnet": ("igw",),
            "a subnet and of something else": ("sn", "igw"),
        }.items()
    ),
)
