"""From the engine's protobuf structures to plain values, once for each request.

Unknowns become ``UNKNOWN``, secrets keep their value but print as "(secret)", assets become a
mark. The signatures are those of pulumi/sdk/go/common/resource/properties.go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from .resources import NO_DEPENDENCIES, Options, Provider, Resource
from .values import UNKNOWN, Asset, Props, SecretNumber, SecretText, Value

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
UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
#: Bookkeeping of the provider bridge, no property of any resource.
BOOKKEEPING: Final = frozenset({"__defaults", "__meta", "__internal"})


def properties(struct: Any) -> Props:
    """The properties of a protobuf Struct."""
    return Props(_fields(struct.fields))


def resource(request: Any, dependencies: bool = False, inputs: Props | None = None) -> Resource:
    """The resource of an AnalyzeRequest; with its graph and inputs, of an AnalyzerResource."""
    props = properties(request.properties)
    options = request.options
    graph: Mapping[str, tuple[str, ...]] = NO_DEPENDENCIES
    if dependencies and request.propertyDependencies:
        graph = {k: tuple(v.urns) for k, v in request.propertyDependencies.items()}
    return Resource(
        urn=request.urn,
        type=request.type,
        name=request.name,
        props=props,
        inputs=inputs if dependencies else props,
        options=Options(
            protect=options.protect,
            ignore_changes=tuple(options.ignoreChanges),
            parent=options.parent,
            aliases=tuple(options.aliases),
            additional_secret_outputs=tuple(options.additionalSecretOutputs),
            delete_before_replace=options.deleteBeforeReplace,
        ),
        provider=provider(request.provider) if request.HasField("provider") else None,
        dependencies=tuple(request.dependencies) if dependencies else (),
        property_dependencies=graph,
    )


def provider(message: Any) -> Provider:
    """The provider that makes a resource."""
    return Provider(message.urn, message.type, message.name, properties(message.properties))


def _fields(fields: Any) -> dict[str, Value]:
    return {key: _value(item) for key, item in fields.items() if key not in BOOKKEEPING}


def _value(message: Any) -> Value:
    kind = message.WhichOneof("kind")
    if kind == "string_value":
        text: str = message.string_value
        return UNKNOWN if text in UNKNOWN_TEXTS else text
    if kind == "number_value":
        number: float = message.number_value
        return number
    if kind == "bool_value":
        return bool(message.bool_value)
    if kind == "struct_value":
        fields = message.struct_value.fields
        return _signed(_fields(fields)) if SIGNATURE in fields else _fields(fields)
    if kind == "list_value":
        return [_value(item) for item in message.list_value.values]
    return None


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
        return _secret(fields.get("value"))
    if signature == OUTPUT:
        if "value" not in fields:
            return UNKNOWN
        return _secret(fields["value"]) if fields.get("secret") is True else fields["value"]
    if signature == REFERENCE:
        return fields.get("id") or UNKNOWN
    return UNKNOWN


def _secret(value: Value) -> Value:
    if isinstance(value, str):
        return SecretText(value)
    if isinstance(value, float | int) and not isinstance(value, bool):
        return SecretNumber(value)
    if isinstance(value, Mapping):
        return {key: _secret(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_secret(item) for item in value]
    return value
