"""From the engine's protobuf structures to plain values, once for each request.

Unknowns become ``UNKNOWN``, secrets keep their value but print as "(secret)", assets become a
mark. The signatures are those of pulumi/sdk/go/common/resource/properties.go.
"""

# ruff: noqa: D102 (a mapping's methods, and a base class's)

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, Mapping
from functools import lru_cache
from sys import intern
from typing import Any, Final

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as pb

from .resources import Options, Provider, Resource
from .values import (
    FREE_TEXT,
    SECRET_PROPERTIES,
    UNKNOWN,
    Asset,
    Props,
    SecretNumber,
    SecretText,
    Value,
    texts,
)
from .wire import properties_within

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 (a signature)
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
REFERENCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"

#: What the engine sends for a value it does not know: one text for each kind of value, and one for
#: what it cannot decrypt. Neither proves anything, so neither can be told from the other.
UNKNOWN_TEXTS: Final = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58", "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
        "[secret]",  # in an audit: a value that the engine could not decrypt
    }
)  # fmt: skip
#: How null stands among the bytes of a Struct.
_NULL: Final = b"\x12\x02\x08\x00"
UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
#: Bookkeeping of the provider bridge, no property of any resource.
BOOKKEEPING: Final = frozenset({"__defaults", "__meta", "__internal"})


def properties(struct: Any) -> Props:
    """The properties of a protobuf Struct."""
    return Props(_fields(struct.fields))


def resource(request: Any) -> Resource:
    """The resource of an AnalyzeRequest, with its inputs."""
    props = properties(request.properties)
    return Resource(
        urn=intern(request.urn),
        type=intern(request.type),
        name=request.name,
        props=props,
        inputs=props,
        options=options(request.options),
        provider=provider(request.provider) if request.HasField("provider") else None,
    )


def provider(message: Any) -> Provider:
    """The provider that makes a resource; a stack has few."""
    return _provider(message.SerializeToString())


@lru_cache(maxsize=64)
def _provider(content: bytes) -> Provider:
    message = pb.AnalyzerProviderResource.FromString(content)
    return Provider(message.urn, message.type, message.name, properties(message.properties))


def options(message: Any) -> Options:
    """The options of a resource; most have the same."""
    return _options(message.SerializeToString())


@lru_cache(maxsize=1024)
def _options(content: bytes) -> Options:
    options = pb.AnalyzerResourceOptions.FromString(content)
    return Options(
        protect=options.protect,
        ignore_changes=tuple(options.ignoreChanges),
        parent=intern(options.parent),
        aliases=tuple(options.aliases),
        additional_secret_outputs=tuple(options.additionalSecretOutputs),
        delete_before_replace=options.deleteBeforeReplace,
    )


_UNREAD: Final = object()


class View(Mapping[str, Value]):
    """The fields of a protobuf Struct, converted when they are read, once each."""

    __slots__ = ("_fields", "_read", "_struct")

    def __init__(self, struct: Any):
        self._struct = struct
        self._fields = struct.fields
        self._read: dict[str, Any] = {}

    def content(self, *keys: str) -> bytes:
        """The message's bytes, or those of some fields, which hold every text as it is."""
        if keys:
            held = (self._fields[key] for key in keys if key in self._fields)
            return b"".join(field.SerializeToString() for field in held)
        found: bytes = self._struct.SerializeToString()
        return found

    def get(self, key: str, default: Any = None) -> Any:
        found = self._read.get(key, _UNREAD)
        if found is _UNREAD:
            message = self._fields.get(key)
            known = message is not None and key not in BOOKKEEPING
            found = self._read[key] = _value(message) if known else None
        return default if found is None else found

    def __getitem__(self, key: str) -> Value:
        if key not in self:
            raise KeyError(key)
        return self.get(key)  # type: ignore[no-any-return]

    def texts(self, but: frozenset[str]) -> Iterator[tuple[str, str, str]]:
        """As Props.every_text, without converting what is no text."""
        left_out = but | FREE_TEXT | SECRET_PROPERTIES | BOOKKEEPING
        for key in self._fields:
            if key in left_out:
                continue
            message = self._fields[key]
            if text := message.string_value:  # empty for every other kind
                if text not in UNKNOWN_TEXTS:
                    yield key, key, text
            elif message.HasField("struct_value") or message.HasField("list_value"):
                yield from texts(self.get(key), key, key)

    def items(self) -> ItemsView[str, Value]:
        return _fields(self._fields).items()

    def __contains__(self, key: object) -> bool:
        return key in self._fields and key not in BOOKKEEPING

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._fields if key not in BOOKKEEPING)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Kept(Props):
    """Inputs for later: which were written is known at once, their values are read in the bytes of
    their Struct each time. Hardly any is read, and the bytes take little room.
    """

    __slots__ = ("_content", "_written")

    def __init__(self, content: bytes, written: frozenset[str]):
        self._content = content
        self._written = written
        self._path = ""

    def declared(self, key: str) -> bool:
        return key in self._written

    def raw(self, key: str) -> Value:
        return super().raw(key) if key in self._written else None

    def content(self, *keys: str) -> bytes | None:
        return super().content(*keys) if keys else self._content

    def __getattr__(self, name: str) -> Any:
        if name != "_values":  # the slot stays empty
            raise AttributeError(name)
        return View(struct_pb2.Struct.FromString(self._content))


