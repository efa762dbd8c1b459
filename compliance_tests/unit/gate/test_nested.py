"""A plan's value against a state's, member by member, with the path of what differs."""

from __future__ import annotations

import pytest
from core.values import UNKNOWN, Value, fingerprint

from gate import nested

RULE = "[{cidrBlocks: [10.0.0.0/16], description: PostgreSQL, from inside, fromPort: 5432}]"
FILLED = RULE.replace("}]", ", ipv6CidrBlocks: [], self: false}]")


def found(planned: str, deployed: str) -> list[nested.Found]:
    return list(nested.differences("p", planned, deployed))


@pytest.mark.parametrize(
    ("planned", "deployed"),
    [
        ("{a: 1, b: 2}", "{b: 2, a: 1}"),
        ("{a: 1}", "[{a: 1}]"),  # a list of one is the object
        ("[a, b]", "[b, a]"),
        (RULE, FILLED),  # what the provider fills in is empty
        ("{a: unknown, b: 2}", "{a: 7, b: 2}"),
        ("[x, unknown]", "[new, x]"),
        ("{a: (secret)}", "{a: other}"),
        ("unknown", "{a: 1}"),
        ("[]", "[]"),
    ],
)
def test_no_difference(planned: str, deployed: str) -> None:
    assert found(planned, deployed) == []


@pytest.mark.parametrize(
    ("planned", "deployed", "path", "old", "new"),
    [
        ("30", "7", "p", "30", "7"),
        ("{max: 2, min: 0.5}", "{max: 16, min: 0.5}", "p.max", "2", "16"),
        ("{a: {b: {c: 1}}}", "{a: {b: {c: 2}}}", "p.a.b.c", "1", "2"),
        ("{a: unknown, b: 2}", "{a: 7, b: 3}", "p.b", "2", "3"),  # one unknown hides no other
        (RULE, FILLED.replace("5432", "0"), "p[0].fromPort", "5432", "0"),
        (RULE, FILLED.replace("[]", "[::/0]"), "p[0].ipv6CidrBlocks", "absent", "[::/0]"),
        (RULE, FILLED.replace("10.0.0.0/16", "0.0.0.0/0"), "p[0].cidrBlocks[0]",
         "10.0.0.0/16", "0.0.0.0/0"),
        ("[a]", "[a, b]", "p[1]", "absent", "b"),
        ("[a, b]", "[a]", "p[1]", "b", "absent"),
        ("{a: 1, b: 2}", "{a: 1}", "p.b", "2", "absent"),
        ("[unknown]", "[a, b]", "p[1]", "absent", "b"),
        ('{"Version": "2012"… sha256:12', '{"Version": "2012"… sha256:34', "p",
         '{"Version": "2012"… sha256:12', '{"Version": "2012"… sha256:34'),
    ],
)  # fmt: skip
def test_the_path_and_both_values(
    planned: str, deployed: str, path: str, old: str, new: str
) -> None:
    assert found(planned, deployed) == [(path, old, new)]


@pytest.mark.parametrize("text", ["{a: 1", "{a: 1, a: 2}", "[a", "{a: }}", "[a]]", "{a: 1}}"])
def test_what_is_no_value_of_the_packs_is_one_text(text: str) -> None:
    assert nested.read(text) == text
    assert found(text, text) == []
    assert found(text, text + "x")


def test_the_packs_own_words_are_read_back() -> None:
    rules: Value = [
        {"cidrBlocks": ["10.0.0.0/16"] * 20, "fromPort": 5432.0, "id": UNKNOWN, "none": []}
    ]
    read = nested.read(fingerprint(rules))
    assert read == [
        {"cidrBlocks": ["10.0.0.0/16"] * 20, "fromPort": "5432", "id": "unknown", "none": []}
    ]


def test_the_live_value_at_a_path() -> None:
    live = {"max": 2, "in": {"a": 1}}
    assert nested.at(live, "") == live
    assert nested.at([live], ".in.a") == 1
    assert nested.at(live, ".gone.a") is None
    assert nested.at([1, 2], "[0]") == [1, 2]
