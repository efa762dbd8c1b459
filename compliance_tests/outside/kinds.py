"""The runs that every judge is shown: passing, failing, waived, undecided, and a hostile one."""

from __future__ import annotations

from evidence.formats.registry import View
from evidence.model import Verdict

from ..samples import replay, world
from ..unit.evidence.nasties import NASTY, everywhere, view

CONTROL = "key-rotation"
CHANGES = {
    "passing": replay.same,
    "failing": replay.verdict(CONTROL, Verdict.FAILED, "enableKeyRotation is false"),
    "waived": replay.waived(CONTROL, "2026-12-31"),
    "undecided": replay.verdict(CONTROL, Verdict.NOT_EVALUATED, "it is unknown"),
}
KINDS = [*CHANGES, "hostile"]


def shown(kind: str, controls: int = 0) -> View:
    """All three stages of such a run, with so many controls of the catalogue; 0 means all."""
    if kind == "hostile":
        return view(everywhere(" ".join(t for name, t in NASTY.items() if name != "long")))
    return View(tuple(CHANGES[kind](e) for e in world.triple(2, controls)))
