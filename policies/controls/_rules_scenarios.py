"""Examples for ingress-inside-vpc: sources inside the VPC, in every form."""

from __future__ import annotations

from collections.abc import Mapping

from core import UNKNOWN, Item, Scenario, Value, accepts

from ._network import (
    INGRESS_RULE,
    PREFIX_LIST,
    PREFIX_LIST_ENTRY,
    RULE,
    SUBNET,
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


def beside(*subnets: str) -> Item:
    """A group whose vpc_id is that of a subnet."""
    values: dict[str, Value] = {
        "vpcId": UNKNOWN,
        "ingress": [tcp(5432.0, cidrBlocks=["10.0.0.0/16"])],
    }
    return Item(inline().type, "group", values, needs={"vpcId": subnets}, computed=("id",))


#: Two subnets of the VPC and one of another.
THERE = tuple(
    Item(SUBNET, name, {"vpcId": UNKNOWN}, needs={"vpcId": (vpc,)})
    for name, vpc in (("sn", "vpc"), ("s2", "vpc"), ("s3", "other"))
)


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


def entry(cidr: Value, owner: str = "list") -> Item:
    """An entry of a prefix list, as a resource of its own."""
    values: dict[str, Value] = {"prefixListId": UNKNOWN, "cidr": cidr}
    return Item(PREFIX_LIST_ENTRY, "entry", values, needs={"prefixListId": (owner,)})


def listed(*cidrs: str, family: str = "IPv4") -> Item:
    entries = [{"cidr": c} for c in cidrs]
    return Item(
        PREFIX_LIST, "list", {"addressFamily": family, "entries": entries}, computed=("id",)
    )


#: An inline rule as the provider gives it back once deployed.
FULL: dict[str, Value] = {
    "protocol": "tcp", "fromPort": 5432.0, "toPort": 5432.0, "cidrBlocks": ["10.0.0.0/16"],
    "ipv6CidrBlocks": [], "prefixListIds": [], "securityGroups": [], "self": False,
    "description": "",
}  # fmt: skip
NOT_OURS = Item(
    "aws:lambda/invocation:Invocation", "function", {"functionName": "f"}, computed=("result",)
)
IPV6_NET = a_vpc(ipv6CidrBlock="2600:1f1e:abc:de00::/56")
BY_LIST = {"prefixListIds": ("list",)}
EMPTY_LIST = Item(PREFIX_LIST, "list", {"addressFamily": "IPv4"}, computed=("id", "entries"))
BY_PEER = {"sourceSecurityGroupId": ("peer",)}

COMPLIANT: tuple[Scenario, ...] = (
    accepts("in the VPC of a subnet", NET, *THERE, beside("sn")),
    accepts("in the VPC of two subnets of it", NET, *THERE, beside("sn", "s2")),
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
    accepts(
        "as the provider gives it back",
        a_vpc(id="vpc-1"),
        Item(inline().type, "group", {"vpcId": "vpc-1", "ingress": [FULL]}),
    ),
    accepts(
        "a rule resource as given back",
        NET,
        inline(),
        rule(cidrBlocks=["10.0.0.0/16"], prefixListIds=[], self=False, sourceSecurityGroupId=""),
    ),
    accepts(
        "a newer rule as given back",
        NET,
        inline(),
        ingress(
            cidrIpv4="10.0.0.0/16", cidrIpv6=None, prefixListId="", referencedSecurityGroupId=None
        ),
    ),
    accepts(
        "Amazon's IPv6 not asked for",
        a_vpc(assignGeneratedIpv6CidrBlock=False),
        inline(tcp(5432.0, cidrBlocks=["10.0.0.0/16"])),
    ),
    accepts(
        "a prefix list filled apart",
        NET,
        inline(),
        EMPTY_LIST,
        entry("10.0.11.0/24"),
        rule(prefixListIds=[UNKNOWN], needs=BY_LIST),
    ),
    accepts(
        "an entry of another list",
        NET,
        inline(),
        listed("10.0.11.0/24"),
        entry("0.0.0.0/0", "other"),
        Item(PREFIX_LIST, "other", {"addressFamily": "IPv4"}, computed=("id", "entries")),
        rule(prefixListIds=[UNKNOWN], needs=BY_LIST),
    ),
    accepts(
        "a group of the VPC beside ranges of VPC and subnet",
        NET,
        a_group("peer"),
        Item(SUBNET, "sub", {"vpcId": UNKNOWN}, needs={"vpcId": ("vpc",)}),
        Item(
            inline().type,
            "group",
            {
                "vpcId": UNKNOWN,
                "ingress": [
                    tcp(5432.0, cidrBlocks=["10.0.0.0/16", "10.0.11.0/24"]),
                    tcp(5432.0, securityGroups=[UNKNOWN]),
                ],
            },
            needs={"vpcId": ("vpc",), "ingress": ("vpc", "sub", "peer")},
            computed=("id",),
        ),
    ),
    accepts(
        "two rules from one group",
        NET,
        a_group("peer"),
        Item(
            inline().type,
            "group",
            {
                "vpcId": UNKNOWN,
                "ingress": [tcp(p, securityGroups=[UNKNOWN]) for p in (80.0, 443.0)],
            },
            needs={"vpcId": ("vpc",), "ingress": ("peer",)},
            computed=("id",),
        ),
    ),
    accepts(
        "a rule of its own, deployed",
        NET,
        a_group("group", id="sg-1"),
        ingress(securityGroupId="sg-1", cidrIpv4="10.0.11.0/24"),
    ),
    accepts(
        "a rule on the VPC's default group, deployed",
        a_vpc(defaultSecurityGroupId="sg-d"),
        ingress(securityGroupId="sg-d", cidrIpv4="10.0.11.0/24"),
    ),
    accepts("a rule from its own group, as a resource", NET, inline(), rule(self=True)),
    accepts(
        "a rule whose self is left empty",
        NET,
        inline(),
        rule(self="", cidrBlocks=["10.0.11.0/24"]),
    ),
    accepts(
        "a group in the VPC of a subnet, deployed",
        a_vpc(id="vpc-1"),
        Item(SUBNET, "sn", {"vpcId": "vpc-1"}),
        beside("sn"),
    ),
)
