"""What a policy may read of a resource: known, unknown, absent, of the wrong kind.

The stock SDK answers the reading of an unknown value with an advisory, and the preview passes.
Here an unknown is an ordinary value (``UNKNOWN``); a typed read of it raises `Undecided`, a read of
the wrong kind raises `Malformed`, and both become findings that keep the gate shut.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final, TypeAlias, final


@final
class Unknown:
    """A value that only the deployment will tell. There is one instance, ``UNKNOWN``."""

    _instance: Unknown | None = None

    def __new__(cls) -> Unknown:  # noqa: D102
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "<unknown until deployed>"

    def __bool__(self) -> bool:
        raise TypeError("an unknown value has no truth; ask Props.known() first")


UNKNOWN: Final = Unknown()


@final
class SecretText(str):
    """A text the engine marked as secret. It compares like the text it is; printed, it says
    only that it is a secret.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return "(secret)"

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return "(secret)"

    def reveal(self) -> str:
        """The text itself, for comparing and redacting only."""
        return "".join(self)


@final
class SecretNumber(float):
    """A number the engine marked as secret; printed, it says only that it is a secret."""

    __slots__ = ()

    def __str__(self) -> str:
        return "(secret)"

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return "(secret)"


@final
class Asset:
    """A file or an archive. No control reads its content."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "(asset)"


def plain(text: str) -> str:
    """The text itself, to be compared or parsed. One that the engine marked as secret would say
    "(secret)" where it is formatted, so a check must not read it by ``str()``.
    """
    return text.reveal() if isinstance(text, SecretText) else text


Value: TypeAlias = (
    "bool | float | int | str | Unknown | Asset | Sequence[Value] | Mapping[str, Value] | None"
)

#: An ARN up to its account, as a pattern; some have no account, and no match.
ARN_TO_ACCOUNT: Final = r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):"

#: Properties whose value is never shown, wherever they stand.
SECRET_PROPERTIES: Final = frozenset(
    {
        "authToken", "authTokenWo", "bcryptHash", "masterPassword", "masterPasswordWo",
        "password", "passwordWo", "passwords", "passwordsWo", "plaintext", "result", "secretBinary",
        "secretString", "secretStringWo", "accessKey", "secretKey", "token",
    }
)  # fmt: skip


class Undecided(Exception):  # noqa: N818 (no error: an answer)
    """The value at `path` is unknown at preview, so the check cannot be decided from it."""

    def __init__(self, path: str, how: str = "write it as a literal or from the stack's config"):
        super().__init__(f"`{path}` is not known before deployment; to decide it, {how}")
        self.path = path


class Malformed(Exception):  # noqa: N818 (the same)
    """The value at `path` is of a kind that the property cannot have."""

    def __init__(self, path: str, wanted: str):
        super().__init__(f"`{path}` must be {wanted}")
        self.path = path


_REQUIRED: Final = object()


class Props:
    """The properties of one resource, or of one nested block. No method raises anything but
    `Undecided` and `Malformed`. An absent property and a null are the same thing.
    """

    __slots__ = ("_path", "_values")

    def __init__(self, values: Mapping[str, Value], path: str = ""):
        self._values = values
        self._path = path

    def path(self, key: str) -> str:
        """The full path of `key`, as messages name it, e.g. ``ingress[0].cidrBlocks``."""
        return f"{self._path}.{key}" if self._path else key

    def raw(self, key: str) -> Value:
        """The value as it is: None when absent, ``UNKNOWN`` when unknown. Never raises."""
        return self._values.get(key)

    def every_text(self, but: frozenset[str] = frozenset()) -> Iterator[tuple[str, str, str]]:
        """Every text inside with its path and the nearest property's name. Free texts, secret
        properties and those of `but` are left out.
        """
        own = getattr(self._values, "texts", None)
        if own is not None:
            return own(but)  # type: ignore[no-any-return]
        if not but:
            return texts(self._values)
        return texts({key: value for key, value in self._values.items() if key not in but})

    def content(self, *keys: str) -> bytes | None:
        """Bytes that hold every text inside as it is, or inside these properties, to look before
        walking; None when nobody kept them, so that only a walk can tell.
        """
        held = getattr(self._values, "content", None)
        return held(*keys) if held is not None else None

    def keys(self) -> Sequence[str]:
        """The names of the properties, those with null values included."""
        return tuple(self._values)

    def declared(self, key: str) -> bool:
        """True when the program wrote the property, even with a value not known yet."""
        return self._values.get(key) is not None

    def known(self, key: str) -> bool:
        """True when the property is absent or its value is known at every depth."""
        return not contains_unknown(self._values.get(key))

    def text(self, key: str, absent: str | None = None) -> str | None:
        """The text of the property; `absent` when it is not written.

        A number is no text. Raises Undecided or Malformed.
        """
        value = self._values.get(key)
        if value is None:
            return absent
        if value is UNKNOWN:
            raise Undecided(self.path(key))
        if not isinstance(value, str):
            raise Malformed(self.path(key), "a text")
        return value

    def number(self, key: str, absent: float | None = None) -> float | None:
        """The number of the property, "30" counting as 30; True is no number, nor is NaN."""
        value = self._values.get(key)
        if value is None:
            return absent
        if value is UNKNOWN:
            raise Undecided(self.path(key))
        if type(value) is float and math.isfinite(value):  # as the engine sends every number
            return value
        if isinstance(value, str):
            try:
                value = float(value.strip())
            except ValueError:
                raise Malformed(self.path(key), "a number") from None
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise Malformed(self.path(key), "a number")
        return float(value)

    def flag(self, key: str, absent: bool = False) -> bool:
        """The truth of the property: a bool, or "true"/"false" as a text."""
        value = self._values.get(key)
        if value is None:
            return absent
        if value is UNKNOWN:
            raise Undecided(self.path(key))
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise Malformed(self.path(key), "true or false")
        return value

    def items(self, key: str) -> list[Value]:
        """The elements of a list property, [] when absent; elements may be UNKNOWN."""
        value = self._values.get(key)
        if value is None:
            return []
        if value is UNKNOWN:
            raise Undecided(self.path(key))
        if type(value) is not list and (
            isinstance(value, str | Mapping) or not isinstance(value, Sequence)
        ):
            raise Malformed(self.path(key), "a list")
        return list(value)

    def texts(self, key: str) -> list[str]:
        """The elements of a list of texts, every one known."""
        found = []
        for i, item in enumerate(self.items(key)):
            if item is UNKNOWN:
                raise Undecided(f"{self.path(key)}[{i}]")
            if not isinstance(item, str):
                raise Malformed(f"{self.path(key)}[{i}]", "a text")
            found.append(item)
        return found

    def block(self, key: str) -> Props | None:
        """A nested object, None when absent. A list of one object counts as that object."""
        value = self._values.get(key)
        if isinstance(value, Sequence) and not isinstance(value, str):
            if len(value) == 0:
                return None
            value = value[0] if len(value) == 1 else value
        if value is None:
            return None
        if value is UNKNOWN:
            raise Undecided(self.path(key))
        if not isinstance(value, Mapping):
            raise Malformed(self.path(key), "an object")
        return Props(value, self.path(key))

    def blocks(self, key: str) -> Iterator[Props]:
        """The objects of a list property; a single object counts as a list of one."""
        value = self._values.get(key)
        if type(value) is not list and isinstance(value, Mapping):
            yield Props(value, self.path(key))
            return
        for i, item in enumerate(self.items(key)):
            path = f"{self.path(key)}[{i}]"
            if item is UNKNOWN:
                raise Undecided(path)
            if type(item) is not dict and not isinstance(item, Mapping):
                raise Malformed(path, "an object")
            yield Props(item, path)

    def show(self, key: str) -> str:
        """The value as a message may show it: short, on one line, and never a secret."""
        if key in SECRET_PROPERTIES:
            return "(secret)"
        return show(self._values.get(key))


def contains_unknown(value: Value) -> bool:
    """True when the value, or anything inside it, is unknown."""
    if value is UNKNOWN:
        return True
    if value is None or isinstance(value, str):
        return False
    if type(value) is list:  # known at once, where to ask for a Sequence is dear
        return any(map(contains_unknown, value))
    if isinstance(value, Mapping):
        return any(contains_unknown(v) for v in value.values())
    if isinstance(value, Sequence):
        return any(contains_unknown(v) for v in value)
    return False


#: Texts that people write for people: no control reads an ARN or a region out of them.
FREE_TEXT: Final = frozenset({"description", "tags", "tagsAll", "dashboardBody"})


def texts(value: Value, path: str = "", key: str = "") -> Iterator[tuple[str, str, str]]:
    """Every text inside with its path and the nearest property's name; free texts and secret
    properties are left out.
    """
    if isinstance(value, str):
        yield path, key, value
    elif value is None or isinstance(value, bool | float | int):
        return
    elif isinstance(value, dict) or isinstance(value, Mapping):  # noqa: SIM101 (dict: the fast way)
        for name, inner in value.items():
            if inner is None or name in FREE_TEXT or name in SECRET_PROPERTIES:
                continue
            below = f"{path}.{name}" if path else name
            if type(inner) is str:
                yield below, name, inner
            else:
                yield from texts(inner, below, name)
    elif isinstance(value, Sequence):
        for i, inner in enumerate(value):
            yield from texts(inner, f"{path}[{i}]", key)


def show(value: Value, limit: int = 120) -> str:
    """One printable line for a value. Control characters are escaped, long texts cut.

    Nested values of secret properties are hidden.
    """
    if value is None:
        return "absent"
    if value is UNKNOWN:
        return "unknown"
    text = printable(_plain(value))
    return text if len(text) <= limit else text[: limit - 1] + "…"


def fingerprint(value: Value, limit: int = 120, whole: int = 4000) -> str:
    """As `show`, for evidence: of a long text also a digest, so that two can be told apart.

    Lists and objects are written out up to `whole` characters: they are compared member by member.
    """
    if value is None or value is UNKNOWN:
        return show(value)
    if isinstance(value, Mapping | Sequence) and not isinstance(value, str):
        limit = whole
    text = printable(_plain(value))
    if len(text) <= limit:
        return text
    return f"{text[: limit - 1]}… sha256:{sha256(text.encode()).hexdigest()[:16]}"


def printable(text: str) -> str:
    """The text on one line, with control characters escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def _plain(value: Value, key: str = "") -> str:
    if key in SECRET_PROPERTIES:
        return "(secret)"
    if isinstance(value, SecretText | SecretNumber):
        return "(secret)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    if value is None or value is UNKNOWN:
        return "null" if value is None else "unknown"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}: {_plain(v, k)}" for k, v in sorted(value.items())) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_plain(v) for v in value) + "]"
    return type(value).__name__
