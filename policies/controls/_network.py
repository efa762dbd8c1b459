"""What the controls of the network share: types, address ranges, which VPC a group lies in."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import TypeAlias

from core import UNKNOWN, Item, Malformed, Resource, SecretText, Stack, Undecided, Value, plain

VPC = "aws:ec2/vpc:Vpc"
VPC_RANGE = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
VPC_IPV6_RANGE = "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation"
SUBNET = "aws:ec2/subnet:Subnet"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
GROUPS = (GROUP, DEFAULT_GROUP)
RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
PREFIX_LIST_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
PRIVATE = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
#: IPv6 addresses a VPC can have, and the widest range of them.
VPC_IPV6 = tuple(map(ipaddress.IPv6Network, ("2000::/3", "fc00::/7")))
WIDEST_IPV6 = 44
LITERAL = "write it as a literal, or let the rule name a security group of this stack instead"


def network(text: str, path: str, version: int) -> Network:
    """The network of a CIDR block in AWS's own spelling. Raises Malformed for any other."""
    hidden, text = isinstance(text, SecretText), plain(text)
    address, _, length = text.partition("/")
    kind = ipaddress.IPv4Network if version == 4 else ipaddress.IPv6Network
    if not (length.isascii() and length.isdigit()):
        raise Malformed(path, f"an IPv{version} CIDR block with a prefix length")
    if (found := _exactly(text, kind)) is not None:
        return found
    try:
        hint = kind(f"{address}/{length}", strict=False)
    except ValueError:
        raise Malformed(path, f"an IPv{version} CIDR block") from None
    raise Malformed(path, "a network address" if hidden else f"a network address such as {hint}")


@lru_cache(maxsize=1024)
def _exactly(
    text: str, kind: type[ipaddress.IPv4Network | ipaddress.IPv6Network]
) -> Network | None:
    """The network written as AWS writes it; a stack names few, many times."""
    try:
        return kind(text)
    except ValueError:
        return None


def inside(inner: Network, ranges: list[Network]) -> bool:
    """True when every address of `inner` lies in the ranges, taken together."""
    if inner in ranges:
        return True
    if isinstance(inner, ipaddress.IPv4Network):
        four = [r for r in ranges if isinstance(r, ipaddress.IPv4Network)]
        if any(inner.subnet_of(r) for r in four):
            return True  # before they are taken together, which is dear
        return any(inner.subnet_of(r) for r in ipaddress.collapse_addresses(four))
    six = [r for r in ranges if isinstance(r, ipaddress.IPv6Network)]
    return any(inner.subnet_of(r) for r in ipaddress.collapse_addresses(six))


def is_private(found: Network) -> bool:
    """True for addresses of RFC 1918."""
    return found.version == 4 and inside(found, list(PRIVATE))


def is_the_world(found: Network) -> bool:
    """True for a range so wide that it stands for the internet, in one piece or a few."""
    if found.version == 4:
        return found.prefixlen < 16 and not is_private(found)
    return found.prefixlen < 32


def may_be_a_vpcs(found: Network) -> bool:
    """True for a range that some VPC of private address space can hold."""
    if found.version == 4:
        return is_private(found)
    return found.prefixlen >= WIDEST_IPV6 and inside(found, list(VPC_IPV6))


def ranges(vpc: Resource, stack: Stack, version: int) -> list[Network]:
    """The VPC's address ranges of one IP version, secondary ones included.

    Raises Undecided when the VPC's own range is not known (IPv4 from a pool, IPv6 from Amazon).
    """
    return stack.once(("ranges", vpc, version), lambda: _ranges(vpc, stack, version))


def _ranges(vpc: Resource, stack: Stack, version: int) -> list[Network]:
    key, kind = ("cidrBlock", VPC_RANGE) if version == 4 else ("ipv6CidrBlock", VPC_IPV6_RANGE)
    found: list[Network] = []
    own = vpc.props.raw(key)
    if own is UNKNOWN and (version == 4 or vpc.declared(key) or _has_amazon_ipv6(vpc)):
        raise Undecided(f"{vpc.name}.{key}", LITERAL)
    if isinstance(own, str) and own:
        found.append(network(own, f"{vpc.name}.{key}", version))
    for association, reference in stack.referring((kind,), "vpcId", (VPC,)).to(vpc):
        block = association.props.raw(key)
        if isinstance(block, str) and reference.one is vpc:
            found.append(network(block, f"{association.name}.{key}", version))
    return found


