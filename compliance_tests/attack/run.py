"""All mutants over all views: killed, harmless, survived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core import Level

from .added import all_added, removed
from .addition import mutants as mutants_of
from .judge import Judgement, breaches, judge
from .messages import BESIDE_STORES
from .mutants import Mutant, generated
from .variants import all_variants
from .views import View

MOST_HARMLESS = 0.02  # of all mutants
HARMLESS = Path(__file__).with_name("harmless.txt")


@dataclass(frozen=True)
class Result:
    """`harmless`: reviewed names that survive as expected; `stale`: reviewed names that do not
    survive (any more); `unclean`: breaches of the views before any mutation; `variants`: how many
    compliant ones there were; `blocked`: those that a mandatory control blocks all the same.
    """

    judgements: tuple[Judgement, ...]
    harmless: tuple[str, ...]
    stale: tuple[str, ...]
    unclean: tuple[str, ...]
    variants: int
    blocked: tuple[str, ...]

    @property
    def survivors(self) -> tuple[Judgement, ...]:
        reviewed = set(self.harmless)
        return tuple(j for j in self.judgements if not j.blocked and j.mutant.name not in reviewed)

    @property
    def well(self) -> bool:
        """Every mutant blocked or reviewed, few reviewed, no compliant variant blocked."""
        few = len(self.harmless) <= MOST_HARMLESS * len(self.judgements)
        return few and not (self.survivors or self.stale or self.unclean or self.blocked)

    @property
    def killed(self) -> int:
        return sum(j.blocked for j in self.judgements)

    def summary(self) -> str:
        """The counts, and each survivor by name."""
        lines = [f"not clean before any mutation: {name}" for name in self.unclean]
        for j in self.survivors:
            others = ", ".join((*j.mandatory, *(f"{a} (advisory)" for a in j.advisory)))
            wanted = f"; {j.mutant.owner} should" if j.mutant.owner else ""
            lines.append(f"survived: {j.mutant.name} [{others or 'nobody spoke'}{wanted}]")
        lines += [f"reviewed as harmless, but blocked or gone: {name}" for name in self.stale]
        lines += [f"compliant, but blocked: {name}" for name in self.blocked]
        lines.append(f"{self.variants} compliant variants: {len(self.blocked)} blocked")
        lines.append(
            f"{len(self.judgements)} mutants: {self.killed} killed, {len(self.harmless)} harmless, "
            f"{len(self.survivors)} survived"
        )
        return "\n".join(lines)


def reviewed() -> list[str]:
    """The names of the mutants reviewed as harmless."""
    lines = HARMLESS.read_text("utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def mutants(view: View) -> Iterator[Mutant]:
    yield from generated(view)
    yield from all_added(view)
    yield from removed(view)
    yield from mutants_of(view, BESIDE_STORES)


def run(views: Sequence[View], harmless: Iterable[str]) -> Result:
    """Judge every mutant of every view. Raises ValueError when two mutants share a name."""
    judgements: list[Judgement] = []
    unclean: list[str] = []
    variants = 0
    blocked: list[str] = []
    for view in views:
        for at, found in breaches(view, view.settings).items():
            unclean += [f"{view.name}: {control} ({at}) on {urn}" for control, urn in sorted(found)]
        judgements += [judge(mutant, view.settings) for mutant in mutants(view)]
        for variant in all_variants(view):
            variants += 1
            said = breaches(variant.view, variant.view.settings, variant.touched)
            blocked += [
                f"{variant.name} by {control}" for control, _ in sorted(said[Level.MANDATORY])
            ]
    names = [j.mutant.name for j in judgements]
    if twice := {n for n in names if names.count(n) > 1}:
        raise ValueError(f"two mutants have one name: {sorted(twice)[0]}")
    listed = list(harmless)
    alive = {j.mutant.name for j in judgements if not j.blocked}
    return Result(
        tuple(judgements),
        tuple(name for name in listed if name in alive),
        tuple(name for name in listed if name not in alive),
        tuple(unclean),
        variants,
        tuple(blocked),
    )
