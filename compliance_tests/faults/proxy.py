"""A proxy on loopback in front of the emulator, which spoils requests as it is told."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOST = "127.0.0.1"
KNOCK = "/sandbox/instance"  # how the gate finds the emulator: passed on, or it would start another

#: What becomes of a request: (its number from 1, its action) to a rule, or None to pass it on.
Rule = Callable[[int, str], str | None]


class Proxy:
    """Passes requests on but for those that `rule` names a fault for.

    Faults: `500`, `throttle`, `hang`, `garbage` (a page of HTML), `cut` (the connection closes
    without an answer), `done` (passed on, and then cut: AWS did it, and nobody was told).
    """

    def __init__(self, rule: Rule):
        self.rule = rule
        self.spoilt = 0
        self.asked: list[str] = []
        self.port = 0
        self._server: ThreadingHTTPServer | None = None
        self._lock = threading.Lock()
        self.over = threading.Event()

    def serve(self, to: int) -> None:
        proxy = self

        class Handler(_Handler):
            front, back = proxy, to

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.over.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def fate(self, action: str) -> str | None:
        with self._lock:
            self.asked.append(action)
            fate = self.rule(len(self.asked), action)
            self.spoilt += fate is not None
            return fate


class _Handler(BaseHTTPRequestHandler):
    front: Proxy
    back: int
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        fate = None if self.path == KNOCK else self.front.fate(_action(self.headers, body))
        if fate in (None, "done"):
            status, headers, answer = self._passed_on(body)
            if fate is None:
                self._answer(status, answer, headers)
                return
        if fate == "hang":
            self.front.over.wait(600)
        if fate in ("hang", "cut", "done"):
            self.close_connection = True
            self.connection.close()
            return
        json_ = "json" in self.headers.get("Content-Type", "")
        kind = "application/x-amz-json-1.1" if json_ else "text/xml"
        code, status, text = {
            "500": ("InternalFailure", 500, "an internal error"),
            "throttle": ("ThrottlingException", 400, "Rate exceeded"),
            "garbage": ("", 200, ""),
        }[str(fate)]
        if fate == "garbage":
            self._answer(200, b"<html><body>Please log in to the wi-fi</body></html>", {})
            return
        answer = _error(code, text, json_, "ec2" in self.headers.get("Authorization", ""))
        self._answer(status, answer, {"Content-Type": kind})

    def do_GET(self) -> None:
        self.do_POST()

    def _passed_on(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        behind = http.client.HTTPConnection(HOST, self.back, timeout=120)
        headers = {k: v for k, v in self.headers.items() if k.lower() != "connection"}
        behind.request(self.command, self.path, body, headers)
        answer = behind.getresponse()
        content = answer.read()
        behind.close()
        kept = {k: v for k, v in answer.getheaders() if k.lower() not in _OURS}
        return answer.status, kept, content

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        try:
            self.send_response_only(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Date", headers.pop("Date", self.date_time_string(time.time())))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True


_OURS = frozenset({"connection", "content-length", "transfer-encoding"})


def _action(headers: Any, body: bytes) -> str:
    """The AWS action that a request asks for."""
    if target := headers.get("X-Amz-Target"):
        return str(target).rpartition(".")[2]
    for part in body.split(b"&"):
        if part.startswith(b"Action="):
            return part[7:].decode()
    return ""


def _error(code: str, text: str, json_: bool, ec2: bool) -> bytes:
    if json_:
        return f'{{"__type": "{code}", "message": "{text}"}}'.encode()
    error = f"<Code>{code}</Code><Message>{text}</Message>"
    if ec2:
        return f"<Response><Errors><Error>{error}</Error></Errors></Response>".encode()
    return f"<ErrorResponse><Error><Type>Receiver</Type>{error}</Error></ErrorResponse>".encode()
