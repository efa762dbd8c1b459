"""Strategies: values, resources and stacks of every shape the engine could send."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from controls import CONTROLS
from core import UNKNOWN, Control, Item, Scenario, Value
from core.values import Asset, SecretNumber, SecretText
from hypothesis import strategies as st

#: Texts that mean something to some control, and some that mean nothing anywhere.
TEXTS = (
    "", " ", "true", "false", "30", "7", "-1", "NaN", "1e400", "tcp", "all", "ingress", "egress",
    "0.0.0.0/0", "10.0.0.0/16", "10.0.0.1/16", "::/0", "10.0.0.0", "sg-1", "pl-1", "igw-1", "local",
    "arn:aws:kms:sa-east-1:123456789012:key/k", "alias/aws/rds", "aurora-postgresql", "redis",
    "db-test", '{"Statement": [{"Effect": "Allow", "Principal": "*"}]}', "{", "[]", "null",
    "sa-east-1", "us-east-1", "required", "preferred", "é\n\x00", "x" * 300,
)  # fmt: skip
TYPES = tuple(sorted({t for control in CONTROLS for t in control.subjects if t != "*"}))
#: Every property that a scenario of some control writes, at any depth.
KEYS = tuple(
    sorted(
        {
            key
            for control in CONTROLS
            for scenario in control.scenarios
            for item in scenario.items
            for key in (*item.props, *item.computed, *control.properties)
        }
    )
)

leaves: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(),
    st.sampled_from(TEXTS),
    st.text(max_size=8),
    st.just(UNKNOWN),
    st.builds(Asset),
    st.builds(SecretText, st.sampled_from(TEXTS)),
    st.builds(SecretNumber, st.floats()),
)
values: st.SearchStrategy[Value] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    ),
    max_leaves=8,
)
props = st.dictionaries(st.sampled_from(KEYS), values, max_size=6)
names = st.sampled_from(("a", "b", "c", "d"))
items = st.builds(
    Item,
    type=st.sampled_from((*TYPES, "aws:s3/bucketV2:BucketV2", "pulumi:providers:aws")),
    name=names,
    props=props,
    needs=st.dictionaries(
        st.sampled_from(KEYS), st.lists(names, max_size=2).map(tuple), max_size=4
    ),
    computed=st.lists(st.sampled_from(KEYS), max_size=3).map(tuple),
    custom=st.booleans(),
)


def _deep(depth: int) -> Value:
    value: Value = UNKNOWN
    for level in range(depth):
        value = {"ingress": value} if level % 2 else [value]
    return value


#: What no property can be, or can be only in another place: each is put everywhere once.
WRONG: tuple[Value, ...] = (
    None, UNKNOWN, True, False, 7.0, -1.0, 0.5, float("nan"), float("inf"), 1e308, "", "7", "x",
    " ", "true", "é\n\x00", [], {}, [None], [UNKNOWN], ["x", UNKNOWN], [7.0], [[]], [{}], {"": ""},
    {"x": UNKNOWN}, {"x": {"y": [UNKNOWN]}}, SecretText("hunter2-secret"), SecretNumber(7.0),
    [SecretText("x")], Asset(), "y" * 100_000, ["10.0.0.0/16"] * 100,
    {f"k{i}": "v" for i in range(200)}, _deep(60), "{" * 5_000, "[" * 5_000, '{"Statement": 5}',
)  # fmt: skip


def paths(value: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where something is written: every property and every element, at any depth."""
    inner: Iterator[tuple[Any, Any]] = iter(())
    if isinstance(value, dict):
        inner = iter(value.items())
    elif isinstance(value, list):
        inner = iter(enumerate(value[:2]))
    for key, item in inner:
        yield (*before, key)
        yield from paths(item, (*before, key))


def put(value: Any, path: Sequence[str | int], new: Value) -> Any:
    """A copy with another value in the one place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(copy[path[0]], path[1:], new)  # type: ignore[index]
    return copy


def _is_json(value: object) -> bool:
    return isinstance(value, str) and value.startswith("{")


#: For each property that holds JSON in a scenario: the controls that read it, an example of each.
_READ: dict[str, dict[str, tuple[Control, Scenario, int, str]]] = {}
for _control in CONTROLS:
    for _scenario in _control.scenarios:
        for _place, _item in enumerate(_scenario.items):
            for _key in (k for k, v in _item.props.items() if _is_json(v)):
                _found = (_control, _scenario, _place, _key)
                _READ.setdefault(f"{_item.type} {_key}", {}).setdefault(_control.id, _found)
HOLD_JSON = tuple(tuple(of.values()) for of in _READ.values())

_WORDS = (
    "Statement", "Version", "Effect", "Principal", "NotPrincipal", "Action", "NotAction",
    "Resource", "NotResource", "Condition", "Sid", "AWS", "Service", "Federated", "StringEquals",
    "aws:PrincipalAccount", "kms:ViaService", "tags", "keys", "password", "host",
)  # fmt: skip
_plain = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6),
    st.sampled_from(("Allow", "Deny", "*", "kms:*", "123456789012", "2012-10-17")),
)  # fmt: skip
_json = st.recursive(
    _plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(_WORDS), inner, max_size=4)
    ),
    max_leaves=10,
)
#: JSON of every shape, nearly a policy or far from one, and texts that only begin like JSON.
documents = st.one_of(
    st.builds(json.dumps, _json),
    st.builds(lambda s: json.dumps({"Statement": s}), _json),
    st.builds(lambda s: json.dumps({"Statement": [{"Effect": "Allow", **s}]}),
              st.dictionaries(st.sampled_from(_WORDS), _json, max_size=5)),
    st.builds(lambda s: json.dumps(s)[:-1], _json),
    st.text(max_size=12),
)  # fmt: skip
TOLD_PROVIDER = (
    "region", "defaultTags", "ignoreTags", "allowedAccountIds", "assumeRole", "assumeRoles",
    "assumeRoleWithWebIdentity", "endpoints", "x",
)  # fmt: skip
PARAMS = tuple(sorted({name for control in CONTROLS for name in control.config_schema}))
