"""What the register holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

#: How a requirement is proven. automated: by controls and tests; conformance: by the exact values
#: of the shipped stack alone; manual: by a person; inherent: by how the product is built;
#: deviation: it is not met as written, see deviations.toml; not applicable: with a reason.
STATUSES = ("automated", "conformance", "manual", "inherent", "deviation", "not applicable")
NATURES = ("preventive", "detective")
STRENGTHS = ("direct", "partial", "context")


class RegisterError(Exception):
    """A file of the register cannot be read; one line with the remedy."""


@dataclass(frozen=True)
class Requirement:
    """One requirement. `exact` is what the shipped stack is, `limit` what any stack is held to."""

    id: str
    title: str
    status: str
    owner: str  # a role
    frequency: str
    nature: tuple[str, ...]
    exact: str = ""
    limit: str = ""
    controls: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()  # file::function, from the root of the repository
    reason: str = ""  # why the status is not "automated"


@dataclass(frozen=True)
class Clause:
    """A clause of a framework that this stack supports. It supports; it never certifies."""

    id: str
    title: str
    why: str
    strength: str
    reader: str
    source: str
    date: date
    requirements: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    status: str = "supports"
    limits: str = ""  # what this stack does not give for the clause


@dataclass(frozen=True)
class Framework:
    """One edition of one framework, with the clauses cited of it."""

    id: str
    title: str
    edition: str
    publisher: str
    scope: str  # what is and what is not claimed
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True)
class Deviation:
    """Something that a requirement or a framework asks and the stack knowingly does otherwise."""

    id: str
    title: str
    requirements: tuple[str, ...]
    stacks: tuple[str, ...]
    reason: str
    approver: str  # a role
    approved: date
    review: date  # at most 12 months after approval; past it, the gate is shut
    residual_risk: str
    compensating: str
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Register:
    """All of it."""

    requirements: Mapping[str, Requirement] = field(default_factory=dict)
    frameworks: Mapping[str, Framework] = field(default_factory=dict)
    deviations: Mapping[str, Deviation] = field(default_factory=dict)

    def of_control(self, control: str) -> tuple[str, ...]:
        """The requirements that name this control, in the register's order."""
        return tuple(r.id for r in self.requirements.values() if control in r.controls)
