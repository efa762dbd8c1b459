"""Arithmetic of address ranges; nothing here knows Pulumi."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
SMALLEST_PREFIX, LARGEST_PREFIX = 16, 28
PRIVATE_SPACE = tuple(
    IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)


def size_mistake(block: IPv4Network) -> str | None:
    """Why AWS takes no VPC or subnet of this size, or None."""
    if SMALLEST_PREFIX <= block.prefixlen <= LARGEST_PREFIX:
        return None
    return f"it must be between /{SMALLEST_PREFIX} and /{LARGEST_PREFIX}"


def is_private(block: IPv4Network) -> bool:
    """Whether the block is private address space (RFC 1918)."""
    return any(block.subnet_of(space) for space in PRIVATE_SPACE)


def subnet_mistakes(
    vpc: IPv4Network, block: IPv4Network, earlier: Iterable[IPv4Network]
) -> Iterator[str]:
    """What is wrong with a subnet: its size, a place outside the VPC, an overlap."""
    if mistake := size_mistake(block):
        yield mistake
    if not block.subnet_of(vpc):
        yield f"it must be inside the VPC's {vpc}"
    for other in earlier:
        if block.overlaps(other):
            yield f"it must not overlap {other}"
