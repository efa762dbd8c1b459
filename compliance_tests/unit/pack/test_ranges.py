"""CIDR containment against the standard library, address by address."""

from __future__ import annotations

import ipaddress

import pytest
from controls._network import inside, is_private, is_the_world, may_be_a_vpcs, network
from core import Malformed
from hypothesis import given, settings
from hypothesis import strategies as st


def networks(low: int, high: int) -> st.SearchStrategy[ipaddress.IPv4Network]:
    def build(address: int, length: int) -> ipaddress.IPv4Network:
        return ipaddress.IPv4Network((address, length), strict=False)

    # few distinct addresses, so that overlaps and neighbours are common
    near = st.integers(0, 255).map(lambda n: (10 << 24) | (n << 8))
    return st.builds(build, near, st.integers(low, high))


@settings(max_examples=400)
@given(inner=networks(16, 30), ranges=st.lists(networks(16, 28), max_size=4))
def test_inside_is_every_address_in_some_range(
    inner: ipaddress.IPv4Network, ranges: list[ipaddress.IPv4Network]
) -> None:
    # the edges of all ranges cut the inner network into pieces that are in or out as a whole
    edges = {int(inner[0]), int(inner[-1])}
    for found in ranges:
        edges |= {int(found[0]), int(found[0]) - 1, int(found[-1]), int(found[-1]) + 1}
    addresses = [ipaddress.IPv4Address(e) for e in edges if 0 <= e < 2**32]
    expected = all(any(a in r for r in ranges) for a in addresses if a in inner)
    assert inside(inner, list(ranges)) is expected


@settings(max_examples=300)
@given(text=st.text(alphabet="0123456789./:abcf", max_size=20))
def test_network_reads_what_the_library_reads_strictly(text: str) -> None:
    for version, kind in ((4, ipaddress.IPv4Network), (6, ipaddress.IPv6Network)):
        try:
            found = network(text, "cidr", version)
        except Malformed:
            continue
        assert found == kind(text)
        assert "/" in text


def test_ranges_of_the_other_version_hold_nothing() -> None:
    four, six = ipaddress.ip_network("10.0.0.0/16"), ipaddress.ip_network("2600::/56")
    assert inside(four, [six, four])
    assert inside(six, [four, six])
    assert not inside(four, [six])
    assert not inside(six, [four])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "10.0.0.0",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/255.255.0.0",
        "10.0.0.0/0.0.255.255",
        " 10.0.0.0/16",
        "10.0.0.0/16 ",
        "10.0.0/16",
        "0x0a.0.0.0/16",
        "10.0.0.0/\uff11\uff16",
        "10.0.0.0/-1",
        "010.0.0.0/16",
        "10.0.0.1/16",
        "::/0",
        "10.0.0.0/16/16",
    ],
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(Malformed):
        network(text, "cidr", 4)


@pytest.mark.parametrize(
    ("cidr", "private", "world", "vpc"),
    [
        ("0.0.0.0/0", False, True, False),
        ("0.0.0.0/1", False, True, False),
        ("128.0.0.0/1", False, True, False),
        ("8.0.0.0/7", False, True, False),
        ("10.0.0.0/8", True, False, True),
        ("10.0.0.0/7", False, True, False),
        ("172.16.0.0/12", True, False, True),
        ("172.32.0.0/16", False, False, False),
        ("192.168.0.0/16", True, False, True),
        ("192.168.0.0/15", False, True, False),
        ("100.64.0.0/10", False, True, False),
        ("169.254.0.0/16", False, False, False),
        ("203.0.113.7/32", False, False, False),
        ("::/0", False, True, False),
        ("2000::/3", False, True, False),
        ("2600:1f1e:abc:de00::/56", False, False, True),
        ("2600:1f1e::/43", False, False, False),
        ("fd00::/48", False, False, True),
        ("::ffff:10.0.0.0/112", False, False, False),
        ("fe80::/64", False, False, False),
    ],
)
def test_kinds_of_range(cidr: str, private: bool, world: bool, vpc: bool) -> None:
    found = network(cidr, "cidr", 6 if ":" in cidr else 4)
    assert (is_private(found), is_the_world(found), may_be_a_vpcs(found)) == (private, world, vpc)