def _has_amazon_ipv6(vpc: Resource) -> bool:
    keys = ("assignGeneratedIpv6CidrBlock", "ipv6IpamPoolId")
    return any(vpc.declared(k) and vpc.props.raw(k) is not False for k in keys)


def vpc_of(resource: Resource, stack: Stack) -> Resource:
    """The VPC of this stack that a group (or subnet) lies in; Undecided or Malformed if none."""
    if not resource.declared("vpcId"):
        raise Malformed(f"{resource.name}.vpcId", "written; without it AWS takes the default VPC")
    found = stack.refers_to(resource, "vpcId", (VPC,), ("id",))
    if found.one is not None:
        return found.one
    # by the vpc_id of a subnet or group: that one's VPC
    beside = stack.sources(resource, "vpcId")
    if beside and all(s.type in (SUBNET, *GROUPS) for s in beside):
        homes = {vpc.urn: vpc for vpc in (_own_vpc(s, stack) for s in beside)}
        if len(homes) == 1:
            return next(iter(homes.values()))
    raise Undecided(f"the range of {resource.name}.vpcId", "take vpc_id from a VPC of this stack")


def _own_vpc(resource: Resource, stack: Stack) -> Resource:
    """The VPC that the resource itself names; Undecided when that is not one VPC of the stack."""
    found = stack.refers_to(resource, "vpcId", (VPC,), ("id",))
    if found.one is None:
        raise Undecided(f"{resource.name}.vpcId", "take vpc_id from a VPC of this stack")
    return found.one


def groups_of(carrier: Resource, stack: Stack) -> tuple[Resource, ...]:
    """The groups of this stack that a group's own rules, or a rule resource, apply to."""
    if carrier.type in GROUPS:
        return (carrier,)
    found = stack.refers_to(carrier, "securityGroupId", GROUPS, ("id",))
    if found.undecided:
        raise Undecided("securityGroupId", "take it from a security group of this stack")
    return found.targets


def home(carrier: Resource, stack: Stack) -> Resource:
    """The VPC in which the rules of `carrier` count. Raises Undecided or Malformed."""
    if carrier.type in GROUPS:
        return vpc_of(carrier, stack)
    by_default = stack.refers_to(carrier, "securityGroupId", (VPC,), ("defaultSecurityGroupId",))
    if by_default.one is not None:
        return by_default.one
    groups = groups_of(carrier, stack)
    if not groups:
        shown = carrier.props.show("securityGroupId")
        raise Malformed("securityGroupId", f"the id of a security group of this stack, not {shown}")
    homes = {vpc.urn: vpc for vpc in (vpc_of(group, stack) for group in groups)}
    if len(homes) > 1:
        raise Undecided("securityGroupId", "take it from one security group of this stack")
    return next(iter(homes.values()))


# For scenarios: a VPC and groups as a program writes them, ids unknown before deployment.


def a_vpc(name: str = "vpc", cidr: Value = "10.0.0.0/16", **props: Value) -> Item:
    values: dict[str, Value] = {"cidrBlock": cidr, "enableDnsHostnames": True, **props}
    computed = tuple(k for k in ("id", "ipv6CidrBlock", "defaultSecurityGroupId") if k not in props)
    return Item(VPC, name, values, computed=computed)


def a_group(name: str = "group", *ingress: Value, vpc: str = "vpc", **props: Value) -> Item:
    """A group in the VPC item `vpc`; `ingress` are its inline rules, absent when there is none."""
    values: dict[str, Value] = {"vpcId": UNKNOWN, **props}
    computed: tuple[str, ...] = ("id",)
    if ingress:
        values["ingress"] = list(ingress)
    elif "ingress" not in props:
        computed += ("ingress",)
    return Item(GROUP, name, values, needs={"vpcId": (vpc,)}, computed=computed)


def tcp(port: Value, **source: Value) -> dict[str, Value]:
    """An inline rule for one tcp port."""
    return {"protocol": "tcp", "fromPort": port, "toPort": port, **source}
