"""The messages of the language protocol, without the SDK around them (see sandbox/messages.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2
else:
    from sandbox.messages import load

    language_pb2, language_pb2_grpc, plugin_pb2 = load(
        "language_pb2", "language_pb2_grpc", "plugin_pb2"
    )

__all__ = ["language_pb2", "language_pb2_grpc", "plugin_pb2"]