def kept(
    request: Any, content: bytes | None, props: Props, known: dict[frozenset[str], frozenset[str]]
) -> Kept:
    """The inputs of an AnalyzeRequest, whose bytes are `content` and which `props` are too. Many
    resources have written the same properties: `known` holds their names once.
    """
    struct = request.properties
    content = properties_within(content or b"", struct.ByteSize()) or struct.SerializeToString()
    if _NULL in content:  # a property without a value, or a text that looks like one
        written = frozenset(key for key in props.keys() if props.declared(key))  # noqa: SIM118
    else:
        written = frozenset(struct.fields).difference(BOOKKEEPING)
    return Kept(content, known.setdefault(written, written))


def _fields(fields: Any) -> dict[str, Value]:
    # not by items(), which protobuf leaves to a generator in Python
    return {
        key: (UNKNOWN if text in UNKNOWN_TEXTS else text)
        if (text := (message := fields[key]).string_value)
        else _no_text(message)
        for key in fields
        if key not in BOOKKEEPING
    }


def _value(message: Any) -> Value:
    text: str = message.string_value
    if text:  # the commonest; empty for every other kind
        return UNKNOWN if text in UNKNOWN_TEXTS else text
    return _no_text(message)


def _no_text(message: Any) -> Value:
    """The value of a message whose text is empty or none."""
    kind = message.WhichOneof("kind")
    if kind == "bool_value":
        return bool(message.bool_value)
    if kind == "struct_value":
        fields = message.struct_value.fields
        return _signed(_fields(fields)) if SIGNATURE in fields else _fields(fields)
    if kind == "list_value":
        return [_value(item) for item in message.list_value.values]
    if kind == "number_value":
        number: float = message.number_value
        return number
    return "" if kind == "string_value" else None


def plain(value: object) -> Value:
    """The same from Python values, as the stock SDK hands them to a policy.

    Its proxies raise on unknown values, so what they hold is taken instead.
    """
    if isinstance(value, str):
        return UNKNOWN if value in UNKNOWN_TEXTS else value
    if isinstance(value, bool | int | float) or value is None or value is UNKNOWN:
        return value
    if isinstance(value, Mapping):
        target = value["__target"] if type(value).__name__ == "_DictProxy" else value
        found = {str(k): plain(v) for k, v in target.items() if k not in BOOKKEEPING}
        return _signed(found) if SIGNATURE in found else found
    if type(value).__name__ == "_ListProxy":
        value = value["__target"]  # type: ignore[index]
    if isinstance(value, Iterable):
        return [plain(v) for v in value]
    return Asset()


def _signed(fields: Mapping[str, Value]) -> Value:
    """What a signed object stands for. One with an unheard-of signature is unknown: a control
    that needs it must not pass.
    """
    signature = fields.get(SIGNATURE)
    if signature in (ASSET, ARCHIVE):
        return Asset()
    if signature == SECRET:
        return secret(fields.get("value"))
    if signature == OUTPUT:
        if "value" not in fields:
            return UNKNOWN
        return secret(fields["value"]) if fields.get("secret") is True else fields["value"]
    if signature == REFERENCE:
        return fields.get("id") or UNKNOWN
    return UNKNOWN


def secret(value: Value) -> Value:
    """The value, marked as secret at every depth."""
    if isinstance(value, str):
        return SecretText(value)
    if isinstance(value, float | int) and not isinstance(value, bool):
        return SecretNumber(value)
    if isinstance(value, Mapping):
        return {key: secret(item) for key, item in value.items()}
    if isinstance(value, list):
        return [secret(item) for item in value]
    return value
