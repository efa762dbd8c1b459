"""The analyzer protocol as bytes.

The code that protobuf generates converts every request and every answer. Here an answer that is
the same each time is serialized once, and the bytes of a request are used: they hold every text as
it is, and to look into them is cheaper than to walk what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import grpc
from google.protobuf.message_factory import GetMessageClass
from pulumi.runtime.proto import analyzer_pb2 as pb

from .values import ARN_TO_ACCOUNT

SERVICE = pb.DESCRIPTOR.services_by_name["Analyzer"]
#: Fields of AnalyzeRequest, with their length before them.
_TYPE, _PROPERTIES = 0x0A, 0x12
#: The field of an AnalyzeStackRequest, the same.
_RESOURCES = 0x0A
#: The account of an ARN: more may match than are ARNs, never fewer.
_ACCOUNTS = re.compile(ARN_TO_ACCOUNT.encode())


class Read(NamedTuple):
    """A request with its bytes."""

    content: bytes
    request: Any


def read(content: bytes) -> Read:
    """Read a serialized AnalyzeRequest."""
    return Read(content, pb.AnalyzeRequest.FromString(content))


class WholeStack:
    """An AnalyzeStackRequest, with its bytes until they are taken: to search them once costs less
    than to ask each resource, but they are as large as the stack.
    """

    __slots__ = ("_content", "resources")

    def __init__(self, resources: Any, content: bytes = b""):
        self.resources = resources
        self._content = content

    def take(self) -> bytes:
        """The bytes, once; none when nobody kept them."""
        content, self._content = self._content, b""
        return content


def whole_stack(content: bytes) -> WholeStack:
    """Read a serialized AnalyzeStackRequest."""
    return WholeStack(pb.AnalyzeStackRequest.FromString(content).resources, content)


def ends_of_resources(content: bytes) -> list[int] | None:
    """Where each resource ends in a serialized AnalyzeStackRequest, which holds nothing else; None
    when it does.
    """
    found: list[int] = []
    at, size = 0, len(content)
    while at < size:
        if content[at] != _RESOURCES:
            return None
        at, length, shift = at + 1, 0, 0
        while (byte := content[at]) >= 0x80:
            length |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
        at += 1 + (length | byte << shift)
        found.append(at)
    return found


def accounts_in(content: bytes) -> frozenset[str]:
    """The account of every ARN anywhere among the bytes."""
    return frozenset(account.decode() for account in _ACCOUNTS.findall(content))


def properties_within(whole: bytes, size: int) -> bytes | None:
    """The properties of a serialized AnalyzeRequest, which take `size` bytes; None when they do
    not stand where the engine writes them, right after the type.
    """
    if len(whole) < 2 or whole[0] != _TYPE or whole[1] >= 0x80:
        return None
    at = 2 + whole[1]
    head = bytes((_PROPERTIES, *_varint(size)))
    begin = at + len(head)
    return whole[begin : begin + size] if whole[at:begin] == head else None


def _varint(number: int) -> Iterator[int]:
    while number >= 0x80:
        yield number & 0x7F | 0x80
        number >>= 7
    yield number


def register(servicer: Any, server: Any) -> None:
    """What add_AnalyzerServicer_to_server does, with the servicer's own ways to read requests
    (`reads`, by method) and to write answers (`written`).
    """
    handlers = {
        method.name: grpc.unary_unary_rpc_method_handler(
            getattr(servicer, method.name),
            servicer.reads.get(method.name, GetMessageClass(method.input_type).FromString),
            servicer.written,
        )
        for method in SERVICE.methods
    }
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler(SERVICE.full_name, handlers),)
    )
