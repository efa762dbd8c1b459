"""The shape of a control: one statement, its subjects, its check and its executable scenarios."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple, Never, overload

from .resources import Resource, Stack
from .values import Value


class Severity(StrEnum):
    """How bad a breach is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Level(StrEnum):
    """What a breach does to the preview. OFF is shown in reports as "not in this profile"."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    OFF = "off"


class Verdict(StrEnum):
    """What became of one control on one subject. They never merge; only PASSED opens the gate."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"
    NOT_EVALUATED = "not_evaluated"
    ERROR = "error"


class Finding(NamedTuple):
    """One breach: what is wrong (with the value when it is no secret) and what to write instead.

    `fix` defaults to the control's remediation. `urn` defaults to the subject's.
    """

    message: str
    property: str = ""
    fix: str = ""
    urn: str = ""
    undecided: bool = False  # a breach only because the graph or value cannot be decided yet


@dataclass(frozen=True)
class Settings:
    """What the pack knows beside the resources: config of pack and stack, resolved once."""

    stack: str = ""
    project: str = ""
    profile: str = "baseline"
    suffix: str | None = None  # None: nobody told; controls that need it raise Undecided("suffix")
    allowed_regions: tuple[str, ...] = ("sa-east-1",)
    external_keys: tuple[str, ...] = ()  # ARNs of customer keys made outside this stack
    rotation_proven: tuple[str, ...] = ()  # those of them whose rotation was seen live
    params: Mapping[str, Any] = field(default_factory=dict)  # the control's own config, checked


@dataclass(frozen=True)
class Item:
    """A resource of a scenario. `needs` maps a property to the names of the items it was computed
    from (the graph); properties whose value is unknown are written UNKNOWN.
    """

    type: str
    name: str
    props: Mapping[str, Value] = field(default_factory=dict)
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provider_props: Mapping[str, Value] | None = None
    parent: str = ""
    ignore_changes: tuple[str, ...] = ()
    custom: bool = True
    computed: tuple[str, ...] = ()  # left out by the program, unknown among the outputs
    outputs: Mapping[str, Value] = field(default_factory=dict)  # left out too, known once deployed


_EXAMPLE = Settings(suffix="test", stack="test")


@dataclass(frozen=True)
class Scenario:
    """A named example with its verdict; tests run it, the auditor's report prints it.

    The verdict is the worst over the control's subjects among `items`. `says` must occur in one of
    the messages of a scenario that is not compliant.
    """

    name: str
    verdict: Verdict
    items: tuple[Item, ...]
    says: str = ""
    settings: Settings = _EXAMPLE


def accepts(name: str, *items: Item, settings: Settings | None = None) -> Scenario:
    """A compliant scenario."""
    return _scenario(name, Verdict.PASSED, items, "", settings)


def refuses(name: str, *items: Item, says: str, settings: Settings | None = None) -> Scenario:
    """A violating scenario, a left-out property included."""
    return _scenario(name, Verdict.FAILED, items, says, settings)


def undecided(
    name: str, *items: Item, says: str = "", settings: Settings | None = None
) -> Scenario:
    """A scenario that cannot be decided before deployment and so keeps the gate shut."""
    return _scenario(name, Verdict.NOT_EVALUATED, items, says, settings)


def ignores(name: str, *items: Item, settings: Settings | None = None) -> Scenario:
    """A scenario the control has nothing to say about."""
    return _scenario(name, Verdict.NOT_APPLICABLE, items, "", settings)


def _scenario(
    name: str, verdict: Verdict, items: tuple[Item, ...], says: str, settings: Settings | None
) -> Scenario:
    if settings is None:
        return Scenario(name, verdict, items, says)
    return Scenario(name, verdict, items, says, settings)


ScenarioMaker = Callable[[], tuple[Scenario, ...]]


