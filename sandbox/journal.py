"""What a provider plugin created, noted before the engine hears of it.

An engine that is killed knows what it had begun to create, not whether that exists nor its id.
The journal knows: `python -m sandbox recover` reads it. Calls that change the cloud are counted,
so that a plugin whose engine died finishes them before it ends.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import grpc

VARIABLE = "SANDBOX_JOURNAL"
"""Names the file: one JSON line {"urn", "id"} for each resource created."""
CREATE = "/pulumirpc.ResourceProvider/Create"
CHANGES = (CREATE, "/pulumirpc.ResourceProvider/Update", "/pulumirpc.ResourceProvider/Delete")
FINISH_SECONDS = 60
NOTED_SECONDS = 0.05


if TYPE_CHECKING:
    Interceptor = grpc.ServerInterceptor[Any, Any]
else:
    Interceptor = grpc.ServerInterceptor


class Journal(Interceptor):
    """Wraps a plugin's Create, Update and Delete; every other call passes untouched."""

    def __init__(self) -> None:
        self._path = os.environ.get(VARIABLE, "")
        self._under_way = 0
        self._changed = threading.Condition()

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], grpc.RpcMethodHandler[Any, Any] | None],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Give the method's handler, wrapped when the method changes the cloud."""
        handler = continuation(handler_call_details)
        if handler is None or handler_call_details.method not in CHANGES:
            return handler
        inner = handler.unary_unary
        assert inner is not None

        def wrapped(request: Any, context: grpc.ServicerContext) -> Any:
            with self._changed:
                self._under_way += 1
            try:
                answer = inner(request, context)
                if handler_call_details.method == CREATE and not request.preview and answer.id:
                    self._note(request.urn, answer.id)
                return answer
            finally:
                with self._changed:
                    self._under_way -= 1
                    self._changed.notify_all()

        return grpc.unary_unary_rpc_method_handler(
            wrapped, handler.request_deserializer, handler.response_serializer
        )

    def finish(self) -> None:
        """Wait until nothing that changes the cloud is under way, at most FINISH_SECONDS."""
        # A request that the engine sent just before it died may still be on its way to a thread.
        time.sleep(NOTED_SECONDS)
        with self._changed:
            self._changed.wait_for(lambda: self._under_way == 0, timeout=FINISH_SECONDS)

    def _note(self, urn: str, id_: str) -> None:
        if self._path:
            line = json.dumps({"urn": urn, "id": id_}) + "\n"
            # One write to a file opened for appending: lines of several plugins do not mix.
            with open(self._path, "ab", buffering=0) as file:  # noqa: PTH123 - unbuffered
                file.write(line.encode())
