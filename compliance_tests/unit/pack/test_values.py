"""Typed reads of properties: what is known, unknown, absent or of the wrong kind."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from core import UNKNOWN, Malformed, Props, Undecided, Value, contains_unknown, show
from core.values import Asset, SecretNumber, SecretText, fingerprint, printable, texts


def read(name: str, value: Value, **options: Any) -> Any:
    return getattr(Props({"a": value}), name)("a", **options)


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("text", "x", "x"),
        ("text", "", ""),
        ("text", None, None),
        ("number", 30.0, 30.0),
        ("number", 30, 30.0),
        ("number", "30", 30.0),
        ("number", " 7 ", 7.0),
        ("number", 0.0, 0.0),
        ("number", "-1", -1.0),
        ("number", None, None),
        ("flag", True, True),
        ("flag", False, False),
        ("flag", "true", True),
        ("flag", "FALSE", False),
        ("flag", None, False),
        ("items", [1.0, UNKNOWN], [1.0, UNKNOWN]),
        ("items", (), []),
        ("items", None, []),
        ("texts", ["a", "b"], ["a", "b"]),
        ("texts", None, []),
    ],
)
def test_reads(name: str, value: Value, found: object) -> None:
    assert read(name, value) == found


@pytest.mark.parametrize(
    ("name", "absent", "found"),
    [("text", "d", "d"), ("number", 5.0, 5.0), ("flag", True, True), ("flag", False, False)],
)
def test_absent_and_null_are_the_same(name: str, absent: object, found: object) -> None:
    assert read(name, None, absent=absent) == found
    assert getattr(Props({}), name)("a", absent=absent) == found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", UNKNOWN),
        ("number", UNKNOWN),
        ("flag", UNKNOWN),
        ("items", UNKNOWN),
        ("texts", UNKNOWN),
        ("texts", ["a", UNKNOWN]),
        ("block", UNKNOWN),
        ("block", [UNKNOWN]),
    ],
)
def test_an_unknown_value_is_undecided(name: str, value: Value) -> None:
    with pytest.raises(Undecided, match="`a"):
        read(name, value)


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("text", 5.0, "a text"),
        ("text", True, "a text"),
        ("text", [], "a text"),
        ("number", True, "a number"),
        ("number", "x", "a number"),
        ("number", "nan", "a number"),
        ("number", float("inf"), "a number"),
        ("number", [], "a number"),
        ("number", "", "a number"),
        ("flag", 1.0, "true or false"),
        ("flag", "yes", "true or false"),
        ("flag", [], "true or"),
        ("items", "x", "a list"),
        ("items", {}, "a list"),
        ("items", 5.0, "a list"),
        ("texts", ["a", 5.0], "a text"),
        ("texts", "a", "a list"),
        ("block", "x", "an object"),
        ("block", [{}, {}], "an object"),
        ("block", ["x"], "an object"),
        ("block", 5.0, "an object"),
        ("text", Asset(), "a text"),
    ],
)
def test_a_wrong_kind_is_malformed(name: str, value: Value, wanted: str) -> None:
    with pytest.raises(Malformed, match=wanted):
        read(name, value)


def test_blocks() -> None:
    props = Props({"one": {"k": "v"}, "listed": [{"k": "v"}], "none": [], "two": [{}, {"k": "w"}]})
    for key in ("one", "listed"):
        block = props.block(key)
        assert block is not None
        assert block.text("k") == "v"
        assert [b.text("k") for b in props.blocks(key)] == ["v"]
    assert props.block("none") is None
    assert props.block("absent") is None
    assert list(props.blocks("absent")) == []
    paths = [b.path("k") for b in props.blocks("two")]
    assert paths == ["two[0].k", "two[1].k"]
    assert props.block("one").path("k") == "one.k"  # type: ignore[union-attr]
    with pytest.raises(Undecided, match=r"`a\[1\]`"):
        list(Props({"a": [{}, UNKNOWN]}).blocks("a"))
    with pytest.raises(Malformed, match=r"`a\[0\]` must be an object"):
        list(Props({"a": ["x"]}).blocks("a"))


def test_what_is_known() -> None:
    props = Props(
        {"null": None, "unknown": UNKNOWN, "deep": [{"a": UNKNOWN}], "plain": [{"a": "x"}]}
    )
    assert [props.declared(k) for k in ("null", "unknown", "deep", "absent")] == [
        False,
        True,
        True,
        False,
    ]
    assert [props.known(k) for k in ("null", "unknown", "deep", "plain", "absent")] == [
        True,
        False,
        False,
        True,
        True,
    ]
    assert props.raw("unknown") is UNKNOWN
    assert props.raw("absent") is None
    assert list(props.keys()) == ["null", "unknown", "deep", "plain"]
    assert [contains_unknown(v) for v in ("x", 5.0, {"a": UNKNOWN}, [[UNKNOWN]], [], Asset())] == [
        False,
        False,
        True,
        True,
        False,
        False,
    ]
    with pytest.raises(TypeError, match="no truth"):
        bool(UNKNOWN)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "absent"),
        (UNKNOWN, "unknown"),
        (True, "true"),
        (False, "false"),
        (7.0, "7"),
        (7.5, "7.5"),
        (7, "7"),
        ("x", "x"),
        ("", ""),
        (["a", 1.0, UNKNOWN, None], "[a, 1, unknown, null]"),
        ({"k": "v", "password": "p"}, "{k: v, password: (secret)}"),
        (SecretText("p"), "(secret)"),
        (SecretNumber(5.0), "(secret)"),
        ([SecretText("p")], "[(secret)]"),
        (Asset(), "Asset"),
        ("a\nb", "a\\x0ab"),
        ("y" * 120, "y" * 120),
        ("y" * 121, "y" * 119 + "…"),
    ],
)
def test_show(value: Value, shown: str) -> None:
    assert show(value) == shown


@pytest.mark.parametrize(
    "name",
    [
        "authToken", "authTokenWo", "bcryptHash", "masterPassword", "masterPasswordWo", "password",
        "passwordWo", "passwords", "passwordsWo", "plaintext", "result", "secretBinary",
        "secretString", "secretStringWo", "accessKey", "secretKey", "token",
    ],
)  # fmt: skip
def test_what_is_never_shown(name: str) -> None:
    assert Props({name: "hunter2"}).show(name) == "(secret)"
    assert show({name: "hunter2"}) == f"{{{name}: (secret)}}"


@pytest.mark.parametrize("secret", [SecretText("hunter2"), SecretNumber(7.0)])
def test_a_marked_secret_prints_as_one(secret: Value) -> None:
    assert {str(secret), repr(secret), f"{secret:>3}", f"{secret!r}"} == {"(secret)"}
    assert (repr(UNKNOWN), repr(Asset())) == ("<unknown until deployed>", "(asset)")


def test_secrets() -> None:
    assert Props({"masterPassword": "p"}).show("masterPassword") == "(secret)"
    assert Props({"masterUsername": "p"}).show("masterUsername") == "p"
    secret = SecretText("p")
    assert secret == "p"
    assert (type(secret.reveal()), secret.reveal()) == (str, "p")
    assert SecretNumber(5) + 1 == 6
    assert printable("é") == "é"


@pytest.mark.parametrize("whole", [{"a": UNKNOWN, "b": 1.0}, [1.0, [UNKNOWN, "x"]], UNKNOWN])
def test_one_unknown_makes_the_whole_unknown(whole: Value) -> None:
    assert contains_unknown(whole)
    assert not contains_unknown({"a": [1.0, {"b": "x"}, None]})


def test_texts_are_found_in_any_mapping() -> None:
    inner: Mapping[str, Value] = MappingProxyType({"b": "x"})
    kept: Mapping[str, Value] = MappingProxyType({"a": inner, "n": 1.0, "c": ["y", None, True]})
    assert list(texts(kept)) == [("a.b", "b", "x"), ("c[0]", "c", "y")]


def test_a_fingerprint_tells_long_texts_apart() -> None:
    assert fingerprint("x" * 120) == "x" * 120
    long, other = fingerprint("x" * 121), fingerprint("x" * 121 + "y")
    assert long.startswith("x" * 119 + "… sha256:")
    assert len(long) == 119 + len("… sha256:") + 16
    assert long != other
    assert (fingerprint(UNKNOWN), fingerprint(None)) == ("unknown", "absent")
    assert fingerprint(["x" * 200]) == f"[{'x' * 200}]"
    whole = fingerprint(["x" * 3998])
    assert whole == f"[{'x' * 3998}]"
    assert "… sha256:" in fingerprint(["x" * 3999])
