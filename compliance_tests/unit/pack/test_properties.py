"""Whatever ranges, ports and names are drawn: the verdict is what one line of arithmetic says.

The line is written a second time here, over the standard library, without the controls' own code.
"""

from __future__ import annotations

from ipaddress import IPv4Network

from controls import (
    ingress_inside_vpc,
    ingress_not_public,
    name_suffix,
    network_acl_not_open,
    store_ingress_port,
)
from controls._network import a_group, a_vpc
from core import UNKNOWN, Control, Item, Scenario, Settings, Value, Verdict
from core.scenarios import run
from hypothesis import given
from hypothesis import strategies as st

CLUSTER, STREAM = "aws:rds/cluster:Cluster", "aws:kinesis/stream:Stream"
QUEUE, LOG_GROUP = "aws:sqs/queue:Queue", "aws:cloudwatch/logGroup:LogGroup"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
VPC_RANGE = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
PRIVATE = [IPv4Network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


def verdict(control: Control, *items: Item, suffix: str = "test") -> Verdict:
    settings = Settings(stack="test", suffix=suffix)
    return run(control, Scenario("drawn", Verdict.PASSED, items, settings=settings)).verdict


def passes(ok: bool) -> Verdict:
    return Verdict.PASSED if ok else Verdict.FAILED


def near(base: str, spread: int) -> st.SearchStrategy[int]:
    """Addresses around a base, so that edges meet often."""
    start = int(IPv4Network(base)[0])
    return st.integers(-spread, spread).map(lambda n: start + (n << 8))


def ranges(low: int, high: int) -> st.SearchStrategy[IPv4Network]:
    address = st.one_of(
        near("10.0.0.0/8", 300),
        near("172.16.0.0/12", 300),
        near("192.168.0.0/16", 300),
        st.integers(0, 2**32 - 1),
    )
    return st.builds(
        lambda a, length: IPv4Network((a, length), strict=False), address, st.integers(low, high)
    )


@given(vpc=ranges(16, 28), second=ranges(16, 28), source=ranges(8, 32), apart=st.booleans())
def test_a_source_is_inside_when_the_library_says_so(
    vpc: IPv4Network, second: IPv4Network, source: IPv4Network, apart: bool
) -> None:
    rule: dict[str, Value] = {"fromPort": 5432.0, "toPort": 5432.0}
    network = [
        a_vpc(cidr=str(vpc)),
        Item(
            VPC_RANGE,
            "second",
            {"vpcId": UNKNOWN, "cidrBlock": str(second)},
            needs={"vpcId": ("vpc",)},
        ),
    ]
    if apart:
        written: dict[str, Value] = {"ipProtocol": "tcp", "cidrIpv4": str(source), **rule}
        written["securityGroupId"] = UNKNOWN
        rules = [a_group(), Item(RULE, "rule", written, needs={"securityGroupId": ("group",)})]
    else:
        rules = [a_group("group", {"protocol": "tcp", "cidrBlocks": [str(source)], **rule})]
    # two ranges side by side hold what straddles their border
    held = any(source.subnet_of(v) for v in (vpc, second)) or source in _joined(vpc, second)
    assert verdict(ingress_inside_vpc.CONTROL, *network, *rules) is passes(held)
    alone = any(source.subnet_of(p) for p in PRIVATE)
    assert verdict(ingress_not_public.CONTROL, *network, *rules) is passes(alone)


def _joined(one: IPv4Network, other: IPv4Network) -> list[IPv4Network]:
    if one.prefixlen != other.prefixlen or one == other or one.supernet() != other.supernet():
        return []
    return [one.supernet()]


PORTS = st.one_of(st.sampled_from([5431, 5432, 5433, 0, -1, 65535]), st.integers(0, 65535))


@given(
    protocol=st.sampled_from(["tcp", "TCP", "6", "udp", "17", "-1", "all", "icmp", ""]),
    first=PORTS,
    last=PORTS,
    as_text=st.booleans(),
)
def test_a_store_admits_its_one_port_alone(
    protocol: str, first: int, last: int, as_text: bool
) -> None:
    ports: list[Value] = [str(first), str(last)] if as_text else [float(first), float(last)]
    rule: dict[str, Value] = {"protocol": protocol, "fromPort": ports[0], "toPort": ports[1]}
    store = Item(
        CLUSTER,
        "db",
        {"engine": "aurora-postgresql", "vpcSecurityGroupIds": [UNKNOWN]},
        needs={"vpcSecurityGroupIds": ("group",)},
    )
    only = protocol.lower() in ("tcp", "6") and first == last == 5432
    found = verdict(store_ingress_port.CONTROL, a_vpc(), a_group("group", rule), store)
    assert found is passes(only)


ACL_PORTS = st.one_of(
    st.sampled_from([21, 22, 23, 1023, 1024, 1025, 3389, 5432, 6379, 65534, 65535]),
    st.integers(0, 65535),
)


@given(first=ACL_PORTS, last=ACL_PORTS, protocol=st.sampled_from(["tcp", "udp", "6", "17"]))
def test_a_network_acl_closes_the_stores_ports(first: int, last: int, protocol: str) -> None:
    first, last = sorted((first, last))
    entry: dict[str, Value] = {
        "protocol": protocol,
        "fromPort": float(first),
        "toPort": float(last),
    }
    acl = Item(
        "aws:ec2/networkAcl:NetworkAcl",
        "acl",
        {"ingress": [{"action": "allow", "cidrBlock": "0.0.0.0/0", **entry}]},
    )
    answers = (first, last) == (1024, 65535)
    both = {1023, 1024} <= set(range(first, last + 1))  # well-known ports and ephemeral ones
    closed = {22, 3389, 5432, 6379} & set(range(first, last + 1))
    open_ = both or (bool(closed) and not answers)
    assert verdict(network_acl_not_open.CONTROL, acl) is passes(not open_)


SUFFIXES = st.one_of(
    st.sampled_from(["test", "a", "dev-2", "a.b", "x+", "[t]", "t$", "(a|b)", "\\d"]),
    st.text("abc-.*", min_size=1, max_size=5),
)


@given(suffix=SUFFIXES, head=st.text("ab-.", max_size=4), data=st.data())
def test_a_name_ends_with_the_suffix_to_the_letter(
    suffix: str, head: str, data: st.DataObject
) -> None:
    tail = data.draw(st.sampled_from([f"-{suffix}", suffix, f"-{suffix}x", f"-{suffix.upper()}"]))
    name = head + tail
    ends = name.endswith(f"-{suffix}") and name != f"-{suffix}"
    stream = Item(STREAM, "stream", {"name": name})
    assert verdict(name_suffix.CONTROL, stream, suffix=suffix) is passes(ends)
    queue = Item(QUEUE, "queue", {"name": f"{name}.fifo"})
    fifo = ends or f"{name}.fifo".endswith(f"-{suffix}")
    assert verdict(name_suffix.CONTROL, queue, suffix=suffix) is passes(fifo)
    group = Item(LOG_GROUP, "logs", {"name": f"/aws/rds/cluster/{name}/postgresql"})
    assert verdict(name_suffix.CONTROL, group, suffix=suffix) is passes(ends)
