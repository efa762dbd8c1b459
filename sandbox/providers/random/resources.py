"""RandomPassword, RandomString and RandomId: values made once, from the system's own randomness."""

from __future__ import annotations

import base64
import ctypes
import ctypes.util
import secrets
import string
import threading

from sandbox.providers.framework import (
    Clients,
    Created,
    Handler,
    Inputs,
    Outputs,
    ProviderError,
    TypeRule,
)
from sandbox.providers.validators import between, rule

PASSWORD = "random:index/randomPassword:RandomPassword"  # noqa: S105 - a type
STRING = "random:index/randomString:RandomString"
ID = "random:index/randomId:RandomId"
SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
CLASSES = (
    ("lower", "minLower", string.ascii_lowercase),
    ("upper", "minUpper", string.ascii_uppercase),
    ("numeric", "minNumeric", string.digits),
    ("special", "minSpecial", SPECIAL),
)


_CRYPT = threading.Lock()


def text(inputs: Inputs) -> str:
    """A text of `length` characters with at least so many of each class as the inputs ask for."""
    dice = secrets.SystemRandom()
    chosen: list[str] = []
    pool = ""
    for switch, minimum, usual in CLASSES:
        wanted = inputs.get(switch, True) and (switch != "numeric" or inputs.get("number", True))
        special = inputs.get("overrideSpecial") if switch == "special" else None
        letters = special or usual
        pool += letters if wanted else ""
        chosen += [dice.choice(letters) for _ in range(int(inputs.get(minimum) or 0))]
    if not pool:
        raise ProviderError("a random text needs at least one of lower, upper, numeric and special")
    chosen += [dice.choice(pool) for _ in range(int(inputs["length"]) - len(chosen))]
    dice.shuffle(chosen)
    return "".join(chosen)


def bcrypt(value: str) -> str | None:
    """The bcrypt hash of a text by the system's libcrypt; None where the system has none."""
    path = ctypes.util.find_library("crypt")
    if path is None:
        return None
    crypt = ctypes.CDLL(path).crypt
    crypt.restype = ctypes.c_char_p
    salt = base64.b64encode(secrets.token_bytes(18), b"./").decode()[:21] + "."
    with _CRYPT:  # it answers in a buffer of its own, one for all threads
        made = crypt(value.encode(), f"$2b$10${salt}".encode())
    return made.decode() if made and made.startswith(b"$2b$") else None


class Text:
    """A password (secret, with the id "none") or a string (its own id)."""

    def __init__(self, *, secret: bool) -> None:
        self.secret = secret

    def create(self, aws: Clients, inputs: Inputs) -> str:
        made = text(inputs)
        if not self.secret:
            return Created(made, {"result": made})
        return Created("none", {"result": made, "bcryptHash": bcrypt(made)})

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        if inputs:
            return {}  # only the state knows the value
        outputs: Outputs = {"id": "none" if self.secret else id, "result": id, "length": len(id)}
        return {**outputs, "bcryptHash": bcrypt(id)} if self.secret else outputs

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        """Nothing about a generated text can change without a new one."""

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        """The value goes with the state."""


class Id:
    """Random bytes in several spellings."""

    def create(self, aws: Clients, inputs: Inputs) -> str:
        outputs = spellings(
            secrets.token_bytes(int(inputs["byteLength"])), inputs.get("prefix") or ""
        )
        return Created(outputs.pop("id"), outputs)

    def read(self, aws: Clients, id: str, inputs: Inputs) -> Outputs | None:
        prefix = (inputs.get("prefix") or "") if inputs else ""
        raw = base64.urlsafe_b64decode(id + "=" * (-len(id) % 4))
        return {**spellings(raw, prefix), "byteLength": len(raw)}

    def update(self, aws: Clients, id: str, olds: Outputs, news: Inputs, changed: set[str]) -> None:
        """Nothing about a generated id can change without a new one."""

    def delete(self, aws: Clients, id: str, state: Outputs) -> None:
        """The value goes with the state."""


def spellings(raw: bytes, prefix: str) -> Outputs:
    """The outputs of a RandomId, by the names of the vendor's provider."""
    url = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return {
        "id": url,
        "b64Url": prefix + url,
        "b64Std": prefix + base64.b64encode(raw).decode(),
        "hex": prefix + raw.hex(),
        "dec": prefix + str(int.from_bytes(raw, "big")),
    }


def fits(inputs: Inputs) -> str | None:
    """The minimum counts fit into the length."""
    least = sum(int(inputs.get(name) or 0) for _, name, _ in CLASSES)
    if int(inputs.get("length") or 0) < least:
        return (
            f"length ({inputs.get('length')}) must be at least the sum of the minimum counts "
            f"({least})"
        )
    return None


TEXT_RULE = TypeRule(
    plugin_framework=True,
    zeros={
        **dict.fromkeys(("lower", "upper", "numeric", "number", "special"), True),
        **{minimum: 0 for _, minimum, _ in CLASSES},
    },
    replaces={
        "length",
        "lower",
        "upper",
        "numeric",
        "number",
        "special",
        "overrideSpecial",
        "keepers",
    }
    | {minimum for _, minimum, _ in CLASSES},
    validators=(
        between("length", 1, float("inf")),
        rule(fits, "length", *(name for _, name, _ in CLASSES)),
    ),
)
RULES: dict[str, TypeRule] = {
    PASSWORD: TEXT_RULE,
    STRING: TEXT_RULE,
    ID: TypeRule(
        plugin_framework=True,
        replaces={"byteLength", "keepers", "prefix"},
        validators=(between("byteLength", 1, float("inf")),),
    ),
}
HANDLERS: dict[str, Handler] = {PASSWORD: Text(secret=True), STRING: Text(secret=False), ID: Id()}
