"""The one model of what a run saw. Every report is drawn from it and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .judge import Judge

SCHEMA_VERSION = 1


class Verdict(StrEnum):
    """What became of a control, on one subject or as a whole. They never merge.

    OFF is a control that this stack's profile does not ask for; WAIVED failed under a dated waiver.
    """

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"
    NOT_EVALUATED = "not_evaluated"
    WAIVED = "waived"
    ERROR = "error"
    OFF = "off"


WORST_FIRST = (
    Verdict.FAILED,
    Verdict.ERROR,
    Verdict.NOT_EVALUATED,
    Verdict.WAIVED,
    Verdict.PASSED,
    Verdict.NOT_APPLICABLE,
    Verdict.OFF,
)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict that stands for all of them; none at all is NOT_EVALUATED, never a pass."""
    given = set(verdicts)
    return next((v for v in WORST_FIRST if v in given), Verdict.NOT_EVALUATED)


class Outcome(StrEnum):
    """The verdict of a whole run, which is also the exit code of its command."""

    PASSED = "passed"
    VIOLATIONS = "violations"
    NOT_PROVEN = "not_proven"
    COULD_NOT_RUN = "could_not_run"

    @property
    def exit_code(self) -> int:
        """0 passed, 1 violations, 2 not proven, 3 could not run."""
        return tuple(Outcome).index(self)


class Stage(StrEnum):
    """What kind of proof a run gives: intent, the state after `up`, or the cloud's own answer."""

    PLANNED = "planned"
    DEPLOYED = "deployed"
    LIVE = "live"


class Assurance(StrEnum):
    """EMULATED is a run against the sandbox: it is no evidence about AWS."""

    EMULATED = "emulated"
    LIVE = "live"


class WaiverState(StrEnum):
    """What became of a waiver in a run. Only ACTIVE excuses a failure; UNUSED excused nothing."""

    ACTIVE = "active"
    UNUSED = "unused"
    EXPIRED = "expired"
    UNMATCHED = "unmatched"
    REFUSED = "refused"


@dataclass(frozen=True)
class Subject:
    """What a record speaks about. At least one of `urn` and `arn` is given, unless the record
    speaks about the absence of something.
    """

    type: str = ""  # Pulumi type token, or the service's own name for it, e.g. "rds:cluster"
    urn: str = ""
    arn: str = ""
    name: str = ""


@dataclass(frozen=True)
class ApiCall:
    """One question to the cloud: enough to find it again in the service's own audit trail."""

    service: str
    operation: str
    params: Mapping[str, Any] = field(default_factory=dict)
    request_id: str = ""
    time: str = ""
    response_digest: str = ""  # of the redacted answer; none where the answer is a secret


@dataclass(frozen=True)
class Record:
    """One control on one subject, at one instant."""

    control: str
    verdict: Verdict
    stage: Stage
    assurance: Assurance
    collected_at: str
    requirements: tuple[str, ...] = ()
    subject: Subject = field(default_factory=Subject)
    # policy: the pack under the engine; live_test: a boto3 test; comparison: the properties of a
    # resource, `expected` as the state has them and `observed` as the cloud answers
    source: str = "policy"
    test: str = ""
    level: str = ""
    decided_by: str = ""  # value, or graph: a dependency shows it, the value is not known yet
    expected: Mapping[str, Any] = field(default_factory=dict)
    observed: Mapping[str, Any] = field(default_factory=dict)
    echo: bool = False  # the emulator only gives back what was written
    message: str = ""
    reason: str = ""
    remediation: str = ""
    api: tuple[ApiCall, ...] = ()
    excerpt: Any = None
    counts: Mapping[str, int] = field(
        default_factory=dict
    )  # how large the population was, by who counted
    waiver: str = ""  # id of the waiver that excuses this failure


@dataclass(frozen=True)
class Population:
    """Who had to be evaluated, by the engine's list of resources, and who was, by its summaries."""

    expected: tuple[str, ...] = ()
    evaluated: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()


@dataclass(frozen=True)
class ControlResult:
    """A control of the catalogue and what became of it. Every control has one, evaluated or not."""

    id: str
    title: str
    statement: str
    severity: str
    owner: str
    kind: str
    level: str
    verdict: Verdict
    subjects: int
    requirements: tuple[str, ...] = ()
    remediation: str = ""
    population: Population = field(default_factory=Population)
    reasons: tuple[str, ...] = ()
    awake: bool | None = None  # it refused a planted violation in this run; None: nobody asked
    gap: str = ""  # code of a control that a live run cannot see, one of GAPS


@dataclass(frozen=True)
class RequirementResult:
    """A requirement of the register: its verdict is the worst of its controls and its resources."""

    id: str
    title: str
    verdict: Verdict
    controls: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


