"""A control's scenarios notice when its check stops working."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from controls import CONTROLS
from core import Control, Finding, NotASubject, Resource, Settings, Stack, Undecided
from core.scenarios import run

Mutant = Callable[[Resource], Iterator[Finding]]


def always_passes(resource: Resource) -> Iterator[Finding]:
    yield from ()


def always_fails(resource: Resource) -> Iterator[Finding]:
    yield Finding(f"{resource.name} is wrong, as everything is")


def never_decides(resource: Resource) -> Iterator[Finding]:
    raise Undecided("everything")
    yield


def never_applies(resource: Resource) -> Iterator[Finding]:
    raise NotASubject("as everything is")
    yield


def breaks(resource: Resource) -> Iterator[Finding]:
    raise RuntimeError("boom")
    yield


def mutate(control: Control, mutant: Mutant) -> Control:
    """The control with its check replaced."""
    if control.check is not None:

        def check(resource: Resource, settings: Settings) -> Iterator[Finding]:
            return mutant(resource)

        return replace(control, check=check)

    def stack_check(resource: Resource, stack: Stack, settings: Settings) -> Iterator[Finding]:
        return mutant(resource)

    return replace(control, stack_check=stack_check)


def turned_red(control: Control) -> list[str]:
    """The scenarios that no longer come out as expected."""
    return [s.name for s in control.scenarios if not run(control, s).as_expected]


@pytest.mark.requirement("REQ-GATE-1")
@pytest.mark.parametrize(
    "mutant", [always_passes, always_fails, never_decides, never_applies, breaks]
)
def test_check_that_always_passes_is_noticed(mutant: Mutant, tell: Callable[[str], None]) -> None:
    unnoticed = [c.id for c in CONTROLS if not turned_red(mutate(c, mutant))]
    noticed = len(CONTROLS) - len(unnoticed)
    tell(f"check replaced, {mutant.__name__}: noticed in {noticed} of {len(CONTROLS)} controls")
    assert not unnoticed


def test_subjects_that_are_lost_are_noticed(tell: Callable[[str], None]) -> None:
    """A type that falls out of a control's subjects turns one of its scenarios red."""
    unnoticed = []
    total = 0
    for control in CONTROLS:
        for subject in control.subjects:
            total += 1
            rest = tuple(s for s in control.subjects if s != subject)
            if not turned_red(replace(control, subjects=rest)):
                unnoticed.append(f"{control.id}: {subject}")
    tell(f"subject type removed: noticed {total - len(unnoticed)} of {total}")
    assert not unnoticed, "\n".join(unnoticed)
