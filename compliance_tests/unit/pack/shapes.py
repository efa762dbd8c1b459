"""Strategies: values, resources and stacks of every shape the engine could send."""

from __future__ import annotations

from controls import CONTROLS
from core import UNKNOWN, Item, Value
from core.values import Asset, SecretText
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
