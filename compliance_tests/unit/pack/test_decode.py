"""Values of every shape survive the way through protobuf; what the engine marks is understood."""

from __future__ import annotations

import math
from typing import Any

import pytest
from core import UNKNOWN, Props, Value, show
from core.decode import (
    ASSET,
    OUTPUT,
    REFERENCE,
    SECRET,
    SIGNATURE,
    UNKNOWN_TEXT,
    UNKNOWN_TEXTS,
    Kept,
    kept,
    plain,
    properties,
)
from core.evaluate import decide
from core.in_place import InPlace
from core.replay import encode
from core.resources import Options, Provider
from core.scenarios import build
from core.values import Asset, SecretNumber, SecretText
from google.protobuf import json_format, struct_pb2
from hypothesis import given, settings
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import unknown_checking_proxy

from compliance_tests.unit.pack.shapes import props


def through(found: dict[str, Value]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    for key, value in found.items():
        encode(value, message.fields[key])
    return message


def same(a: Value, b: Value) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, float | int) and isinstance(b, float | int) and not isinstance(a, bool):
        return a == b or (math.isnan(a) and math.isnan(b))
    if isinstance(a, Asset):
        return isinstance(b, Asset)
    return type(a) is type(b) and a == b if a is not UNKNOWN else b is UNKNOWN


@settings(max_examples=200)
@given(found=props)
def test_values_come_back_as_they_went(found: dict[str, Value]) -> None:
    read = properties(through(found))
    assert all(same(found[k], read.raw(k)) for k in found)


@settings(max_examples=200)
@given(found=props)
def test_the_stock_sdks_values_are_the_same_but_for_the_secret_mark(
    found: dict[str, Value],
) -> None:
    message = through(found)
    try:
        theirs = deserialize_properties(json_format.MessageToDict(message))
    except ValueError:
        return  # the stock SDK cannot read NaN and infinity at all
    read = plain(unknown_checking_proxy(theirs))
    assert isinstance(read, dict)

    def unmarked(value: Any) -> Any:
        if isinstance(value, SecretText):
            return value.reveal()
        if isinstance(value, dict):
            return {k: unmarked(v) for k, v in value.items()}
        return [unmarked(v) for v in value] if isinstance(value, list) else value

    ours = properties(message)
    assert all(same(unmarked(ours.raw(k)), read[k]) for k in found)


@pytest.mark.parametrize("text", sorted(UNKNOWN_TEXTS))
def test_every_kind_of_unknown(text: str) -> None:
    message = struct_pb2.Struct()
    message.update({"a": text, "b": [{"c": text}], "d": {SIGNATURE: SECRET, "value": text}})
    read = properties(message)
    assert (read.raw("a"), read.raw("d")) == (UNKNOWN, UNKNOWN)
    assert not read.known("b")


def test_signed_objects() -> None:
    message = struct_pb2.Struct()
    message.update(
        {
            "asset": {SIGNATURE: ASSET, "text": "x"},
            "known": {SIGNATURE: OUTPUT, "value": "x"},
            "unknown": {SIGNATURE: OUTPUT},
            "secretOutput": {SIGNATURE: OUTPUT, "value": "hunter2", "secret": True},
            "reference": {SIGNATURE: REFERENCE, "urn": "u", "id": "i"},
            "new": {SIGNATURE: "never heard of", "value": "x"},
            "number": {SIGNATURE: SECRET, "value": 1234567},
            "list": {SIGNATURE: SECRET, "value": ["hunter2", {"a": "hunter2"}]},
            "nested": {"__defaults": ["x"], "a": 1},
            "__defaults": ["x"],
        }
    )
    read = properties(message)
    assert isinstance(read.raw("asset"), Asset)
    assert (read.raw("known"), read.raw("reference")) == ("x", "i")
    assert (read.raw("unknown"), read.raw("new")) == (UNKNOWN, UNKNOWN)
    assert read.text("secretOutput") == "hunter2"
    assert read.number("number") == 1234567
    assert read.raw("nested") == {"a": 1}
    assert read.raw("__defaults") is None
    [text, inner] = read.items("list")
    assert isinstance(text, SecretText)
    assert isinstance(inner, dict)
    assert isinstance(inner["a"], SecretText)
    for key in ("secretOutput", "number", "list"):
        assert "hunter2" not in read.show(key)
        assert "1234567" not in read.show(key)


def test_the_signatures_are_the_engines() -> None:
    """As pulumi's SDK for Python writes them, which is not ours to choose."""
    from core import decode
    from pulumi.runtime import rpc

    assert rpc._special_sig_key == SIGNATURE
    assert rpc._special_secret_sig == SECRET
    assert rpc._special_asset_sig == ASSET
    assert rpc._special_archive_sig == decode.ARCHIVE
    assert rpc._special_resource_sig == REFERENCE
    assert rpc._special_output_value_sig == OUTPUT


