"""Ed25519 keys: the one that signs what this checkout attests, and those of other people.

CI gives its key in GATE_SIGNING_KEY (PEM) or GATE_SIGNING_KEY_FILE. Without one, a local key
is made at first use; what it signs is called self-attested, and production refuses it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import GateError

VARIABLE, FILE_VARIABLE = "GATE_SIGNING_KEY", "GATE_SIGNING_KEY_FILE"
MAKE = "make a key with: python -m gate keygen FILE"
_taken: dict[str, str] = {}


@dataclass(frozen=True)
class Signer:
    """A private key. `own` is true for the local one that nobody vouches for."""

    private: Any
    own: bool = False

    @property
    def public(self) -> str:
        """The public key as trust.json holds it."""
        return text_of(self.private.public_key())

    def sign(self, data: bytes) -> bytes:
        """The signature."""
        signature: bytes = self.private.sign(data)
        return signature


def take() -> None:
    """Move the key out of the environment: neither the engine nor a test may inherit it."""
    if VARIABLE in os.environ:
        _taken[VARIABLE] = os.environ.pop(VARIABLE)


def secret() -> str:
    """The key's text, so that no file of ours ever holds it."""
    take()
    return _taken.get(VARIABLE, "")


def signer(root: Path) -> Signer:
    """The key of CI, else the checkout's own; raises GateError."""
    if given := secret().strip():
        return Signer(_private(given.replace("\\n", "\n").encode(), VARIABLE))
    if name := os.environ.get(FILE_VARIABLE, "").strip():
        return Signer(load(Path(name)))
    return Signer(_own(root), own=True)


def own_file(root: Path) -> Path:
    """Where the checkout's own key is."""
    return root / ".state" / "attestation" / "self.pem"


def _own(root: Path) -> Any:
    path = own_file(root)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _write(path)
    except FileExistsError:
        pass  # another gate made it meanwhile
    except OSError as e:
        text = f"the checkout's own key cannot be made ({e.strerror})"
        raise GateError(f"{text}; free space or mend permissions of .state/attestation") from None
    return load(path)


def _write(path: Path) -> str:
    """Make a key; the file is the owner's alone from its first byte on. Gives the public key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    new = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        os.link(new, path)  # unlike a rename it never takes another one's place
    finally:
        new.unlink()
    return text_of(key.public_key())


def generate(path: Path) -> str:
    """Make a key pair for CI or for an approver; gives the public key. Raises GateError."""
    try:
        return _write(path)
    except FileExistsError:
        raise GateError(f"{path.name} is there already; choose another name") from None
    except OSError as e:
        raise GateError(f"{path.name} cannot be written ({e.strerror}); choose another") from None


def load(path: Path) -> Any:
    """A private key from a file that nobody else can read; raises GateError."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise GateError(f"{path.name} can be read by others; run: chmod 600 {path.name}")
        return _private(path.read_bytes(), path.name)
    except OSError as e:
        raise GateError(f"the key {path.name} cannot be read ({e.strerror}); {MAKE}") from None


def _private(pem: bytes, name: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise GateError(f"{name} is no private key in PEM form; {MAKE}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise GateError(f"{name} is no Ed25519 key; {MAKE}")
    return key


def text_of(public: Any) -> str:
    """A public key in one line: its 32 bytes as base64."""
    return base64.b64encode(public.public_bytes_raw()).decode()


def public(text: str) -> Any:
    """A public key from its one line, or from a PEM text; raises GateError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        if text.lstrip().startswith("-----BEGIN"):
            key = load_pem_public_key(text.encode())
        else:
            key = Ed25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm):
        raise GateError("this is no public Ed25519 key; keygen printed it in one line") from None
    if not isinstance(key, Ed25519PublicKey):
        raise GateError("this is no public Ed25519 key; keygen printed it in one line")
    return key


def verifies(public_key: str, signature: str, data: bytes) -> bool:
    """True when the base64 signature is the key's over the data."""
    from cryptography.exceptions import InvalidSignature

    try:
        public(public_key).verify(base64.b64decode(signature, validate=True), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id(text: str) -> str:
    """What a signature calls its key: the sha256 of the 32 bytes."""
    return hashlib.sha256(base64.b64decode(text)).hexdigest()
