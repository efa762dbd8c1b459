"""An exported state, read as the engine reads it: what each value stands for, and what is none."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
from typing import Any

import pytest
from core import UNKNOWN, Resource, Value, states
from core.decode import ARCHIVE, ASSET, REFERENCE, SECRET, SIGNATURE, UNKNOWN_TEXT
from core.states import BYTES, FLOAT, Broken
from core.values import Asset, Props, SecretText

STREAM = "aws:kinesis/stream:Stream"
URN = f"urn:pulumi:s::p::{STREAM}::name"
PROVIDER = "urn:pulumi:s::p::pulumi:providers:aws::default"
Entry = dict[str, Any]


def document(*entries: Any, version: object = 3) -> bytes:
    return json.dumps({"version": version, "deployment": {"resources": list(entries)}}).encode()


def entry(**more: Any) -> Entry:
    return {"urn": URN, "type": STREAM, "custom": True, "id": "i", **more}


def read(**more: Any) -> tuple[Resource, Props]:
    [found] = states.read(document(entry(**more)))
    return found


def value(written: Any) -> Value:
    """What is read where this is written, among the outputs and deeper too."""
    resource, _ = read(outputs={"a": written, "b": [{"c": written}]})
    [inner] = resource.props.items("b")
    assert isinstance(inner, dict)
    assert repr(inner["c"]) == repr(resource.props.raw("a"))
    return resource.props.raw("a")


def test_everything_that_a_resource_has() -> None:
    given = entry(
        inputs={"a": 1},
        outputs={"a": 2},
        protect=True,
        ignoreChanges=["a"],
        parent="urn:parent",
        aliases=["urn:old"],
        additionalSecretOutputs=["b"],
        provider=f"{PROVIDER}::id",
        dependencies=["urn:d"],
        propertyDependencies={"a": ["urn:d"], "none": []},
    )
    provider = {"urn": PROVIDER, "type": "pulumi:providers:aws", "custom": True, "id": "id"}
    provider |= {"inputs": {"region": "sa-east-1"}, "outputs": {"region": "x"}}
    (resource, inputs), (of_provider, _) = states.read(document(given, provider))
    assert (resource.urn, resource.type, resource.name) == (URN, STREAM, "name")
    assert (inputs.number("a"), resource.props.number("a")) == (1.0, 2.0)
    assert resource.inputs is inputs
    options = resource.options
    assert options.protect is True
    assert (options.ignore_changes, options.parent) == (("a",), "urn:parent")
    assert (options.aliases, options.additional_secret_outputs) == (("urn:old",), ("b",))
    assert resource.provider is not None
    assert (resource.provider.urn, resource.provider.name) == (PROVIDER, "default")
    assert resource.provider.type == "pulumi:providers:aws"
    assert resource.provider.props.text("region") == "sa-east-1"
    assert (resource.dependencies, dict(resource.property_dependencies)) == (
        ("urn:d",),
        {"a": ("urn:d",)},
    )
    assert of_provider.provider is None


def test_what_is_left_out_is_empty() -> None:
    resource, inputs = read()
    assert (inputs.keys(), resource.props.keys()) == ((), ())
    assert (resource.provider, resource.dependencies) == (None, ())
    assert dict(resource.property_dependencies) == {}
    options = resource.options
    assert options.protect is False
    assert (options.ignore_changes, options.aliases) == ((), ())
    assert (options.parent, options.additional_secret_outputs) == ("", ())


def test_a_provider_that_the_state_lacks_is_none() -> None:
    assert read(provider="urn:pulumi:s::p::pulumi:providers:aws::gone::id")[0].provider is None


def test_resources_of_one_provider_share_it() -> None:
    provider = {"urn": PROVIDER, "type": "pulumi:providers:aws", "custom": True, "id": "id"}
    two = [entry(provider=f"{PROVIDER}::id", urn=f"{URN}{n}") for n in range(2)]
    first, second, _ = states.read(document(*two, provider))
    assert first[0].provider is second[0].provider is not None


def test_what_an_update_has_yet_to_delete_is_not_there() -> None:
    kept, gone = entry(), entry(urn=f"{URN}-old", delete=True)
    assert [r.urn for r, _ in states.read(document(gone, kept))] == [URN]


def test_both_versions_that_the_engine_reads() -> None:
    for version in (3, 4):
        assert len(states.read(document(entry(), version=version))) == 1


def test_bookkeeping_is_no_property() -> None:
    resource, _ = read(outputs={"__meta": "x", "__other": "x", "a": {"__defaults": [], "b": "c"}})
    assert resource.props.keys() == ("a",)
    assert resource.props.raw("a") == {"b": "c"}


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("x", "x"),
        (3, 3.0),
        (True, True),
        (None, None),
        ({"k": ["x", {"l": 1}]}, {"k": ["x", {"l": 1.0}]}),
        ({SIGNATURE: SECRET, "plaintext": '{"k": 1}'}, {"k": 1.0}),
        ({SIGNATURE: REFERENCE, "urn": "u", "id": "i"}, "i"),
        ({SIGNATURE: REFERENCE, "urn": "u"}, "u"),
        ({SIGNATURE: REFERENCE, "urn": "u", "id": {"V": "i"}}, "i"),
        ({SIGNATURE: BYTES, "value": base64.b64encode("é".encode()).decode()}, "é"),
        ({SIGNATURE: FLOAT, "value": struct.pack(">d", 2.5).hex()}, 2.5),
    ],
)
def test_values(written: Any, found: Value) -> None:
    assert value(written) == found


def test_numbers_are_the_engines() -> None:
    assert isinstance(value(3), float)


@pytest.mark.parametrize(
    "written",
    [
        UNKNOWN_TEXT,
        {SIGNATURE: SECRET, "ciphertext": "x"},
        {SIGNATURE: SECRET, "plaintext": json.dumps(UNKNOWN_TEXT)},
        {SIGNATURE: REFERENCE, "urn": "u", "id": UNKNOWN_TEXT},
        {SIGNATURE: BYTES, "value": base64.b64encode(UNKNOWN_TEXT.encode()).decode()},
    ],
)
def test_what_the_state_does_not_tell_is_unknown(written: Any) -> None:
    assert value(written) is UNKNOWN


@pytest.mark.parametrize("signature", [ASSET, ARCHIVE])
def test_a_file_is_a_mark(signature: str) -> None:
    assert isinstance(value({SIGNATURE: signature, "hash": "x"}), Asset)


def test_a_secret_in_clear_stays_a_secret() -> None:
    found = value({SIGNATURE: SECRET, "plaintext": '"hunter2"'})
    assert isinstance(found, SecretText)
    assert found == "hunter2"


BROKEN: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "no JSON": (b"{", "no state that the engine would read"),
    "a list": (b"[]", "no state that the engine would read"),
    "no deployment": (b'{"version": 3}', "no state that the engine would read"),
    "a version to come": (document(version=5), "version 5 of a state, not 3 or 4"),
    "an old version": (document(version=2), "version 2 of a state"),
    "no resource": (document("x"), "no state that the engine would read"),
    "a URN of another kind": (document(entry(urn="urn:x:s::p::t::n")), "invalid URN"),
    "a short URN": (document(entry(urn="urn:pulumi:s::p::n")), "invalid URN"),
    "a URN that is no text": (document(entry(urn=7)), "invalid URN"),
    "no type": (document(entry(type="")), "a resource without a type"),
    "a type that is no text": (document(entry(type=7)), "a resource without a type"),
    "a component with an id": (document(entry(custom=False)), "not custom and has an id"),
    "a component by a text": (document(entry(custom="", id="")), "whose custom is of another kind"),
    "gone by a number": (document(entry(delete=1)), "whose delete is of another kind"),
    "an id that is no text": (document(entry(id=7)), "whose id is of another kind"),
    "dependencies by name": (document(entry(dependencies={})), "whose dependencies is of another"),
    "inputs in a list": (document(entry(inputs=[])), "whose inputs is of another kind"),
    "both texts of a secret": (
        document(entry(outputs={"a": {SIGNATURE: SECRET, "ciphertext": "x", "plaintext": "1"}})),
        "a secret with neither or both",
    ),
    "no text of a secret": (
        document(entry(outputs={"a": {SIGNATURE: SECRET}})), "a secret with neither or both",
    ),
    "an unheard-of signature": (
        document(entry(outputs={"a": {SIGNATURE: "x"}})), "an unheard-of signature",
    ),
    "bytes that are none": (
        document(entry(outputs={"a": {SIGNATURE: BYTES, "value": "eA==!"}})),
        "no state that the engine would read (Error)",
    ),
    "nested without end": (
        lambda: b'{"version": 3, "deployment": ' + b"[" * 100_000, "no state that the engine",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(BROKEN))
def test_what_the_engine_would_not_read_is_broken(what: str) -> None:
    content, says = BROKEN[what]
    with pytest.raises(Broken) as wrong:
        states.read(content if isinstance(content, bytes) else content())
    assert says in str(wrong.value)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("flag", ("custom", "delete", "external", "protect", "pendingReplacement")),
        ("text", ("id", "parent", "provider", "importID", "created", "modified")),
        ("list", ("dependencies", "aliases", "ignoreChanges", "initErrors",
                  "additionalSecretOutputs")),
        ("object", ("inputs", "outputs", "propertyDependencies")),
    ],
)  # fmt: skip
def test_a_field_of_another_kind_is_broken(kind: str, fields: tuple[str, ...]) -> None:
    """As sdk/go/common/apitype/core.go (ResourceV3) has them."""
    for field in fields:
        for other, value in {"flag": True, "text": "", "list": [], "object": {}}.items():
            if other != kind:
                with pytest.raises(Broken, match=f"whose {field} is of another kind"):
                    states.read(document(entry(**{field: value})))


def test_a_field_that_is_null_is_as_if_left_out() -> None:
    nulls = dict.fromkeys((*states.KINDS, "an unheard-of field"))
    [(found, _)] = states.read(document(entry(**nulls)))
    assert not found.is_custom
    assert found.props.keys() == ()


def test_a_component_without_an_id_is_fine() -> None:
    [(found, _)] = states.read(document(entry(custom=False, id="")))
    assert not found.is_custom


def test_the_engines_own_signatures() -> None:
    """As pkg/resource/stack/deployment.go and sdk/go/common/resource/sig have them."""
    assert value({SIGNATURE: "803fd3297a5875dc03ca845dda5d2a98", "value": "YQ=="}) == "a"
    half = {SIGNATURE: "8ad145fe-0d11-4827-bfd7-1abcbf086f5c", "value": "3fe0000000000000"}
    assert value(half) == 0.5


def test_a_resource_is_no_provider_of_another() -> None:
    [found, _] = states.read(
        document(entry(provider=f"{URN}-2::id"), entry(urn=f"{URN}-2", provider=""))
    )
    assert found[0].provider is None


def test_a_name_may_hold_what_parts_an_urn() -> None:
    [found] = states.read(document(entry(urn=f"{URN}::more")))
    assert found[0].name == "name::more"


ARN = "arn:aws:kms:sa-east-1:111122223333:key/k"


def test_the_accounts_of_a_state_are_those_of_its_texts() -> None:
    written = document(entry(outputs={"a": [ARN], "b": "<arn:aws:iam::444455556666:root>"}))
    engines = written.replace(b"<", b"\\u003c").replace(b">", b"\\u003E")
    for content in (written, engines):
        assert states.accounts(content) == frozenset({"111122223333", "444455556666"})
    assert states.accounts(document(entry())) == frozenset()


@pytest.mark.parametrize(
    "content",
    [
        document(entry(outputs={"a": ARN})).replace(b"arn:", b"\\u0061rn:"),
        document(entry(outputs={"a": ARN})).replace(b":1111", b":\\u0031111"),
        document(entry(outputs={"a": ARN})).decode().encode("utf-16"),
        document(entry(outputs={"a": ARN})).decode().encode("utf-32"),
        document(
            entry(
                outputs={"a": {SIGNATURE: BYTES, "value": base64.b64encode(ARN.encode()).decode()}}
            )
        ),
        document(
            entry(
                outputs={
                    "a": {SIGNATURE: SECRET, "plaintext": json.dumps(ARN).replace("a", "\\u0061")}
                }
            )
        ),
    ],
    ids=["a letter", "a digit", "UTF-16", "UTF-32", "bytes", "a letter of a secret"],
)
def test_nobody_says_which_accounts_where_they_may_be_written_otherwise(content: bytes) -> None:
    [(resource, _)] = states.read(content)
    assert resource.props.raw("a") == ARN
    assert states.accounts(content) is None