def test_the_bridges_bookkeeping_is_left_out() -> None:
    names = ("__defaults", "__meta", "__internal")
    message = struct_pb2.Struct()
    message.update({**dict.fromkeys(names, "x"), "a": {**dict.fromkeys(names, "x"), "b": "c"}})
    assert properties(message).keys() == ("a",)
    assert properties(message).raw("a") == {"b": "c"}
    assert plain({**dict.fromkeys(names, "x"), "b": "c"}) == {"b": "c"}
    in_place = InPlace(pb.AnalyzerResource(properties=message), {}, {}).props
    assert in_place.keys() == ("a",)


def test_a_view_is_a_mapping() -> None:
    """Whoever gets the properties as a mapping, to copy or to compare them, gets all of them."""
    from collections.abc import Mapping

    found = _stack_resource()
    view = InPlace(found, {}, {}).props._values
    assert isinstance(view, Mapping)
    at_once = properties(found.properties)
    assert len(view) == len(at_once.keys())
    assert dict(view.items()) == {k: at_once.raw(k) for k in at_once.keys()}  # noqa: SIM118
    assert view["name"] == "a-name"
    assert "name" in view
    for name in ("absent", "__defaults"):
        assert name not in view
        with pytest.raises(KeyError):
            view[name]
    later = _kept(found.properties)
    with pytest.raises(AttributeError):
        later.nothing  # noqa: B018


def test_a_secret_is_never_printed() -> None:
    from controls.aurora_backups import CLUSTER, CONTROL
    from core import Finding, Item, Settings

    secret = SecretText("correct horse battery")
    assert (
        f"{secret} {secret!r} {secret:>3} {SecretNumber(5)} {show([secret])}".count("correct") == 0
    )
    [resource] = build(
        [Item(CLUSTER, "db", {"masterPassword": "correct horse", "tags": {"a": secret}})]
    )

    def tell(found: Any, _: Settings) -> list[Finding]:
        inner = found.props.block("tags")
        return [Finding(f"{found.props.text('masterPassword')} {''.join(inner.text('a'))}")]

    from dataclasses import replace

    decision = decide(replace(CONTROL, check=tell), resource, Settings())
    assert "correct" not in " ".join((*decision.messages, *decision.observed.values()))
    assert Props({"masterPassword": "x"}).show("masterPassword") == "(secret)"


def test_a_secret_that_the_engine_could_not_decrypt_is_unknown() -> None:
    message = struct_pb2.Struct()
    message.update(
        {
            "plain": "[secret]",
            "wrapped": {SIGNATURE: SECRET, "value": "[secret]"},
            "inside": ["a", "[secret]"],
        }
    )
    found = properties(message)
    assert found.raw("plain") is found.raw("wrapped") is UNKNOWN
    assert found.raw("inside") == ["a", UNKNOWN]
    assert plain("[secret]") is UNKNOWN
    assert plain({SIGNATURE: SECRET, "value": "[secret]"}) is UNKNOWN
    assert isinstance(plain({SIGNATURE: SECRET, "value": "text"}), SecretText)


def _stack_resource() -> Any:
    found = pb.AnalyzerResource(type="t", urn="urn:pulumi:s::p::t::n", name="n")
    found.properties.update(
        {
            "name": "a-name",
            "arn": "arn:aws:kms:sa-east-1:111122223333:key/x",
            "description": "arn:aws:kms:us-east-1:999999999999:key/said",
            "masterPassword": "hunter2",
            "nested": {"arn": "arn:inner", "tags": {"a": "arn:tag"}, "list": ["x", 1, None, True]},
            "__defaults": ["arn:bookkeeping"],
            "nothing": None,
            "number": 3,
            "later": UNKNOWN_TEXT,
        }
    )
    secret = found.properties.fields["hidden"].struct_value.fields
    secret[SIGNATURE].string_value, secret["value"].string_value = SECRET, "arn:secret"
    return found


def test_what_is_read_in_place_is_what_is_read_at_once() -> None:
    """A stack's properties are converted at each reading; every way to read must give the same."""
    found = _stack_resource()
    in_place = InPlace(found, {}, {}).props
    at_once = properties(found.properties)
    assert set(in_place.keys()) == set(at_once.keys())
    for key in (*at_once.keys(), "absent", "__defaults"):
        assert in_place.raw(key) == at_once.raw(key), key
        assert in_place.declared(key) is at_once.declared(key), key
        assert in_place.known(key) is at_once.known(key), key
    for but in (frozenset[str](), frozenset({"arn"})):
        assert sorted(in_place.every_text(but)) == sorted(at_once.every_text(but))
    told = {path for path, _, _ in in_place.every_text()}
    assert told == {"name", "arn", "nested.arn", "nested.list[0]", "hidden"}
    assert in_place.raw("absent") is None
    assert "absent" not in found.properties.fields  # reading has written nothing


