"""`python -m compliance_tests.attack.both --views FOLDER [--every N]`: the attack's mutants through
the pack's own servicer and through the stock one, which must give the same answers.

The stock one needs half a second for each mutant, so all of them take half an hour.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from controls import CONTROLS
from core.replay import Answer, Replay

from .mutants import Mutant
from .record import read
from .run import mutants
from .views import View


def differences(views: Sequence[View], every: int = 1) -> Iterator[str]:
    """A line for each mutant on which the two do not say the same; each view itself comes first."""
    for view in views:
        found = (m for n, m in enumerate(mutants(view)) if n % every == 0)
        for mutant in (Mutant(view.name, view, tuple(view.inputs)), *found):
            ours, stock = (_answers(mutant, view, use_stock) for use_stock in (False, True))
            if ours != stock:
                yield f"{mutant.name}: {_first(ours, stock)}"


def _answers(mutant: Mutant, view: View, use_stock: bool) -> list[tuple[object, ...]]:
    """What a whole preview says: of the touched resources alone, as nothing else changed."""
    pack = Replay(CONTROLS, view.settings, use_stock)
    changed = mutant.view
    touched = [changed.inputs[urn] for urn in changed.inputs if urn in set(mutant.touched)]
    return [_plain(pack.analyze(r)) for r in touched] + [_plain(pack.analyze_stack(changed.stack))]


def _plain(answer: Answer) -> tuple[object, ...]:
    said = sorted(
        (d.policyName, d.urn, d.message, d.enforcementLevel, d.severity, d.description)
        for d in answer.diagnostics
    )
    return said, sorted(answer.passed), sorted(answer.not_applicable.items())


def _first(ours: list[tuple[object, ...]], stock: list[tuple[object, ...]]) -> str:
    for mine, theirs in zip(ours, stock, strict=True):
        for one, other in zip(mine, theirs, strict=True):
            if one != other:
                return f"ours {str(one)[:300]}, stock {str(other)[:300]}"
    return ""


def main() -> int:
    """Compare; 1 when one differs."""
    parser = argparse.ArgumentParser(prog="python -m compliance_tests.attack.both")
    parser.add_argument("--views", type=Path, required=True, help="a folder of recordings")
    parser.add_argument("--every", type=int, default=1, help="only each Nth mutant")
    args = parser.parse_args()
    wrong = 0
    for line in differences(read(args.views), args.every):
        wrong += 1
        sys.stdout.write(line + "\n")
    sys.stdout.write(f"{wrong} mutants on which the two servicers differ\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
