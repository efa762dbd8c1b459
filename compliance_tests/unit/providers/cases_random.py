"""The lifecycle table of the random provider, whose resources live in the state alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance_tests.unit.providers.case import Case
from compliance_tests.unit.providers.world import World


def view_text(world: World, id_: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    value = state["result"] or ""
    assert value, "no text was made"
    specials = {letter for letter in value if not letter.isalnum()}
    assert specials <= set("!#"), specials
    return {"length": len(value)}


def view_id(world: World, id_: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
    assert int(state["hex"], 16) == int(state["dec"])
    return {"byteLength": len(bytes.fromhex(state["hex"]))}


TEXT = {"length": 32, "overrideSpecial": "!#", "minSpecial": 1}
CASES: tuple[Case, ...] = (
    Case(
        "random:index/randomPassword:RandomPassword",
        lambda w: TEXT,
        view_text,
        replace=lambda w: {"length": 40},
        import_id=lambda id_, state: str(state["result"]),
        imports_as=lambda id_, state: "none",
        not_imported={"overrideSpecial", "minSpecial"},
        removable=False,
        operations=("create", "read"),
    ),
    Case(
        "random:index/randomString:RandomString",
        lambda w: TEXT,
        view_text,
        replace=lambda w: {"length": 40},
        not_imported={"overrideSpecial", "minSpecial"},
        removable=False,
        operations=("create", "read"),
    ),
    Case(
        "random:index/randomId:RandomId",
        lambda w: {"byteLength": 8},
        view_id,
        replace=lambda w: {"byteLength": 4},
        removable=False,
        operations=("create", "read"),
    ),
)
