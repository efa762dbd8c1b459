"""The three proofs of each control on each resource, joined: planned, deployed, live.

Planned is what the preview of the last deployment saw, deployed what the pack says of the state as
it is now, live what the cloud answers. Where two of them know a governed property and differ, that
is drift.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from evidence.gaps import Gap, Gaps
from evidence.model import (
    Difference,
    Outcome,
    Problem,
    Proof,
    Record,
    Subject,
    Verdict,
    worst,
)
from evidence.urns import short_name

from . import nested
from .catalog import Catalog, Control
from .state import State

UNGOVERNED = "no control"
EVERYWHERE = "*"
NOT_IN_THE_CLOUD = "random:"
SAME_THING = {"tags": "tagsAll"}  # a default tag of the provider is not among the program's
ASKED_BY_CLIENT = {"region"}  # the client that asks is of one region; test_network.py asks the rest
#: Properties of one resource that decide a control on another.
BESIDE: dict[tuple[str, str], tuple[str, ...]] = {
    ("aws:ec2/flowLog:FlowLog", "trafficType"): ("vpc-flow-logs",),
    ("aws:ec2/flowLog:FlowLog", "logDestination"): ("vpc-flow-logs",),
    ("aws:ec2/routeTable:RouteTable", "routes"): ("store-private-subnets",),
    ("aws:ec2/routeTableAssociation:RouteTableAssociation", "routeTableId"): (
        "store-private-subnets",
    ),
    ("aws:rds/subnetGroup:SubnetGroup", "subnetIds"): (
        "store-private-subnets",
        "store-subnets-two-zones",
    ),
    ("aws:elasticache/subnetGroup:SubnetGroup", "subnetIds"): (
        "store-private-subnets",
        "store-subnets-two-zones",
    ),
    ("aws:rds/clusterParameterGroup:ClusterParameterGroup", "parameters"): ("aurora-tls",),
    ("aws:kms/alias:Alias", "targetKeyId"): ("key-per-service",),
}
_UNKNOWN = ("[unknown", ", unknown", ": unknown")  # inside a list or an object


@dataclass(frozen=True)
class Stages:
    """What the stages before the live tests left."""

    planned: tuple[Record, ...] = ()
    deployed: tuple[Record, ...] = ()
    state: State = field(default_factory=State)  # that the pack and the live tests were held to
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Joined:
    """The proofs, where they differ, and what is not proven by them."""

    proofs: tuple[Proof, ...] = ()
    differences: tuple[Difference, ...] = ()
    problems: tuple[Problem, ...] = ()


def join(
    known: Catalog, stages: Stages, live: Iterable[Record], gaps: Gaps, profile: str
) -> Joined:
    """Join what the three stages say of the resources of the state."""
    return _Join(known, stages, tuple(live), gaps, profile).joined()


@dataclass
class _Join:
    known: Catalog
    stages: Stages
    live: tuple[Record, ...]
    gaps: Gaps
    profile: str
    compared: dict[str, Record] = field(default_factory=dict)  # by URN
    proofs: list[Proof] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    def joined(self) -> Joined:
        self.compared = {r.subject.urn: r for r in self.live if r.source == "comparison"}
        self.planned = {(r.control, r.subject.urn): r for r in self.stages.planned}
        self.resources = {str(r["urn"]): r for r in self.stages.state.resources}
        for record in self.compared.values():
            self._state_against_cloud(record)
        for record in self.stages.deployed:
            self._plan_against_state(record)
            self._proof(record)
        for urn, resource in self.resources.items():
            self._coverage(urn, resource)
        self.differences = list({_key(d): d for d in self.differences}.values())
        self.problems += drift(self.differences)
        return Joined(tuple(self.proofs), tuple(self.differences), tuple(self.problems))

    def _state_against_cloud(self, record: Record) -> None:
        for name in differing(record):
            controls = self._governing(record.subject.type, name) or [UNGOVERNED]
            for control in controls:
                before = self.planned.get((control, record.subject.urn))
                planned = (before.observed if before else {}).get(name)
                self.differences.append(
                    Difference(
                        control=control,
                        subject=record.subject,
                        property=name,
                        planned=planned if _told(planned) else None,
                        deployed=record.expected.get(name),
                        live=record.observed.get(name),
                    )
                )

    def _plan_against_state(self, record: Record) -> None:
        before = self.planned.get((record.control, record.subject.urn))
        if before is None:
            return
        for name, deployed in record.observed.items():
            planned = before.observed.get(name)
            if planned is None or deployed is None:
                continue
            compared = self.compared.get(record.subject.urn)
            live = compared.observed.get(_alias(name, compared)) if compared else None
            for path, old, new in nested.differences(name, str(planned), str(deployed)):
                rest = path.removeprefix(name)
                self.differences.append(
                    Difference(
                        record.control, record.subject, path, old, new, nested.at(live, rest)
                    )
                )

    def _proof(self, record: Record) -> None:
        control = self.known.control(record.control)
        urn = record.subject.urn
        before = self.planned.get((record.control, urn))
        if control is None or control.level(self.profile) == "off":
            return
        if record.verdict is Verdict.NOT_APPLICABLE:
            return
        own, names = self._live_of(control, urn)
        gap = "" if own else self._gap(control, urn)
        self.proofs.append(
            Proof(
                control=control.id,
                subject=self._subject(record.subject),
                planned=before.verdict if before else None,
                planned_by=before.decided_by if before else "",
                deployed=record.verdict,
                live=worst(r.verdict for r in own) if own else None,
                echo=bool(own) and all(r.echo for r in own),
                gap=gap,
                compared=names,
            )
        )
        if not own and not gap and control.level(self.profile) == "mandatory":
            text = f"{control.id}: no live test speaks about {record.subject.name}"
            self.problems.append(Problem(Outcome.NOT_PROVEN, text))

    def _live_of(self, control: Control, urn: str) -> tuple[list[Record], tuple[str, ...]]:
        """The live records of a control on a resource; of the control as a whole, where none is."""
        tests = [r for r in self.live if r.control == control.id and r.source != "comparison"]
        names = self._names(urn)
        own = [r for r in tests if {r.subject.urn, r.subject.arn, r.subject.name} & names]
        found = [r for r in own or tests if r.verdict is not Verdict.NOT_APPLICABLE]
        compared = self.compared.get(urn)
        if compared is None or not compared.expected:
            return found, ()
        wrong = set(differing(compared))
        read = [n for n in self._governed(control, urn) if _alias(n, compared) in compared.expected]
        if read:
            bad = any(_alias(n, compared) in wrong for n in read)
            verdict = Verdict.FAILED if bad else Verdict.PASSED
            found.append(Record(control.id, verdict, compared.stage, compared.assurance,
                                compared.collected_at, echo=compared.echo))  # fmt: skip
        return found, tuple(read)

    def _names(self, urn: str) -> set[str]:
        resource = self.resources.get(urn, {})
        outputs = resource.get("outputs") or {}
        keys = ("arn", "id", "name", "identifier", "clusterIdentifier", "replicationGroupId")
        found = {urn, str(resource.get("id", "")), *(str(outputs.get(k) or "") for k in keys)}
        return found - {""}

    def _subject(self, subject: Subject) -> Subject:
        outputs = self.resources.get(subject.urn, {}).get("outputs") or {}
        return Subject(subject.type, subject.urn, str(outputs.get("arn") or ""), subject.name)

    def _gap(self, control: Control, urn: str) -> str:
        if control.id in self.gaps.controls:
            return self.gaps.controls[control.id].code
        kind = str(self.resources.get(urn, {}).get("type", ""))
        codes = [self.gaps.properties.get((kind, n)) for n in self._governed(control, urn)]
        told = [c for c in codes if isinstance(c, Gap)]
        if kind.startswith(NOT_IN_THE_CLOUD):
            return "preview only"
        return told[0].code if told and len(told) == len(codes) else ""

    def _governed(self, control: Control, urn: str) -> list[str]:
        """The control's properties that this resource has."""
        resource = self.resources.get(urn, {})
        has = set(resource.get("inputs") or {}) | set(resource.get("outputs") or {})
        tops = dict.fromkeys(p.partition(".")[0] for p in control.properties)
        return [p for p in tops if p in has]

    def _governing(self, kind: str, name: str) -> list[str]:
        found = [
            c.id
            for c in self.known.controls
            if {kind, EVERYWHERE} & set(c.subjects)
            and any(
                name in (top, SAME_THING.get(top))
                for top in (p.partition(".")[0] for p in c.properties)
            )
        ]
        return found + [c for c in BESIDE.get((kind, name), ()) if c not in found]

    def _coverage(self, urn: str, resource: Mapping[str, Any]) -> None:
        """Every governed property was compared, or has a code that says why it cannot be."""
        kind = str(resource["type"])
        record = self.compared.get(urn)
        if kind.startswith(NOT_IN_THE_CLOUD):
            return
        name = short_name(urn)
        if record is None:
            text = f"{name}: the properties of the resource were compared with nothing"
            self.problems.append(Problem(Outcome.NOT_PROVEN, text))
            return
        if record.verdict in (Verdict.ERROR, Verdict.NOT_APPLICABLE):
            return  # it could not be asked, or it is gone: said elsewhere
        read = set(record.expected) | ASKED_BY_CLIENT
        for control in self.known.controls:
            if not {kind, EVERYWHERE} & set(control.subjects):
                continue
            for one in self._governed(control, urn):
                if _alias(one, record) not in read and (kind, one) not in self.gaps.properties:
                    text = f"{control.id}: {one} of {name} was compared with nothing"
                    self.problems.append(Problem(Outcome.NOT_PROVEN, text))