#: Why a cell of the matrix of proofs is empty.
GAPS = (
    "not visible by API",  # no answer of the cloud holds it
    "account level",  # it belongs to the account, not to the stack
    "emulator gap",  # AWS shows it, the sandbox does not
    "preview only",  # it exists in the program or in Pulumi's state alone
    "superseded",  # another proof, which is named, stands in
)


@dataclass(frozen=True)
class Problem:
    """Something about the run itself that keeps the gate shut (or a note that does not)."""

    outcome: Outcome
    text: str


@dataclass(frozen=True)
class Waiver:
    """A dated exception for one control on exact resources, and what became of it in this run.

    Dates are UTC days; `expires_on` is the last valid one.
    """

    id: str
    control: str
    resources: tuple[str, ...]
    state: WaiverState
    reason: str = ""
    compensating_control: str = ""
    ticket: str = ""
    requested_by: str = ""
    approved_by: str = ""
    approved_on: str = ""
    expires_on: str = ""
    first_approved_on: str = ""  # of the oldest waiver that this one renews
    renewals: int = 0
    why: str = ""  # why it is expired, unmatched or refused


@dataclass(frozen=True)
class Approval:
    """Who let a plan through, for which verdict, and how the gate came to know."""

    by: str
    how: str  # sandbox, terminal, variable, environment, signed
    at: str
    verdict: str  # digest of the approved verdict
    key: str = ""  # id of the key that signed it
    losses: str = ""  # digest of the losses that were approved with it


@dataclass(frozen=True)
class Loss:
    """A resource that holds data or keys and goes for good with this plan."""

    urn: str
    type: str
    op: str  # delete or replace
    what: str  # what is lost with it


@dataclass(frozen=True)
class Resource:
    """A resource of the run's population, as far as reports need it."""

    urn: str
    type: str
    op: str = ""  # create, update, replace, delete, same, read
    parent: str = ""
    source: str = ""  # file:line of the program, relative to the project
    id: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)  # e.g. cidrBlock, the URNs it refers to


@dataclass(frozen=True)
class Difference:
    """A governed property on which two proofs of the same resource disagree: drift."""

    control: str
    subject: Subject
    property: str
    planned: Any = None
    deployed: Any = None
    live: Any = None


@dataclass(frozen=True)
class Proof:
    """One control on one resource: the three proofs joined. None: the stage says nothing of it.

    `deployed` is the pack's verdict on the state as it is now; `live` the worst of the live tests
    and of the comparison of its governed properties. `gap` says why `live` is empty, one of GAPS.
    """

    control: str
    subject: Subject
    planned: Verdict | None = None
    planned_by: str = ""  # value or graph
    deployed: Verdict | None = None
    live: Verdict | None = None
    echo: bool = False  # all of its live values are what the emulator was told
    gap: str = ""
    compared: tuple[str, ...] = ()  # governed properties whose values in state and cloud were read


@dataclass(frozen=True)
class Commit:
    """What was checked out."""

    id: str = ""
    branch: str = ""
    author: str = ""
    dirty: bool = False


@dataclass(frozen=True)
class Link:
    """The run before this one, of the same stack and assurance: the chain of digests."""

    run_id: str
    digest: str


@dataclass(frozen=True)
class Run:
    """The header: who ran what, on what, when, and with which inputs (as sha256 digests)."""

    id: str
    stage: Stage
    command: str
    assurance: Assurance
    started_at: str
    finished_at: str
    project: str
    stack: str
    outcome: Outcome
    suffix: str = ""
    profile: str = ""
    account: str = ""
    region: str = ""
    commit: Commit = field(default_factory=Commit)
    approver: str = ""
    ci: Mapping[str, str] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    clock_offset_seconds: float | None = None
    engine_exit: int | None = None
    engine_result: str = ""
    changes: Mapping[str, int] = field(default_factory=dict)
    previous: Link | None = None
    approval: Approval | None = None


@dataclass(frozen=True)
class Evidence:
    """One run, whole."""

    run: Run
    controls: tuple[ControlResult, ...] = ()
    requirements: tuple[RequirementResult, ...] = ()
    records: tuple[Record, ...] = ()
    outside: tuple[Subject, ...] = ()  # read by .get(): shown to no policy, not of this stack
    problems: tuple[Problem, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    resources: tuple[Resource, ...] = ()
    differences: tuple[Difference, ...] = ()
    losses: tuple[Loss, ...] = ()
    proofs: tuple[Proof, ...] = ()  # of a live run
    notes: tuple[str, ...] = ()  # what a reader should know and what keeps no gate shut
    # what a report needs of the register and the catalogue, so that the file can be read alone:
    # frameworks and their clauses, deviations, and of each control its rationale and its scenarios
    reference: Mapping[str, Any] = field(default_factory=dict)
    judge: Judge | None = None  # of a live run: what an outside judge found; None: nobody asked
    schema_version: int = SCHEMA_VERSION
