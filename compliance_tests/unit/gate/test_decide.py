"""The pieces that a control's verdict is made of, each by itself."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from evidence.model import Verdict
from evidence.urns import short_name
from gate.decide import _Control, first_line
from gate.events import EventLog, Violation
from gate.facts import Facts
from gate.population import Rule

PASSED, FAILED, ERROR = Verdict.PASSED, Verdict.FAILED, Verdict.ERROR
OPEN, NONE = Verdict.NOT_EVALUATED, Verdict.NOT_APPLICABLE


def whole(result: str, *levels: str, errors: tuple[str, ...] = (), faults: Any = ()) -> bool:
    violations = tuple(Violation("c", "urn", "m", level) for level in levels)
    log = EventLog(result=result, violations=violations, errors=errors, faults=faults)
    found: bool = Facts.whole.func(SimpleNamespace(log=log))  # type: ignore[attr-defined]
    return found


def test_when_the_engine_saw_the_whole_program() -> None:
    assert whole("succeeded")
    assert whole("failed", "advisory", "mandatory", errors=("preview failed",))
    assert not whole("failed")
    assert not whole("failed", "advisory")
    assert not whole("", "mandatory")
    assert not whole("succeeded", errors=("the program broke",))
    assert not whole("succeeded", faults=("cut",))
    assert not whole("failed", "mandatory", errors=("update failed", "a provider broke"))


@pytest.mark.parametrize(
    ("engine", "own", "verdict", "missing"),
    [
        (PASSED, PASSED, PASSED, False),
        (PASSED, FAILED, OPEN, True),
        (PASSED, NONE, OPEN, True),
        (PASSED, None, OPEN, True),
        (FAILED, None, FAILED, False),
        (FAILED, PASSED, FAILED, False),
        (FAILED, ERROR, ERROR, False),
        (None, None, OPEN, True),
        (None, PASSED, OPEN, True),
        (None, NONE, NONE, False),
    ],
)
def test_engine_and_pack_must_both_say_passed(
    engine: Verdict | None, own: Verdict | None, verdict: Verdict, missing: bool
) -> None:
    def join(exempts: tuple[str, ...]) -> tuple[Verdict, list[str], list[str]]:
        one: Any = object.__new__(_Control)
        one.reasons, one.missing, one.rule = [], [], Rule("resource", ("t",), exempts)
        said = own and SimpleNamespace(verdict=own, reason="why", messages=("said",))
        found = one._join(SimpleNamespace(urn="urn::x", type="t"), engine, said, [])
        return found, one.missing, one.reasons

    found, gone, reasons = join(("t",))
    assert (found, gone) == (verdict, ["urn::x"] if missing else [])
    assert len(reasons) == (verdict not in (PASSED, NONE))
    if verdict is NONE:  # a type that the gate's own table does not let out
        assert join(())[:2] == (OPEN, ["urn::x"])


def test_names_and_lines_for_people() -> None:
    assert short_name("urn:pulumi:s::p::a$b::the name") == "the name"
    assert first_line(" two\n lines ") == "two lines"
    assert first_line("x" * 500) == "x" * 500
    assert first_line("x" * 501) == "x" * 497 + "..."
