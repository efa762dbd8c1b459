"""`python -m gate verify-attestation FILE` and `keygen FILE`."""

from __future__ import annotations

from pathlib import Path

from . import attestation, console, keys, trust
from .errors import GateError
from .paths import ROOT


def verify(file: Path, key: str, files: str) -> int:
    """Verify an attestation offline. 0: it holds; 2: something was changed; 3: no key, no file."""
    if not file.exists():
        raise GateError(f"there is no file {file}; name an *.attestation.json of reports/")
    trusted = [_public(key)] if key else known(ROOT)
    if not trusted:
        text = "no public key is known here"
        raise GateError(f"{text}; give one with --key, as python -m gate keygen printed it")
    found = attestation.verify(file, trusted, Path(files) if files else None)
    by = "self-attested: production refuses it" if found.self_attested else "attested"
    console.show(f"{attestation.beside(Path(found.evidence)).name} holds ({by})\n")
    console.show(f"  key       {keys.key_id(found.key)}\n")
    console.show(f"  stack     {found.stack}\n")
    console.show(f"  outcome   {found.outcome}\n")
    for name, digest in found.subjects.items():
        ((kind, value),) = digest.items()
        console.show(f"  {kind}:{value}  {name}\n")
    return 0


def known(root: Path) -> list[str]:
    """The keys that this checkout knows: its own, and those of the owned file."""
    own = keys.own_file(root)
    found = [t.key for t in trust.load(root).attesters]
    return found + ([keys.text_of(keys.load(own).public_key())] if own.exists() else [])


def _public(given: str) -> str:
    """A public key, or a file that holds one."""
    path = Path(given)
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else given
    except (OSError, UnicodeDecodeError) as e:
        raise GateError(f"the key {path.name} cannot be read ({e}); give the public key") from None
    if "PRIVATE KEY" in text:
        raise GateError("this is a private key; give the public one, as keygen printed it")
    return keys.text_of(keys.public(text))


def keygen(file: Path) -> int:
    """Make a key pair; the public key goes to standard output alone."""
    public = keys.generate(file)
    console.say(f"the private key is in {file}, readable by you alone; the public key is:")
    console.show(f"{public}\n")
    return 0
