"""The limit of any Python pack behind the protocol: every request is received and parsed, nothing
is decided. What a pack takes above this is its own.
"""

from __future__ import annotations

import os
from concurrent import futures
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2


class Limit(analyzer_pb2_grpc.AnalyzerServicer):
    """One policy that never speaks."""

    def Handshake(self, request: Any, context: Any) -> Any:
        return pb.AnalyzerHandshakeResponse()

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:
        policy = pb.PolicyInfo(name="none", enforcementLevel=pb.ADVISORY)
        return pb.AnalyzerInfo(name="limit", version="1.0.0", policies=[policy])

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="1.0.0")

    def Configure(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def ConfigureStack(self, request: Any, context: Any) -> Any:
        return pb.AnalyzerStackConfigureResponse()

    def Remediate(self, request: Any, context: Any) -> Any:
        return pb.RemediateResponse()

    def Analyze(self, request: Any, context: Any) -> Any:
        return pb.AnalyzeResponse()

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        return pb.AnalyzeResponse()

    def Cancel(self, request: Any, context: Any) -> Any:
        os._exit(0)


SERVER = grpc.server(
    futures.ThreadPoolExecutor(4), options=[("grpc.max_receive_message_length", 400 << 20)]
)
analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Limit(), SERVER)
PORT = SERVER.add_insecure_port("127.0.0.1:0")
SERVER.start()
print(PORT, flush=True)
SERVER.wait_for_termination()
