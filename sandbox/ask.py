"""Ask the emulator by hand: what speaks HTTP takes longer to load than this takes to answer."""

from __future__ import annotations

import socket

LONGEST = 65536
"""Bytes of an answer; another program may listen there and never stop talking."""


def ask(host: str, port: int, request: str, seconds: float) -> tuple[str, str]:
    """The head and the body of the answer to an HTTP/1.0 request.

    Raises OSError when nobody answers, ValueError for what is no text.
    """
    with socket.create_connection((host, port), seconds) as line:
        line.sendall(request.encode())
        with line.makefile("rb") as answer:
            head, _, body = answer.read(LONGEST).decode().partition("\r\n\r\n")
    return head, body
