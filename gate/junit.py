"""What pytest says became of each test (its JUnit file): which ran, and which did not."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Case:
    """One test. `outcome` is passed, failed, skipped or error."""

    name: str  # folder/file.py::test[parameters], from the root
    outcome: str
    message: str = ""

    def is_named(self, name: str) -> bool:
        """True for this test under its full name, with or without parameters."""
        return name in (self.name, self.name.partition("[")[0])


def read(path: Path) -> tuple[Case, ...]:
    """The tests of a JUnit file; none when there is no whole file."""
    try:
        # Written by the pytest that we started ourselves, a moment ago.
        root = ET.parse(path).getroot()  # noqa: S314
    except (OSError, ET.ParseError):
        return ()
    return tuple(_case(c) for c in root.iter("testcase"))


def _case(case: ET.Element) -> Case:
    name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '')}"
    for tag, outcome in (("error", "error"), ("failure", "failed"), ("skipped", "skipped")):
        found = case.find(tag)
        if found is not None:
            return Case(name, outcome, _message(found))
    return Case(name, "passed")


def _message(element: ET.Element) -> str:
    lines = [element.get("message", ""), *(element.text or "").splitlines()]
    return next((line.strip() for line in lines if line.strip()), "no message")
