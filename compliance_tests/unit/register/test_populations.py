"""The gate's populations are those of the reviewed list of kinds, whatever the pack says."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from compliance_tests.unit.pack_data.generate_types import inputs

ROOT = Path(__file__).parents[3]
LIST = ROOT / "compliance_tests" / "register" / "populations.toml"
TABLE = ROOT / "gate" / "populations.json"


def reviewed() -> dict[str, Any]:
    return tomllib.loads(LIST.read_text("utf-8"))


def of_control(document: dict[str, Any]) -> dict[str, set[str]]:
    """The types that each control has to look at."""
    kinds = document["kinds"]
    return {
        control: {type_ for name in names for type_ in kinds[name]}
        for control, names in document["controls"].items()
    }


def differences(document: dict[str, Any], table: dict[str, Any]) -> list[str]:
    """A line for each control whose population in the gate is not the reviewed one."""
    wanted = of_control(document)
    found = {c: set(e["types"]) for c, e in table.items() if not c.startswith("_")}
    return [
        f"{control}: gate/populations.json lacks {sorted(wanted.get(control, set()) - there)}, "
        f"and has beside {sorted(there - wanted.get(control, set()))}"
        for control in sorted({*wanted, *found})
        if (there := found.get(control, set())) != wanted.get(control, set())
    ]


def test_the_gate_counts_whom_the_list_names() -> None:
    assert not differences(reviewed(), json.loads(TABLE.read_text("utf-8")))


def test_a_population_that_shrinks_is_noticed_for_every_control() -> None:
    """Also when pack, catalogue and gate shrink together: the list does not."""
    table = json.loads(TABLE.read_text("utf-8"))
    noticed = 0
    for control, entry in table.items():
        for gone in entry["types"] if not control.startswith("_") else ():
            smaller = {**entry, "types": [t for t in entry["types"] if t != gone]}
            (line,) = differences(reviewed(), {**table, control: smaller})
            assert line.startswith(f"{control}: ")
            assert gone in line
            noticed += 1
    assert noticed > 150


def test_a_kind_is_of_types_that_there_are_each_in_one_kind() -> None:
    kinds = reviewed()["kinds"]
    every = Counter(type_ for types in kinds.values() for type_ in types)
    assert [t for t, times in every.items() if times > 1] == []
    assert sorted(set(every) - {"*"} - set(inputs())) == []
    used = {name for names in reviewed()["controls"].values() for name in names}
    assert used == set(kinds)
