"""One change behind the engine's back: what it does, what undoes it, and who must notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from compliance_tests.deployed.stack import Cloud, Deployed

Act = Callable[[Deployed, Cloud], Iterator[None]]


@dataclass(frozen=True)
class Change:
    """A change. `noticed` are the controls or requirements whose tests turn red, and no others."""

    name: str
    noticed: frozenset[str]
    act: Callable[[Deployed, Cloud], AbstractContextManager[None]]


CHANGES: list[Change] = []


def change(*noticed: str) -> Callable[[Act], Act]:
    """Registers a generator: what stands before its `yield` is the change, after it its undoing."""

    def register(act: Act) -> Act:
        name = act.__name__.replace("_", " ")
        CHANGES.append(Change(name, frozenset(noticed), contextmanager(act)))
        return act

    return register
