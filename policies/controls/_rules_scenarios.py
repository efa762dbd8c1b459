"""Examples for ingress-inside-vpc: every form in which a source can be written."""

from __future__ import annotations

from collections.abc import Mapping

from core import UNKNOWN, Item, Scenario, Value, accepts, ignores, refuses, undecided

from ._network import (
    DEFAULT_GROUP,
    EGRESS_RULE,
    INGRESS_RULE,
    PREFIX_LIST,
    PREFIX_LIST_ENTRY,
    RULE,
    VPC_IPV6_RANGE,
    VPC_RANGE,
    a_group,
    a_vpc,
    tcp,
)

NET = a_vpc()
OTHER = (a_vpc("other", "10.1.0.0/16"), a_group("stranger", vpc="other"))
NOT_INSIDE = "is not inside the VPC"


def inline(*rules: Value, **props: Value) -> Item:
    return a_group("group", *rules, vpc="vpc", **props)


def rule(
    group: str = "group", needs: Mapping[str, tuple[str, ...]] | None = None, **props: Value
) -> Item:
    """A rule resource of the older kind, for `group`."""
    values = {"type": "ingress", "securityGroupId": UNKNOWN, **tcp(5432.0), **props}
    graph = {"securityGroupId": (group,), **(needs or {})}
    return Item(RULE, "rule", values, needs=graph, computed=("id", "sourceSecurityGroupId"))


def ingress(
    group: str = "group", needs: Mapping[str, tuple[str, ...]] | None = None, **props: Value
) -> Item:
    """A rule resource of the newer kind, for `group`."""
    values: dict[str, Value] = {
        "securityGroupId": UNKNOWN,
        "ipProtocol": "tcp",
        "fromPort": 5432.0,
        "toPort": 5432.0,
    }
    graph = {"securityGroupId": (group,), **(needs or {})}
    return Item(INGRESS_RULE, "rule", {**values, **props}, needs=graph, computed=("id",))


def from_range(cidr: Value, key: str = "cidrBlocks") -> tuple[Item, ...]:
    return NET, inline(tcp(5432.0, **{key: [cidr]}))


def secondary(cidr: str) -> Item:
    return Item(VPC_RANGE, "more", {"vpcId": UNKNOWN, "cidrBlock": cidr}, needs={"vpcId": ("vpc",)})


def listed(*cidrs: str, family: str = "IPv4") -> Item:
    entries = [{"cidr": c} for c in cidrs]
    return Item(
        PREFIX_LIST, "list", {"addressFamily": family, "entries": entries}, computed=("id",)
    )


IPV6_NET = a_vpc(ipv6CidrBlock="2600:1f1e:abc:de00::/56")
BY_LIST = {"prefixListIds": ("list",)}
ENTRY = Item(
    PREFIX_LIST_ENTRY,
    "entry",
    {"prefixListId": UNKNOWN, "cidr": "0.0.0.0/0"},
    needs={"prefixListId": ("list",)},
)
BY_PEER = {"sourceSecurityGroupId": ("peer",)}

INSIDE_VPC: tuple[Scenario, ...] = (
    accepts("the VPC itself", *from_range("10.0.0.0/16")),
    accepts("a subnet of it", *from_range("10.0.11.0/24")),
    accepts("one address of it", *from_range("10.0.255.255/32")),
    accepts("a group without rules", NET, inline()),
    accepts("rules written as none", NET, inline(ingress=[])),
    accepts("the group itself", NET, inline(tcp(5432.0, self=True))),
    accepts("a secondary range of the VPC", *from_range("10.9.0.0/16"), secondary("10.9.0.0/16")),
    accepts("two adjacent ranges as one", *from_range("10.0.0.0/15"), secondary("10.1.0.0/16")),
    accepts(
        "a group of the VPC, inline",
        NET,
        a_group("peer"),
        Item(
            inline().type,
            "group",
            {"vpcId": UNKNOWN, "ingress": [tcp(5432.0, securityGroups=[UNKNOWN])]},
            needs={"vpcId": ("vpc",), "ingress": ("peer",)},
            computed=("id",),
        ),
    ),
    accepts("a rule resource", NET, inline(), rule(cidrBlocks=["10.0.0.0/16"])),
    accepts(
        "a rule resource from a group",
        NET,
        inline(),
        a_group("peer"),
        rule(sourceSecurityGroupId=UNKNOWN, needs=BY_PEER),
    ),
    accepts("a rule of the newer kind", NET, inline(), ingress(cidrIpv4="10.0.0.0/16")),
    accepts(
        "its own group by reference",
        NET,
        inline(),
        ingress(referencedSecurityGroupId=UNKNOWN, needs={"referencedSecurityGroupId": ("group",)}),
    ),
    accepts(
        "all known after deployment",
        a_vpc(id="vpc-1"),
        inline(tcp(5432.0, securityGroups=["sg-1"], ipv6CidrBlocks=[]), vpcId="vpc-1", id="sg-1"),
    ),
    accepts(
        "a prefix list of the stack, all inside",
        NET,
        inline(),
        listed("10.0.11.0/24"),
        rule(prefixListIds=[UNKNOWN], needs=BY_LIST),
    ),
    accepts(
        "the VPC's own IPv6 range",
        IPV6_NET,
        inline(tcp(5432.0, ipv6CidrBlocks=["2600:1f1e:abc:de00::/56"])),
    ),
    accepts(
        "an added IPv6 range",
        NET,
        inline(tcp(5432.0, ipv6CidrBlocks=["2600:1f1e:abc:de00::/64"])),
        Item(
            VPC_IPV6_RANGE,
            "six",
            {"vpcId": UNKNOWN, "ipv6CidrBlock": "2600:1f1e:abc:de00::/56"},
            needs={"vpcId": ("vpc",)},
        ),
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
        "a rule resource, IPv4", NET, inline(), rule(cidrBlocks=["10.0.0.0/8"]), says=NOT_INSIDE
    ),
    refuses("a rule resource, IPv6", NET, inline(), rule(ipv6CidrBlocks=["::/0"]), says="no IPv6"),
    refuses(
        "a rule of the newer kind", NET, inline(), ingress(cidrIpv4="10.0.0.0/8"), says=NOT_INSIDE
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
        ENTRY,
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
    undecided(
        "a group of a VPC elsewhere",
        NET,
        inline(tcp(5432.0, cidrBlocks=["10.0.0.0/16"]), vpcId="vpc-9"),
    ),
    undecided("a source computed at deploy time", *from_range(UNKNOWN), says="literal"),
    undecided("a VPC range from a pool", a_vpc(cidr=UNKNOWN), from_range("10.0.0.0/16")[1]),
    undecided(
        "an unknown group out of nowhere", NET, inline(), rule(sourceSecurityGroupId=UNKNOWN)
    ),
    undecided("rules computed at deploy time", NET, inline(ingress=UNKNOWN)),
    ignores("an egress rule alone", rule(type="egress", cidrBlocks=["0.0.0.0/0"])),
    ignores(
        "an egress rule of the newer kind", Item(EGRESS_RULE, "out", {"cidrIpv4": "0.0.0.0/0"})
    ),
)
