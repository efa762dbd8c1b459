"""DSSE envelopes: a payload that nobody can change without its signature noticing.

A file is held to the one byte form that we write, so that not even what a signature does not cover
(blanks, an unused key, loose base64) can differ. By hand: securesystemslib, by which the tests hold
this to the standard, loads the SDKs of three clouds before it looks at one signature.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from . import keys
from .errors import NotProven


class Refused(NotProven):
    """An envelope that proves nothing; the text says what of it is wrong."""


def seal(payload: bytes, kind: str, signer: keys.Signer) -> bytes:
    """The envelope's file.

    Args:
        payload: what is signed.
        kind: its media type, signed as well.
        signer: with which key.
    """
    signature = signer.sign(_signed(payload, kind))
    return _bytes(payload, kind, {keys.key_id(signer.public): signature})


def _signed(payload: bytes, kind: str) -> bytes:
    """DSSE's pre-authentication encoding: what the signature is over."""
    media = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(media), media, len(payload), payload)


def _bytes(payload: bytes, kind: str, signatures: Mapping[str, bytes]) -> bytes:
    document = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": kind,
        "signatures": [
            {"keyid": key, "sig": base64.b64encode(made).decode()}
            for key, made in signatures.items()
        ],
    }
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def unseal(path: Path, kind: str, trusted: Iterable[str]) -> tuple[bytes, str]:
    """The payload, and the public key that signed it.

    Args:
        path: the envelope's file.
        kind: the media type that it must have.
        trusted: public keys; any of them will do.

    Raises:
        Refused: the file, its signature or its key is not what it must be.
    """
    name = path.name
    try:
        content = path.read_bytes()
        document = json.loads(content)
        payload, media = _decoded(document["payload"]), document["payloadType"]
        made = {one["keyid"]: _decoded(one["sig"]) for one in document["signatures"]}
        same = _bytes(payload, media, made) == content
    except FileNotFoundError:
        raise Refused(f"{name} is missing") from None
    except OSError as e:
        raise Refused(f"{name} cannot be read ({e.strerror})") from None
    except Exception as e:  # noqa: BLE001 (whatever a damaged envelope does to its reader)
        raise Refused(f"{name} is no DSSE envelope ({type(e).__name__})") from None
    if not same:
        raise Refused(f"{name}: the envelope was changed: it is not in the form it was written in")
    if media != kind:
        raise Refused(f"{name}: the payload is a {media!r}, expected {kind!r}")
    if len(made) != 1:
        raise Refused(f"{name}: it has {len(made)} signatures, expected one")
    known = {keys.key_id(t): t for t in trusted}
    ((claimed, signature),) = made.items()
    if claimed not in known:
        raise Refused(f"{name}: it is signed by the key {claimed[:16]}, which is not trusted here")
    text = base64.b64encode(signature).decode()
    if not keys.verifies(known[claimed], text, _signed(payload, kind)):
        raise Refused(f"{name}: the payload or its signature was changed")
    return payload, known[claimed]
