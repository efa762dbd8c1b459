"""AWS's token service as a real stack meets it, over TLS and through a proxy, played on loopback.

The gate is given HTTPS_PROXY and a certificate authority of the test's own: it asks the true names
of AWS, and this answers for them.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

NAMES = ("sts.sa-east-1.amazonaws.com", "sts.amazonaws.com", "s3.sa-east-1.amazonaws.com")
IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/u</Arn><UserId>U</UserId>
<Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""
ERROR = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"""
PORTAL = "<html><body>Please log in to the wi-fi</body></html>"


@contextmanager
def aws(folder: Path, status: int, body: str) -> Iterator[dict[str, str]]:
    """Give every request this answer; the environment that leads there."""
    key, certificate = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))
    answer = (
        f"HTTP/1.1 {status} X\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n"
        f"Connection: close\r\n\r\n{body}"
    ).encode()

    def serve() -> None:
        while True:
            try:
                asked, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_answer, args=(asked, context, answer), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        yield {"HTTPS_PROXY": proxy, "https_proxy": proxy, "AWS_CA_BUNDLE": str(certificate)}
    finally:
        listener.close()


def _answer(asked: socket.socket, context: ssl.SSLContext, answer: bytes) -> None:
    with suppress(OSError), asked:
        asked.settimeout(10)
        _request(asked)  # CONNECT
        asked.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with context.wrap_socket(asked, server_side=True) as inside:
            _request(inside)
            inside.sendall(answer)


def _request(asked: socket.socket) -> None:
    """Read a request to its end: what is closed unread is a broken connection to the other side."""
    with asked.makefile("rb", buffering=0) as lines:
        length = 0
        while (line := lines.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while length > 0 and (part := lines.read(length)):
            length -= len(part)


def _certificate(folder: Path) -> tuple[Path, Path]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(n) for n in NAMES])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private, public = folder / "key.pem", folder / "certificate.pem"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return private, public
