"""Two commands of one fault as one result."""

from __future__ import annotations

from compliance_tests.engine.checkout import Ran


def both(first: Ran, second: Ran) -> Ran:
    """The code of the last, the lines of both."""
    return Ran(second.code, f"{first.text}\n{second.text}")
