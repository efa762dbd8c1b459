"""The messages of the provider protocol, without the SDK around them (see sandbox/messages.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2
else:
    from sandbox.messages import load

    plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2 = load(
        "plugin_pb2", "provider_pb2", "provider_pb2_grpc", "status_pb2"
    )

__all__ = ["plugin_pb2", "provider_pb2", "provider_pb2_grpc", "status_pb2"]
