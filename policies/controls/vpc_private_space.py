"""A VPC's ranges are private addresses, and it answers for names."""

from __future__ import annotations

from collections.abc import Iterator

from core import (
    MANDATORY,
    UNKNOWN,
    Control,
    Finding,
    Item,
    Props,
    Resource,
    Settings,
    Severity,
    Undecided,
    Value,
    accepts,
    ignores,
    plain,
    refuses,
    undecided,
)

from ._network import GROUP, VPC, VPC_RANGE, is_private, network

DHCP_OPTIONS = "aws:ec2/vpcDhcpOptions:VpcDhcpOptions"
OF_AWS = ("amazonprovideddns", "169.254.169.253")


def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
    props = resource.props
    if resource.type == DHCP_OPTIONS:
        yield from _resolvers(props)
        return
    if (block := props.text("cidrBlock")) is None:
        raise Undecided("cidrBlock", "write it; a pool chooses one only at deploy time")
    found = network(block, "cidrBlock", 4)
    if not is_private(found):
        yield Finding(f"cidrBlock is {block}, which is no private address space", "cidrBlock")
    if not 16 <= found.prefixlen <= 28:
        yield Finding(f"cidrBlock is {block}; a VPC's range is a /16 to a /28", "cidrBlock")
    if resource.type != VPC:
        return
    for key, absent in (("enableDnsSupport", True), ("enableDnsHostnames", False)):
        if not props.flag(key, absent):
            written = "enable_dns_support" if key == "enableDnsSupport" else "enable_dns_hostnames"
            yield Finding(f"{key} is {props.show(key)}", property=key, fix=f"{written}=True")


def _resolvers(props: Props) -> Iterator[Finding]:
    """Who answers for names decides where the applications connect to."""
    key = "domainNameServers"
    for i, server in enumerate(props.texts(key)):
        if server.lower() in OF_AWS or is_private(network(f"{plain(server)}/32", f"{key}[{i}]", 4)):
            continue
        yield Finding(
            f"{key}[{i}] is {server}, a resolver outside private address space",
            property=key,
            fix='domain_name_servers=["AmazonProvidedDNS"]',
        )


def resolvers(*servers: Value) -> Item:
    return Item(DHCP_OPTIONS, "names", {"domainNameServers": list(servers)})


def vpc(cidr: Value = "10.0.0.0/16", **props: Value) -> Item:
    return Item(VPC, "vpc", {"cidrBlock": cidr, "enableDnsHostnames": True, **props})


CONTROL = Control(
    id="vpc-private-space",
    title="VPCs of private addresses, with DNS",
    statement="Each VPC range must be private address space of RFC 1918, with DNS support and DNS "
    "host names on, and names resolved by AWS or inside it.",
    rationale="Public addresses inside a VPC shadow somebody's network and make 'inside the VPC' "
    "mean nothing; without DNS, private endpoints and TLS host names do not resolve.",
    severity=Severity.MEDIUM,
    owner="network engineering",
    subjects=(VPC, VPC_RANGE, DHCP_OPTIONS),
    properties=("cidrBlock", "enableDnsSupport", "enableDnsHostnames", "domainNameServers"),
    remediation='cidr_block="10.0.0.0/16"',
    remedies={DHCP_OPTIONS: 'domain_name_servers=["AmazonProvidedDNS"]'},
    levels=MANDATORY,
    check=check,
    scenarios=lambda: (
        accepts("10.0.0.0/16", vpc()),
        accepts("172.16.0.0/20", vpc("172.16.0.0/20")),
        accepts("192.168.0.0/24, DNS written out", vpc("192.168.0.0/24", enableDnsSupport=True)),
        accepts("the smallest", vpc("10.0.0.0/28")),
        accepts("a private secondary range", Item(VPC_RANGE, "more", {"cidrBlock": "10.9.0.0/16"})),
        accepts("names resolved by AWS", resolvers("AmazonProvidedDNS")),
        accepts("names resolved by AWS and inside", resolvers("169.254.169.253", "10.0.0.2")),
        accepts("a domain without resolvers", Item(DHCP_OPTIONS, "names", {"domainName": "iot"})),
        refuses("somebody's resolver", resolvers("8.8.8.8"), says="[0] is 8.8.8.8"),
        refuses(
            "somebody's resolver beside", resolvers("10.0.0.2", "203.0.113.9"), says="[1] is 203"
        ),
        refuses("a resolver by name", resolvers("dns.example.com"), says="must be an IPv4"),
        undecided("a resolver of the deployment", resolvers(UNKNOWN)),
        refuses("public addresses", vpc("52.0.0.0/16"), says="no private address space"),
        refuses("just outside 172.16/12", vpc("172.32.0.0/16"), says="172.32.0.0/16"),
        refuses("shared carrier addresses", vpc("100.64.0.0/16"), says="no private address space"),
        refuses("wider than AWS allows", vpc("10.0.0.0/8"), says="a /16 to a /28"),
        refuses("a /15", vpc("10.0.0.0/15"), says="a /16 to a /28"),
        refuses("host bits set", vpc("10.0.0.1/16"), says="`cidrBlock` must"),
        refuses("smaller than AWS allows", vpc("10.0.0.0/29"), says="a /16 to a /28"),
        refuses(
            "a public secondary range",
            Item(VPC_RANGE, "more", {"cidrBlock": "52.0.0.0/16"}),
            says="52.",
        ),
        refuses(
            "host names left out",
            Item(VPC, "vpc", {"cidrBlock": "10.0.0.0/16"}),
            says="enableDnsHostnames is absent",
        ),
        refuses(
            "host names off", vpc(enableDnsHostnames=False), says="Write: enable_dns_hostnames=True"
        ),
        refuses("DNS off", vpc(enableDnsSupport=False), says="Write: enable_dns_support=True"),
        refuses("no CIDR block", vpc("ten"), says="must be an IPv4 CIDR block"),
        undecided("a range from a pool", vpc(None, ipv4IpamPoolId="pool")),
        undecided("a range computed at deploy time", vpc(UNKNOWN)),
        ignores("a group", Item(GROUP, "group", {})),
    ),
)
