"""Take secrets out of what is about to be stored, by what they are and not by luck.

Three kinds: values under a name that always holds a secret, Pulumi's own secret objects, and any
text that contains a known secret value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

REDACTED = "[redacted]"
PULUMI_SIGNATURE = "4dabf18193072939515e22adb298388d"
SHORTEST_SECRET = 6  # a shorter text would blank half a report

# Names whose value is a secret whatever the service; compared without case, dashes and underscores.
SECRET_NAMES = frozenset(
    {
        "password",
        "passwordwo",
        "passwords",
        "passwordswo",
        "masterpassword",
        "masteruserpassword",
        "masterpasswordwo",
        "secretstring",
        "secretbinary",
        "secretstringwo",
        "authtoken",
        "authtokenwo",
        "accesskey",
        "secretkey",
        "secretaccesskey",
        "sessiontoken",
        "token",
        "privatekey",
        "plaintext",
        "result",
        "bcrypthash",
        "passphrase",
        "pulumiconfigpassphrase",
        "ciphertextblob",
        "awssecretaccesskey",
        "awssessiontoken",
    }
)
# "result" is RandomPassword's own output; these names only look like secrets.
HARMLESS_NAMES = frozenset({"nexttoken", "paginationtoken", "clienttoken", "clientrequesttoken"})


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """The form in which names are compared: lower case letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


class Redactor:
    """Redacts values. `secrets` are values known to be secret; `names` further property names."""

    def __init__(self, secrets: Iterable[str] = (), names: Iterable[str] = ()):
        self._names = SECRET_NAMES | {plain_name(n) for n in names}
        known = {s for s in secrets if len(s) >= SHORTEST_SECRET}
        # A secret inside JSON inside JSON is escaped; look for that form too.
        known |= {_escaped(s) for s in known}
        self._known = sorted(known, key=len, reverse=True)

    def value(self, value: Any, secret_paths: Iterable[tuple[str, ...]] = ()) -> Any:
        """A copy of a JSON-like value without its secrets. `secret_paths` names members that are
        secret by their type ("*" for each element of a list).
        """
        return self._walk(value, tuple(secret_paths))

    def text(self, text: str) -> str:
        """A text without the known secret values."""
        for secret in self._known:
            text = text.replace(secret, REDACTED)
        return text

    def _walk(self, value: Any, paths: tuple[tuple[str, ...], ...]) -> Any:
        if paths and any(not p for p in paths):
            return REDACTED
        kind = type(value)
        if kind is str:
            return self.text(value)
        if value is None or kind is bool or kind is int:
            return value
        if isinstance(value, Mapping):
            if PULUMI_SIGNATURE in value:
                return REDACTED
            return {str(k): self._member(str(k), v, paths) for k, v in value.items()}
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bytes | bytearray):
            return f"[{len(value)} bytes]"
        if isinstance(value, Sequence | set | frozenset):
            rest = tuple(p[1:] for p in paths if p[0] == "*")
            return [self._walk(v, rest) for v in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        return self.text(str(value))  # datetimes, decimals

    def _member(self, name: str, value: Any, paths: tuple[tuple[str, ...], ...]) -> Any:
        plain = plain_name(name)
        if plain in self._names and plain not in HARMLESS_NAMES and value not in (None, "", {}, []):
            return REDACTED
        rest = tuple(p[1:] for p in paths if p[0] in (name, "*")) if paths else ()
        return self._walk(value, rest)


def _escaped(secret: str) -> str:
    import json

    return json.dumps(secret)[1:-1]
