"""A pack without policies: writes each request of the engine to the file ATTACK_RECORD names.

One line a request, `<phase> <base64 of the protobuf message>`, so that the attack runs on the
engine's own view of the stack and not on one of our making.
"""

from __future__ import annotations

import base64
import os
import threading
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

WHERE = Path(os.environ["ATTACK_RECORD"])
LOCK = threading.Lock()


def note(phase: str, request: Any) -> None:
    line = f"{phase} {base64.b64encode(request.SerializeToString()).decode()}\n"
    with LOCK, WHERE.open("a", encoding="ascii") as record:
        record.write(line)


class Recorder(analyzer_pb2_grpc.AnalyzerServicer):
    """Answers "nothing to say" to everything."""

    def Handshake(self, request: Any, context: Any) -> Any:
        return pb.AnalyzerHandshakeResponse()

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:
        return pb.AnalyzerInfo(name="recorder", displayName="recorder", version="1.0.0")

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="1.0.0")

    def Configure(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def ConfigureStack(self, request: Any, context: Any) -> Any:
        note("configure", request)
        return pb.AnalyzerStackConfigureResponse()

    def Remediate(self, request: Any, context: Any) -> Any:
        return pb.RemediateResponse()

    def Analyze(self, request: Any, context: Any) -> Any:
        note("analyze", request)
        return pb.AnalyzeResponse()

    def AnalyzeStack(self, request: Any, context: Any) -> Any:
        note("stack", request)
        return pb.AnalyzeResponse()

    def Cancel(self, request: Any, context: Any) -> Any:
        os._exit(0)


SERVER = grpc.server(
    futures.ThreadPoolExecutor(4), options=[("grpc.max_receive_message_length", 400 << 20)]
)
analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Recorder(), SERVER)
PORT = SERVER.add_insecure_port("127.0.0.1:0")
SERVER.start()
print(PORT, flush=True)
parent = os.getppid()
while os.getppid() == parent:
    SERVER.wait_for_termination(0.5)
os._exit(0)