def differing(record: Record) -> list[str]:
    """The properties of a comparison on which state and cloud differ."""
    named = record.excerpt.get("differs", ()) if isinstance(record.excerpt, Mapping) else ()
    return [str(n) for n in named]


def drift(differences: Iterable[Difference]) -> Iterator[Problem]:
    """A line for each property that two proofs have differently, with the controls it breaks."""
    lines: dict[tuple[str, ...], list[str]] = {}
    for one in differences:
        values = [("planned", one.planned), ("in the state", one.deployed), ("live", one.live)]
        told = ", ".join(f"{where} {_shown(v)}" for where, v in values if v is not None)
        if one.live is None and one.planned is None:
            told += ", live nothing"
        whose = one.subject.arn or one.subject.name
        name = one.subject.name if one.subject.name in whose else f"{one.subject.name} ({whose})"
        lines.setdefault((name, one.property, told), []).append(one.control)
    for (name, prop, told), controls in lines.items():
        whose = ", ".join(dict.fromkeys(controls))
        yield Problem(Outcome.VIOLATIONS, f"drift: {whose}: {name}: {prop} is {told}")


def _shown(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 160 else text[:157] + "..."


def _told(value: Any) -> bool:
    """True for a value that is known and shown; a plan's unknowns and secrets are neither."""
    if value is None:
        return False
    text = str(value)
    unknown = text == "unknown" or any(u in text for u in _UNKNOWN)
    return not unknown and not any(h in text for h in nested.HIDDEN)


def _alias(name: str, record: Record) -> str:
    other = SAME_THING.get(name, "")
    return other if other in record.expected else name


def _key(difference: Difference) -> tuple[str, str, str]:
    return (difference.control, difference.subject.urn, difference.property)