class _WhenAsked:
    """A control's scenarios, made when somebody asks and then kept: a pack that serves an engine
    needs none of them.
    """

    @overload
    def __get__(self, control: None, owner: type[Control]) -> Never: ...

    @overload
    def __get__(self, control: Control, owner: type[Control]) -> tuple[Scenario, ...]: ...

    def __get__(self, control: Control | None, owner: type[Control]) -> tuple[Scenario, ...]:
        if control is None:
            raise AttributeError("scenarios")  # so that the field has no default
        found: tuple[Scenario, ...] | ScenarioMaker = vars(control)["scenarios"]
        if callable(found):
            found = vars(control)["scenarios"] = tuple(found())
        return found

    def __set__(self, control: Control, value: ScenarioMaker | tuple[Scenario, ...]) -> None:
        vars(control)["scenarios"] = value


_STEP = re.compile(r"[.\[ ]")  # what ends the first name of a path
_INDEX = re.compile(r"\[\d+\]")
ResourceCheck = Callable[[Resource, Settings], Iterable[Finding]]
StackCheck = Callable[[Resource, Stack, Settings], Iterable[Finding]]
StackLook = Callable[[Stack, bytes], object]
StackSuspects = Callable[[Stack, Settings], Container[int] | None]


class NotASubject(Exception):  # noqa: N818 (no error: an answer)
    """Raised by a check when this resource of a subject type is outside the control after all
    (e.g. a security group rule that is egress). The reason is shown.
    """


@dataclass(frozen=True)
class Control:
    """One control. `id` is its file's stem with hyphens. Exactly one of `check` (decides from the
    resource's own inputs, in preview and again before each create) and `stack_check` (decides
    each subject within the whole stack) is given. `levels` holds a level per profile.
    """

    id: str
    title: str  # short name, e.g. "Aurora keeps backups for 30 days"
    statement: str  # the demand, one sentence with "must"
    rationale: str  # why, one or two sentences
    severity: Severity
    owner: str  # the role that answers for it, e.g. "platform engineering"
    subjects: tuple[str, ...]  # type tokens; ("*",) is every custom resource
    remediation: str  # what to write instead, as Python for pulumi_aws
    levels: Mapping[str, Level]
    scenarios: _WhenAsked = _WhenAsked()  # written as a function without arguments
    check: ResourceCheck | None = None
    stack_check: StackCheck | None = None
    #: For a stack check: looks through the bytes of the whole stack before any check, and keeps
    #: with the stack (`Stack.once`) what it saw. Without bytes nobody looks.
    stack_look: StackLook | None = None
    #: For a stack check: its subjects, by id, that must be looked at one by one, when the rest pass
    #: by what the stack as a whole tells; None: all must.
    stack_suspects: StackSuspects | None = None
    config_schema: Mapping[str, Any] = field(default_factory=dict)  # JSON schema properties
    properties: tuple[str, ...] = ()  # the governed properties, shown as "observed" in evidence
    #: What to write instead of `remediation`: by type and property ("TYPE property"),
    #: by the first or the last name of the property's path, or by type; the first found counts.
    remedies: Mapping[str, str] = field(default_factory=dict)
    waivable: bool = True

    def __post_init__(self) -> None:
        if (self.check is None) == (self.stack_check is None):
            raise ValueError(f"{self.id}: exactly one of check and stack_check")

    def remedy(self, type_: str, finding: Finding) -> str:
        """What to write against a finding on a resource of this type."""
        if finding.fix:
            return finding.fix
        top = _STEP.split(finding.property, maxsplit=1)[0]
        last = _INDEX.sub("", finding.property).rpartition(".")[2]
        for key in (f"{type_} {top}", top, last, type_):
            if key in self.remedies:
                return self.remedies[key]
        return self.remediation

    @property
    def kind(self) -> str:
        """The phase that decides the control: "resource" or "stack"."""
        return "resource" if self.check else "stack"


MANDATORY = {"baseline": Level.MANDATORY, "production": Level.MANDATORY}