def test_a_resource_in_place_has_all_that_its_message_holds() -> None:
    found = _stack_resource()
    found.options.protect, found.options.parent = True, "urn:parent"
    found.options.ignoreChanges.append("tags")
    found.dependencies.extend(["urn:a", "urn:b"])
    found.propertyDependencies["vpcId"].urns.append("urn:a")
    found.propertyDependencies["none"].SetInParent()
    inputs = properties(found.properties)
    mine = InPlace(found, {found.urn: inputs}, {})
    assert (mine.urn, mine.type, mine.name) == (found.urn, "t", "n")
    assert mine.inputs is inputs
    assert mine.options == Options(protect=True, ignore_changes=("tags",), parent="urn:parent")
    assert mine.dependencies == ("urn:a", "urn:b")
    assert mine.property_dependencies == {"vpcId": ("urn:a",), "none": ()}
    assert [mine.needs(key) for key in ("vpcId", "none", "absent")] == [("urn:a",), (), ()]
    assert "absent" not in found.propertyDependencies  # reading has written nothing
    assert not mine.is_custom
    assert mine.provider is None
    found.provider.urn, found.provider.type = "urn:provider", "pulumi:providers:aws"
    made = InPlace(found, {}, {})
    assert made.is_custom
    assert made.provider is made.provider
    assert made.provider is not None
    assert made.provider.urn == "urn:provider"
    assert made.inputs is None


def test_a_stacks_resources_share_their_provider_whatever_the_order_of_its_properties() -> None:
    found, other, nameless = _stack_resource(), _stack_resource(), _stack_resource()
    for message, keys in ((found, ("region", "profile")), (other, ("profile", "region"))):
        message.provider.urn, message.provider.type = "urn:provider", "pulumi:providers:aws"
        for key in keys:
            message.provider.properties[key] = key
    nameless.provider.SetInParent()
    known: dict[str, Provider] = {}
    first, second, third, fourth = (
        InPlace(m, {}, known) for m in (found, other, nameless, _stack_resource())
    )
    assert first.provider is not None
    assert first.provider is second.provider
    assert first.provider.props.raw("profile") == "profile"
    other.provider.properties["profile"] = "another"  # as the next request may have it
    again = InPlace(other, {}, {}).provider
    assert again is not None
    assert again.props.raw("profile") == "another"
    assert third.provider is not None  # a provider that does not say which: it still is one
    assert third.provider is not first.provider
    assert fourth.provider is None


def _kept(struct: struct_pb2.Struct, wire: bool = True, type_: str = "t") -> Kept:
    """The inputs of a request, with its bytes or without."""
    request = pb.AnalyzeRequest(type=type_, urn="urn:pulumi:s::p::t::n", name="n")
    request.properties.CopyFrom(struct)
    content = request.SerializeToString() if wire else None
    return kept(request, content, properties(struct), {})


@pytest.mark.parametrize("type_", ["t", "t" * 127, "t" * 128, ""])
def test_what_is_kept_as_bytes_is_what_was_kept(type_: str) -> None:
    struct = _stack_resource().properties
    for size in (0, 200):
        struct["filler"] = "x" * size
        at_once = properties(struct)
        for later in (_kept(struct, True, type_), _kept(struct, False, type_)):
            assert sorted(later.keys()) == sorted(at_once.keys())
            for key in (*at_once.keys(), "absent"):
                assert later.declared(key) is at_once.declared(key), key
                assert later.raw(key) == at_once.raw(key), key
            assert len(later.content() or b"") == struct.ByteSize()


def test_the_same_names_are_kept_once() -> None:
    known: dict[frozenset[str], frozenset[str]] = {}
    request = pb.AnalyzeRequest(type="t")
    request.properties.update({"a": "x", "nothing": None})
    first, second = (kept(request, None, properties(request.properties), known) for _ in range(2))
    assert first._written is second._written
    assert first._written == {"a"}


def test_a_quick_look_never_overlooks_a_text() -> None:
    found = _stack_resource()
    in_place = InPlace(found, {}, {}).props
    for text in ("arn:inner", "arn:secret", "arn:bookkeeping"):
        for each in (in_place, _kept(found.properties)):
            assert text.encode() in (each.content() or b"")
    assert b"arn:nowhere" not in (in_place.content() or b"")
    assert b"arn:inner" in (in_place.content("nested") or b"")
    assert in_place.content("absent") == b""
    for view in (in_place, _kept(found.properties)):
        assert b"arn:secret" in (view.content("hidden", "absent") or b"")
        assert b"arn:inner" not in (view.content("hidden", "absent") or b"")
    assert in_place._values.get("absent", "else") == "else"
    assert in_place._values.get("__defaults", "else") == "else"
    assert "absent" not in found.properties.fields
    assert properties(found.properties).content() is None  # converted: nobody can look
