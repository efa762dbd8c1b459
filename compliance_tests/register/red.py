"""Which mutant turns each proof red: red.toml, and what must be true of it."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .model import Register, RegisterError
from .validate import SHORTEST_REASON, is_test

FILE = Path(__file__).with_name("red.toml")


@dataclass(frozen=True)
class Red:
    """Proofs by the change that turns them red, by the test that makes their mutants, and those
    that no change can reach, with the reason.
    """

    changes: Mapping[str, str]
    elsewhere: Mapping[str, str]
    untouched: Mapping[str, str]


def read(file: Path = FILE) -> Red:
    """The table. Raises RegisterError, one line, when it is wrong."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
        found = Red(tables.pop("changes"), tables.pop("elsewhere"), tables.pop("untouched"))
    except (OSError, tomllib.TOMLDecodeError, KeyError) as e:
        text = f"{file.name} must hold [changes], [elsewhere] and [untouched]: {e}"
        raise RegisterError(text) from None
    if tables:
        raise RegisterError(f"{file.name}: unknown table {sorted(tables)[0]!r}; remove it")
    return found


def problems(red: Red, register: Register, changes: Collection[str]) -> Iterator[str]:
    """One line for each mistake; `changes` are the names of those that can be made by hand."""
    tables = (red.changes, red.elsewhere, red.untouched)
    automated = [r for r in register.requirements.values() if r.status == "automated"]
    proofs = {test for r in automated for test in r.tests}
    for test in sorted(proofs):
        times = sum(test in table for table in tables)
        if times != 1:
            how = "names no mutant that turns it red" if not times else "stands there twice"
            yield f"red.toml: {test} {how}: name it in one of the tables"
    for test in sorted({t for table in tables for t in table} - proofs):
        yield f"red.toml: {test} proves no automated requirement: remove it"
    for entry in automated:
        if entry.tests and all(test in red.untouched for test in entry.tests):
            yield f"red.toml: no proof of {entry.id} turns red on any mutant: give it one that does"
    for test, change in red.changes.items():
        if change not in changes:
            yield f"red.toml: {test}: there is no change {change!r} in compliance_tests/drift"
    for test, other in red.elsewhere.items():
        if not is_test(other):
            yield f"red.toml: {test}: {other} is no test"
    for test, reason in red.untouched.items():
        if len(reason) < SHORTEST_REASON:
            yield f"red.toml: {test}: say why nothing turns it red"


def green(red: Red, seen: Mapping[str, Collection[str]]) -> Iterator[str]:
    """The proofs that stayed green on the change that must turn them red. `seen` has the tests
    that failed on each change that was made.
    """
    for test, change in red.changes.items():
        if change in seen and test not in seen[change]:
            yield f"{test} is green on the change {change!r}"
