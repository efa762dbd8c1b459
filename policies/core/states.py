"""An exported state as resources, the way the engine shows it to a pack in `pulumi policy analyze`.

What the engine does is in pkg/resource/stack/deployment.go and pkg/resource/deploy/
analyze_snapshot.go. Secrets stay encrypted here and so are unknown.
"""

from __future__ import annotations

import base64
import json
import re
import struct
from collections.abc import Mapping
from typing import Any, Final

from . import decode
from .resources import NO_DEPENDENCIES, Options, Provider, Resource
from .values import UNKNOWN, Asset, Props, Value
from .wire import accounts_in

BYTES: Final = "803fd3297a5875dc03ca845dda5d2a98"
FLOAT: Final = "8ad145fe-0d11-4827-bfd7-1abcbf086f5c"
VERSIONS: Final = (3, 4)
#: The kind of each field, where there is one, without which the engine reads nothing of the file.
KINDS: Final[Mapping[str, type]] = {
    **dict.fromkeys(("custom", "delete", "external", "protect", "pendingReplacement"), bool),
    **dict.fromkeys(("id", "parent", "provider", "importID", "created", "modified"), str),
    **dict.fromkeys(("dependencies", "aliases", "ignoreChanges", "initErrors"), list),
    "additionalSecretOutputs": list,
    **dict.fromkeys(("inputs", "outputs", "propertyDependencies"), dict),
}
#: An escape that the engine does not write: of <, > and & it does.
_ESCAPED: Final = re.compile(rb"\\u00(?!3[ceCE]|26)")


class Broken(Exception):  # noqa: N818 (no error of ours: a state that is none)
    """The text is no state that the engine would read."""


def read(content: bytes) -> list[tuple[Resource, Props]]:
    """Each resource of the state with its outputs as `props`, and its inputs. Raises Broken."""
    try:
        document = json.loads(content, parse_int=float)
        if document["version"] not in VERSIONS:
            raise Broken(f"version {document['version']:g} of a state, not 3 or 4")
        entries = document["deployment"]["resources"]
        for entry in entries:
            _check(entry)
        providers = {e["urn"]: e for e in entries if e["type"].startswith("pulumi:providers:")}
        known: dict[str, Provider] = {}
        return [_resource(e, providers, known) for e in entries if not e.get("delete")]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as wrong:
        raise Broken(f"no state that the engine would read ({type(wrong).__name__})") from None


def accounts(content: bytes) -> frozenset[str] | None:
    """The account of every ARN anywhere in the state; None where one may be written otherwise: in
    another encoding, as escaped letters, or as bytes.
    """
    if b"\0" in content or BYTES.encode() in content or _ESCAPED.search(content):
        return None
    return accounts_in(content)


def _check(entry: Mapping[str, Any]) -> None:
    urn = entry["urn"]
    if not isinstance(urn, str) or not urn.startswith("urn:pulumi:") or urn.count("::") < 3:
        raise Broken("a resource with an invalid URN")
    if not isinstance(entry["type"], str) or not entry["type"]:
        raise Broken("a resource without a type")
    for key, value in entry.items():
        if value is not None and type(value) is not KINDS.get(key, type(value)):
            raise Broken(f"a resource whose {key} is of another kind")
    if not entry.get("custom") and entry.get("id"):
        raise Broken("a resource that is not custom and has an id")


def _resource(
    entry: Mapping[str, Any], providers: Mapping[str, Any], known: dict[str, Provider]
) -> tuple[Resource, Props]:
    inputs = Props(_top(entry.get("inputs")))
    graph = {k: tuple(v) for k, v in (entry.get("propertyDependencies") or {}).items() if v}
    resource = Resource(
        urn=entry["urn"],
        type=entry["type"],
        name=_name(entry["urn"]),
        props=Props(_top(entry.get("outputs"))),
        inputs=inputs,
        options=Options(
            protect=bool(entry.get("protect")),
            ignore_changes=tuple(entry.get("ignoreChanges") or ()),
            parent=entry.get("parent") or "",
            aliases=tuple(entry.get("aliases") or ()),
            additional_secret_outputs=tuple(entry.get("additionalSecretOutputs") or ()),
        ),
        provider=_provider(entry.get("provider") or "", providers, known),
        dependencies=tuple(entry.get("dependencies") or ()),
        property_dependencies=graph or NO_DEPENDENCIES,
    )
    return resource, inputs


def _provider(
    reference: str, providers: Mapping[str, Any], known: dict[str, Provider]
) -> Provider | None:
    """The provider that the reference (urn::id) names; none when the state lacks it."""
    urn = reference.rpartition("::")[0]
    if urn not in known and urn in providers:
        entry = providers[urn]
        known[urn] = Provider(urn, entry["type"], _name(urn), Props(_top(entry.get("inputs"))))
    return known.get(urn)


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _top(values: Mapping[str, Any] | None) -> dict[str, Value]:
    return {k: _value(v) for k, v in (values or {}).items() if not k.startswith("__")}


def _value(value: Any) -> Value:
    if isinstance(value, str):
        return UNKNOWN if value in decode.UNKNOWN_TEXTS else value
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, dict):
        if decode.SIGNATURE in value:
            return _signed(value)
        return {k: _value(v) for k, v in value.items() if k not in decode.BOOKKEEPING}
    return value  # type: ignore[no-any-return]  # a number, a bool or null


def _signed(value: Mapping[str, Any]) -> Value:
    signature = value[decode.SIGNATURE]
    if signature in (decode.ASSET, decode.ARCHIVE):
        return Asset()
    if signature == decode.SECRET:
        if bool(value.get("ciphertext")) == bool(value.get("plaintext")):
            raise Broken("a secret with neither or both of ciphertext and plaintext")
        if value.get("ciphertext"):
            return UNKNOWN
        return decode.secret(_value(json.loads(value["plaintext"], parse_int=float)))
    if signature == decode.REFERENCE:
        found = value.get("id", value["urn"])
        return _value(found.get("V") if isinstance(found, dict) else found)
    if signature == BYTES:
        return _value(base64.b64decode(value["value"], validate=True).decode("utf-8"))
    if signature == FLOAT:
        return float(struct.unpack(">d", bytes.fromhex(value["value"]))[0])
    raise Broken("a value with an unheard-of signature")
