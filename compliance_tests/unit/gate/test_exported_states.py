"""An exported state as the gate reads it: what is none is one clear line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gate import states
from gate.errors import GateError


@pytest.mark.parametrize("wrong", [{"type": 7}, {"urn": 7}, {"urn": None}, {"type": []}])
def test_a_resource_of_no_type_or_name_is_no_state(wrong: dict[str, Any]) -> None:
    urn = "urn:pulumi:s::p::aws:x/a:A::a"
    good = {"urn": urn, "type": "aws:x/a:A", "custom": True}
    document = {"deployment": {"resources": [good, {**good, **wrong}]}}
    with pytest.raises(GateError, match="is no exported state"):
        states.parse(json.dumps(document).encode(), "s.json")
