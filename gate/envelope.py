"""DSSE envelopes: a payload that nobody can change without its signature noticing.

A file is held to the one byte form that we write, so that not even what a signature does not cover
(blanks, an unused key, loose base64) can differ. It is written here and read by securesystemslib,
which takes longer to load than all of the rest: who only signs does not wait for it.
"""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

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
    return _bytes(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": kind,
            "signatures": [
                {
                    "keyid": keys.key_id(signer.public),
                    "sig": base64.b64encode(signature).decode(),
                }
            ],
        }
    )


def _signed(payload: bytes, kind: str) -> bytes:
    """DSSE's pre-authentication encoding: what the signature is over."""
    media = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(media), media, len(payload), payload)


def _bytes(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def unseal(path: Path, kind: str, trusted: Iterable[str]) -> tuple[bytes, str]:
    """The payload, and the public key that signed it.

    Args:
        path: the envelope's file.
        kind: the media type that it must have.
        trusted: public keys; any of them will do.

    Raises:
        Refused: the file, its signature or its key is not what it must be.
    """
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
    from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

    name = path.name
    try:
        content = path.read_bytes()
        document = json.loads(content)
        envelope = Envelope.from_dict(copy.deepcopy(document))
        same = _bytes(envelope.to_dict()) == content
    except FileNotFoundError:
        raise Refused(f"{name} is missing") from None
    except OSError as e:
        raise Refused(f"{name} cannot be read ({e.strerror})") from None
    except Exception as e:  # noqa: BLE001 (whatever a damaged envelope does to its reader)
        raise Refused(f"{name} is no DSSE envelope ({type(e).__name__})") from None
    if not same:
        raise Refused(f"{name}: the envelope was changed: it is not in the form it was written in")
    if envelope.payload_type != kind:
        raise Refused(f"{name}: the payload is a {envelope.payload_type!r}, expected {kind!r}")
    if len(envelope.signatures) != 1:
        raise Refused(f"{name}: it has {len(envelope.signatures)} signatures, expected one")
    known = {keys.key_id(t): t for t in trusted}
    (claimed,) = envelope.signatures
    if claimed not in known:
        raise Refused(f"{name}: it is signed by the key {claimed[:16]}, which is not trusted here")
    key = SSlibKey.from_crypto(keys.public(known[claimed]), keyid=claimed)
    try:
        envelope.verify([key], 1)
    except (VerificationError, UnverifiedSignatureError):
        raise Refused(f"{name}: the payload or its signature was changed") from None
    return envelope.payload, known[claimed]
