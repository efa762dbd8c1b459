"""Is the checker awake? ``python -m core.awake`` inside the pack shows each control a stack that
it must refuse, one of its own examples, and one that it must accept.

The examples go through the servicer, as the engine's requests do. Prints one JSON object: the
digest of the pack's files and, by control, what became of both. Exit code 1 when one slept.
"""

# ruff: noqa: T201 (a command)

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from .control import Control, Scenario, Verdict
from .evaluate import worst
from .replay import ask
from .scenarios import load
from .trace import pack_digest


def shown(control: Control) -> dict[str, Any]:
    """What the control did with its first violating and its first compliant example."""
    planted = _first(control, Verdict.FAILED)
    compliant = _first(control, Verdict.PASSED)
    refused, said = _ask(control, planted)
    accepted, _ = _ask(control, compliant)
    spoke = planted is not None and any(planted.says in message for message in said)
    return {
        "planted": planted.name if planted else "",
        "refused": refused is Verdict.FAILED and spoke,
        "compliant": compliant.name if compliant else "",
        "accepted": accepted is Verdict.PASSED,
    }


def _first(control: Control, verdict: Verdict) -> Scenario | None:
    return next((s for s in control.scenarios if s.verdict is verdict), None)


def _ask(control: Control, scenario: Scenario | None) -> tuple[Verdict, list[str]]:
    if scenario is None:
        return Verdict.ERROR, []
    answers = ask(control, scenario)
    verdict = worst(answer.verdict(control) for answer in answers)
    return verdict, [d.message for answer in answers for d in answer.diagnostics]


def account(controls: Iterable[Control]) -> dict[str, Any]:
    """The whole account, as the gate reads it."""
    return {"digest": pack_digest(), "controls": {c.id: shown(c) for c in controls}}


def main() -> int:
    """Print the account; 1 when a control slept through its violation or refused the rest."""
    found = account(load())
    print(json.dumps(found))
    told = found["controls"].values()
    return 0 if told and all(c["refused"] and c["accepted"] for c in told) else 1


if __name__ == "__main__":
    sys.exit(main())
