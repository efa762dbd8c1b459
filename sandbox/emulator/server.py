"""The emulator's HTTP server: moto's dispatcher with our patches, one request at a time.

Start-up imports no service: moto's backend of a service and our patches for it are loaded by the
first request that needs them.
"""

from __future__ import annotations

import functools
import json
import os
import socket
import sys
import threading
import traceback
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

ACCOUNT = "123456789012"
HOST = "127.0.0.1"
BACKLOG = 128

StartResponse = Callable[..., Any]

# moto reads these once, when it is imported: thousands of machine images take a second to load.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
os.environ.setdefault("MOTO_ALLOW_NONEXISTENT_REGION", "false")


WARM = (
    *("ec2", "rds", "kms", "iam", "sts", "logs"),
    *("kinesis", "secretsmanager", "elasticache", "resourcegroupstaggingapi"),
)
"""The services that the stack uses, first what a preview asks for."""


class Application:
    """The WSGI application: `/sandbox/instance`, and everything else to moto."""

    def __init__(self, instance: str) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication

        self.instance = instance
        _read_models_once()
        self._moto = DomainDispatcherApplication(_create_app)
        # moto's models are plain dictionaries without locks; an engine sends dozens of requests
        # at once. Each takes a few milliseconds of Python, so one at a time costs nothing.
        self._lock = threading.RLock()

    def __call__(self, environ: dict[str, Any], respond: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == "/sandbox/instance":
            return _answer(
                respond, "200 OK", "application/json", json.dumps({"instance": self.instance})
            )
        try:
            with self._lock:
                return list(self._moto(environ, respond))
        except NotImplementedError as error:
            return _refuse(
                environ, respond, "NotImplemented", f"the sandbox's AWS cannot do this: {error}"
            )
        except Exception as error:  # noqa: BLE001  a fault of moto's: the log has the details
            traceback.print_exc(file=sys.stderr)
            return _refuse(
                environ,
                respond,
                "InternalFailure",
                f"the sandbox's AWS failed: {type(error).__name__}: {error}",
            )

    def warm_up(self) -> None:
        """Load the services of the stack, so that the first requests need not wait for it."""
        for service in WARM:
            with self._moto.lock:
                if service not in self._moto.app_instances:
                    self._moto.app_instances[service] = _create_app(service)


_models_are_kept = False


def _read_models_once() -> None:
    """Keep botocore's JSON files in memory: each session of moto's reads the same ones again.

    Loading moto's EC2 asks eleven new sessions for the regions: half of its second.
    """
    from botocore.loaders import JSONFileLoader

    global _models_are_kept  # noqa: PLW0603  one class of botocore's, one change
    if not _models_are_kept:
        once = functools.cache(JSONFileLoader().load_file)

        def load_file(_self: JSONFileLoader, file_path: str) -> Any:
            return once(file_path)

        setattr(JSONFileLoader, "load_file", load_file)  # noqa: B010  mypy refuses to assign
        _models_are_kept = True


def _create_app(service: Any) -> Flask:
    """Make moto's application of one service, patched before its first request."""
    from moto.moto_server.werkzeug_app import create_backend_app

    from sandbox.emulator import patches

    patches.install(str(service))
    return create_backend_app(service)


def _refuse(environ: dict[str, Any], respond: StartResponse, code: str, text: str) -> list[bytes]:
    """Answer as AWS would, in the request's protocol. 501: botocore does not try it again."""
    text = " ".join(text.split())
    if "json" in environ.get("CONTENT_TYPE", ""):
        return _answer(
            respond,
            "501 Not Implemented",
            "application/x-amz-json-1.1",
            json.dumps({"__type": code, "message": text}),
        )
    from xml.sax.saxutils import escape

    error = f"<Code>{code}</Code><Message>{escape(text)}</Message>"
    if "ec2" in environ.get("HTTP_AUTHORIZATION", ""):
        body = f"<Response><Errors><Error>{error}</Error></Errors></Response>"
    else:
        body = f"<ErrorResponse><Error><Type>Receiver</Type>{error}</Error></ErrorResponse>"
    return _answer(respond, "501 Not Implemented", "text/xml", body)


def _answer(respond: StartResponse, status: str, kind: str, body: str) -> list[bytes]:
    data = body.encode()
    respond(status, [("Content-Type", kind), ("Content-Length", str(len(data)))])
    return [data]


@dataclass
class Emulator:
    """A running emulator. `instance` tells one start from another: the state lives in memory."""

    url: str
    port: int
    instance: str
    _server: Any
    _thread: threading.Thread

    def reset(self) -> None:
        """Forget all resources, as a fresh start would."""
        from moto.moto_api._internal.models import moto_api_backend

        moto_api_backend.reset()

    def stop(self) -> None:
        """Stop serving. The state of moto's backends stays in the process: see `reset`."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def start(port: int = 0, *, warm: bool = False) -> Emulator:
    """Serve on 127.0.0.1 from a background thread; port 0 picks a free one.

    `warm` loads the services of the stack meanwhile, in a thread of its own.

    Raises OSError when the port is taken. The address is fixed: no credentials are checked, so
    nothing but this machine may reach it.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(BACKLOG)
        port = listener.getsockname()[1]
        instance = str(uuid.uuid4())
        application = Application(instance)
        server = _make_server(port, application, listener)
    finally:
        listener.close()  # the server has a copy of it
    thread = threading.Thread(target=server.serve_forever, name="emulator", daemon=True)
    thread.start()
    if warm:
        threading.Thread(target=application.warm_up, name="warm-up", daemon=True).start()
    return Emulator(f"http://{HOST}:{port}", port, instance, server, thread)


def _make_server(port: int, application: Application, listener: socket.socket) -> Any:
    """Make moto's threading server on a socket that listens already."""
    from moto.moto_server.werkzeug_app import MotoRequestHandler
    from werkzeug.serving import make_server

    class Quiet(MotoRequestHandler):
        """One line for each request would be most of the log; and small answers must not wait."""

        disable_nagle_algorithm = True
        wbufsize = -1

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            pass

    serving: Any = application  # its type says WSGI in other words than werkzeug's
    server: Any = make_server(
        HOST, port, serving, threaded=True, request_handler=Quiet, fd=listener.fileno()
    )
    server.daemon_threads = True
    return server
