"""Does the gate shut? The controls of the pack on one mutant, in this process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from controls import CONTROLS
from core import Control, Level, Resource, Settings, Stack, Verdict
from core.evaluate import decide, decide_stack, is_subject

from .mutants import Mutant
from .views import View

CLEAN = (Verdict.PASSED, Verdict.NOT_APPLICABLE)
Breach = tuple[str, str]  # control id, urn


@dataclass(frozen=True)
class Judgement:
    """What blocked a mutant: controls at mandatory level, and those at advisory level."""

    mutant: Mutant
    mandatory: tuple[str, ...]
    advisory: tuple[str, ...]

    @property
    def blocked(self) -> bool:
        if self.mutant.owner:
            return self.mutant.owner in self.mandatory
        return bool(self.mandatory)


def level(control: Control, settings: Settings) -> Level:
    return control.levels[settings.profile]


def breaches(
    view: View, settings: Settings, touched: Iterable[str] | None = None
) -> dict[Level, set[Breach]]:
    """Who says anything but "passed". Resource controls look at the touched resources only, since
    nothing else changed for them; stack controls always look at everything.
    """
    found: dict[Level, set[Breach]] = {Level.MANDATORY: set(), Level.ADVISORY: set()}
    inputs: Iterable[Resource] = view.inputs.values()
    if touched is not None:
        inputs = [view.inputs[urn] for urn in touched if urn in view.inputs]
    whole = Stack(view.stack)
    for control in CONTROLS:
        if (at := level(control, settings)) is Level.OFF:
            continue
        if control.check is not None:
            decisions = [decide(control, r, settings) for r in inputs if is_subject(control, r)]
        else:
            decisions = decide_stack(control, whole, settings)
        found[at].update((control.id, d.subject.urn) for d in decisions if d.verdict not in CLEAN)
    return found


def judge(mutant: Mutant, settings: Settings) -> Judgement:
    """The controls that block the mutant; the views themselves must be clean (see `__main__`)."""
    found = breaches(mutant.view, settings, mutant.touched)
    return Judgement(
        mutant,
        tuple(sorted({control for control, _ in found[Level.MANDATORY]})),
        tuple(sorted({control for control, _ in found[Level.ADVISORY]})),
    )
