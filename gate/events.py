"""What the engine's events say: resources of its steps, complaints of policies, who passed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from evidence.urns import short_name

# Steps that show no resource to a policy: what is deleted, and what is only read from outside.
READ = frozenset({"read", "read-replacement"})
NOT_SHOWN = READ | {
    "delete",
    "delete-replaced",
    "discard",
    "discard-replaced",
    "remove-pending-replace",
    "refresh",
}
DELETES = frozenset({"delete", "delete-replaced", "discard-replaced"})
REPLACES = frozenset({"replace", "create-replacement", "import-replacement"})
CANNOT_RUN = "can't run policy"


@dataclass(frozen=True)
class Planned:
    """A resource that a step speaks about; `inputs` as the engine shows them, secrets hidden."""

    urn: str
    type: str
    ops: tuple[str, ...]
    custom: bool
    inputs: Mapping[str, Any] = field(default_factory=dict, repr=False)
    id: str = ""
    parent: str = ""

    @cached_property
    def shown(self) -> bool:
        """True when at least one of its steps shows it to the policies."""
        return any(op not in NOT_SHOWN for op in self.ops)

    @property
    def outside(self) -> bool:
        """True when the program only read it (`.get()`): no policy has seen it."""
        return not self.shown and any(op in READ for op in self.ops)

    @property
    def goes(self) -> bool:
        """True when a step deletes or replaces the real thing behind it."""
        return any(op in DELETES or op in REPLACES for op in self.ops)

    @property
    def name(self) -> str:
        """The logical name: the last part of the URN."""
        return short_name(self.urn)


@dataclass(frozen=True)
class Violation:
    """A policy's complaint. `level` is the one it had in this run, whatever the catalogue says."""

    control: str
    urn: str
    message: str
    level: str

    @property
    def cannot_run(self) -> bool:
        """True when the SDK gave up on an unknown value: advisory, whatever the policy's level."""
        return self.message.lstrip().startswith(CANNOT_RUN)


@dataclass(frozen=True)
class EventLog:
    """What the engine says that happened. `faults` make the log worthless as a proof."""

    resources: Mapping[str, Planned] = field(default_factory=dict)
    violations: tuple[Violation, ...] = ()
    passed: frozenset[tuple[str, str]] = frozenset()  # (control, urn)
    failed: frozenset[tuple[str, str]] = frozenset()
    stack_passed: tuple[str, ...] = ()
    stack_failed: tuple[str, ...] = ()
    stack_summaries: int = 0
    packs: tuple[str, ...] = ()  # name|local|path of every pack that ran
    began: bool = False  # the engine came to the point where the program runs
    result: str = ""
    is_preview: bool = False
    changes: Mapping[str, int] = field(default_factory=dict)
    config: Mapping[str, str] = field(default_factory=dict)  # the stack's, secrets hidden
    outputs: frozenset[str] = frozenset()  # names of the stack's outputs
    errors: tuple[str, ...] = ()  # what the program, a provider or the engine said went wrong
    faults: tuple[str, ...] = ()

    @cached_property
    def by_control(self) -> Mapping[str, Mapping[str, bool]]:
        """What the engine's summaries say of each control, by urn: True passed, False failed."""
        found: dict[str, dict[str, bool]] = {}
        for control, urn in self.passed:
            found.setdefault(control, {})[urn] = True
        for control, urn in self.failed:
            found.setdefault(control, {})[urn] = False
        return found
