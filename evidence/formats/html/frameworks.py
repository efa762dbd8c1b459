"""Each framework in its own form: what the stack supports of it, and what it does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evidence.model import Verdict, worst

from .controls import Control, anchor

FORMS = {"iso-27001": "soa", "soc-2": "soc2", "pci-dss": "pci"}
SUPPORTS = "supports"
STRENGTHS = ("direct", "partial", "context")


@dataclass(frozen=True)
class Requirement:
    """A requirement of the register, with what the stages say of it."""

    id: str
    anchor: str
    title: str
    about: Mapping[str, Any]
    verdicts: tuple[Verdict | None, ...]
    overall: Verdict
    controls: tuple[Control, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Clause:
    """A clause, its claim, and the worst verdict of the controls and requirements behind it."""

    anchor: str
    about: Mapping[str, Any]
    supported: bool
    verdict: Verdict | None
    controls: tuple[Control, ...]
    requirements: tuple[Requirement, ...]
    deviations: tuple[Mapping[str, Any], ...]

    @property
    def in_place(self) -> str:
        """PCI's words for it: in_place, not_in_place, not_applicable or not_tested."""
        if self.about["status"] == "not applicable":
            return "not_applicable"
        if not self.supported or self.verdict in (Verdict.FAILED, Verdict.ERROR):
            return "not_in_place"
        return "in_place" if self.verdict is Verdict.PASSED else "not_tested"

    @property
    def result(self) -> str:
        """SOC 2's words: no_exception, exception, or not_tested."""
        if not self.supported or self.verdict is None:
            return "not_tested"
        if self.verdict in (Verdict.FAILED, Verdict.ERROR, Verdict.WAIVED):
            return "exception"
        return "no_exception" if self.verdict is Verdict.PASSED else "not_tested"


@dataclass(frozen=True)
class Framework:
    """An edition of a framework with its clauses; `form` says in whose shape it is drawn."""

    id: str
    anchor: str
    about: Mapping[str, Any]
    form: str
    clauses: tuple[Clause, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Clauses by strength of support, and those that are not supported."""
        found = dict.fromkeys(STRENGTHS, 0)
        for clause in self.clauses:
            if clause.supported:
                found[clause.about["strength"]] += 1
        return {**found, "none": sum(not c.supported for c in self.clauses)}

    @property
    def uncovered(self) -> tuple[Clause, ...]:
        """The clauses that this stack does not support, or supports in part with a limit."""
        return tuple(c for c in self.clauses if not c.supported or c.about["limits"])


def requirements(
    stages: Sequence[Any], known: Iterable[Control], reference: Mapping[str, Any]
) -> tuple[Requirement, ...]:
    """Every requirement, in the register's order."""
    by_id = {c.id: c for c in known}
    about = {r["id"]: r for r in reference.get("requirements", ())}
    titles: dict[str, str] = {k: r["title"] for k, r in about.items()}
    for evidence in stages:
        for found in evidence.requirements if evidence else ():
            titles.setdefault(found.id, found.title)
    made = []
    for name, title in titles.items():
        results = [
            next((r for r in e.requirements if r.id == name), None) if e else None for e in stages
        ]
        named = about.get(name, {}).get("controls") or next((r.controls for r in results if r), ())
        verdicts = tuple(r.verdict if r else None for r in results)
        speaking = [v for v in verdicts if v and v is not Verdict.NOT_APPLICABLE]
        reasons = [
            x
            for r in results
            if r and r.verdict not in (Verdict.PASSED, Verdict.NOT_APPLICABLE)
            for x in r.reasons
        ]
        made.append(
            Requirement(
                name,
                anchor("requirement", name),
                title,
                about.get(name, {}),
                verdicts,
                worst(speaking) if speaking else Verdict.NOT_APPLICABLE,
                tuple(by_id[c] for c in named if c in by_id),
                tuple(dict.fromkeys(reasons)),
            )
        )
    return tuple(made)


def frameworks(
    known: Iterable[Control],
    required: Iterable[Requirement],
    reference: Mapping[str, Any],
    stack: str,
) -> tuple[Framework, ...]:
    """Every framework of the register."""
    controls = {c.id: c for c in known}
    needs = {r.id: r for r in required}
    deviations = [d for d in reference.get("deviations", ()) if stack in d["stacks"]]
    made = []
    for entry in reference.get("frameworks", ()):
        clauses = []
        for clause in entry["clauses"]:
            behind = [controls[c] for c in clause["controls"] if c in controls]
            asked = [needs[r] for r in clause["requirements"] if r in needs]
            verdicts = [c.verdict for c in behind] + [r.overall for r in asked]
            speaking = [v for v in verdicts if v not in (Verdict.NOT_APPLICABLE, Verdict.OFF)]
            name = f"{entry['id']} {clause['id']}"
            clauses.append(
                Clause(
                    anchor("clause", f"{entry['id']}-{clause['id']}"),
                    clause,
                    clause["status"] == SUPPORTS,
                    worst(speaking) if speaking else None,
                    tuple(behind),
                    tuple(asked),
                    tuple(d for d in deviations if name in d["clauses"]),
                )
            )
        form = FORMS.get(entry["id"], "plain")
        made.append(
            Framework(entry["id"], anchor("framework", entry["id"]), entry, form, tuple(clauses))
        )
    return tuple(made)
