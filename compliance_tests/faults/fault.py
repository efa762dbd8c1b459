"""A fault: how it is made, and what the gate must say and how it must end."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from compliance_tests.engine.checkout import Ran

from .place import Holds, Place

Act = Callable[[Place], Ran]
#: A traceback of the gate's or of the sandbox's commands, not one of the program or the pack that
#: the engine shows.
TRACEBACK = re.compile(r"^Traceback \(most recent call last\)", re.MULTILINE)
FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LONGEST = 600  # characters of the one line
SHUT = (2, 3)


@dataclass(frozen=True)
class Fault:
    """One row of the table.

    `says` is a regular expression that the gate's one line must match; `codes` the exit codes that
    are right. A fault that is `finished` ends well (0): its act asserts what was finished. `keeps`:
    state and cloud must be the same afterwards. `quick` ones run in `make test`.
    """

    name: str
    group: str
    codes: tuple[int, ...]
    says: str
    act: Act
    keeps: bool = True
    quick: bool = False


@dataclass(frozen=True)
class Seen:
    """What became of it; `wrong` is empty when the gate did well."""

    fault: Fault
    code: int
    line: str
    wrong: tuple[str, ...]
    seconds: float
    text: str


class Table:
    """The faults of one module, by its decorator."""

    def __init__(self, group: str):
        self.group = group
        self.faults: list[Fault] = []

    def __call__(
        self,
        name: str,
        code: int | tuple[int, ...],
        says: str,
        *,
        keeps: bool = True,
        quick: bool = False,
    ) -> Callable[[Act], Act]:
        """Add a fault."""

        def add(act: Act) -> Act:
            codes = (code,) if isinstance(code, int) else code
            self.faults.append(Fault(name, self.group, codes, says, act, keeps, quick))
            return act

        return add


def judge(fault: Fault, ran: Ran, before: Holds, after: Holds, stale: bool, seconds: float) -> Seen:
    """Compare what happened with what had to."""
    wrong = []
    if ran.code not in fault.codes:
        wrong.append(f"it ended with {ran.code}")
    said = lines(ran.text)
    line = next((one for one in said if re.search(fault.says, one)), "")
    if not line:
        wrong.append(f"no line says {fault.says!r}")
    elif len(line) > LONGEST or FORBIDDEN.search(line):
        wrong.append("its line is too long or not plain text")
    if TRACEBACK.search(ran.text):
        wrong.append("it shows a traceback")
    if fault.keeps and (before.state != after.state or before.cloud != after.cloud):
        wrong.append("what is deployed is another")
    if stale:
        wrong.append("it left a verdict that `up` would take")
    return Seen(fault, ran.code, line or (said or [""])[-1], tuple(wrong), seconds, ran.text)


def lines(text: str) -> list[str]:
    """The gate's own lines: what keeps the gate shut, errors, and what it tells on the way."""
    found = []
    for raw in text.splitlines():
        if raw.startswith(("error: ", "verdict: ", "sandbox: ", "not handed")):
            found.append(raw.removeprefix("error: "))
        elif raw.startswith("  - "):
            found.append(raw[4:])
    return found
