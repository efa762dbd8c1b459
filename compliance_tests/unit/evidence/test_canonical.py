"""The byte forms: evidence on disk is what json would write, and reading gives the same again."""

from __future__ import annotations

import json
from collections import OrderedDict
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence import canonical

ATOMS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    ATOMS | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


class Colour(StrEnum):
    """A key and a value that is a text of its own kind."""

    RED = "red"


@given(VALUES)
def test_what_is_stored_is_what_json_writes(value: Any) -> None:
    assert (
        canonical.stored(value)
        == json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    )


@given(VALUES)
def test_plain_values_stay_as_they_are(value: Any) -> None:
    assert canonical.plain(value) == value


def test_other_containers_become_what_json_has() -> None:
    given = {Colour.RED: (1, {2}), "b": OrderedDict(a=frozenset("x")), 3: Colour.RED}
    assert canonical.plain(given) == {"red": [1, [2]], "b": {"a": ["x"]}, "3": "red"}
    assert json.loads(canonical.stored(given)) == canonical.plain(given)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("-inf")]])
def test_a_number_that_json_has_not_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical.stored(value)
    with pytest.raises(ValueError, match="JSON"):
        canonical.dumps(value)
