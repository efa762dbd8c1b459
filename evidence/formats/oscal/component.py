"""The component definition: which control answers for which requirement and framework clause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evidence.formats.escape import line
from evidence.formats.escape import markup as safe
from evidence.formats.registry import View
from evidence.model import ControlResult

from .parts import Json, dumped, filled, identity, metadata, props, token

#: The names under which compliance-trestle and what is built on it look for rules.
TRESTLE = "https://oscal-compass.github.io/compliance-trestle/schemas/oscal/cd"


def render(view: View) -> str:
    """The stack's program and pack as one component."""
    evidence = view.run
    run = evidence.run
    controls = {c.id: c for c in evidence.controls}
    asked = [
        (r.id, r.title, tuple(r.controls) or _asking(controls, r.id)) for r in evidence.requirements
    ]
    by_requirement = {requirement: ids for requirement, _, ids in asked}
    found = [
        _implementation(controls, run.project, "register", "Register of requirements", asked),
        *(
            _framework(controls, by_requirement, run.project, framework)
            for framework in evidence.reference.get("frameworks", ())
        ),
    ]
    component = filled(
        uuid=identity("component", run.project),
        type="software",
        title=safe(run.project),
        description="A Pulumi program and the policy pack that gates it.",
        purpose="Each rule is a control of the pack, decided before each resource is created.",
        props=[p for n, c in enumerate(evidence.controls) for p in _rule(n, c)],
        control_implementations=[f for f in found if f],
    )
    document = filled(
        uuid=identity("component-definition", run.id),
        metadata=metadata(view, f"Component definition of {run.project}"),
        components=[component],
    )
    return dumped({"component-definition": document})


def _asking(controls: Mapping[str, ControlResult], requirement: str) -> tuple[str, ...]:
    return tuple(c.id for c in controls.values() if requirement in c.requirements)


def _rule(number: int, control: ControlResult) -> list[Json]:
    group = f"rule_set_{number:03}"
    pairs = (("Rule_Id", control.id), ("Rule_Description", control.statement))
    return [
        {"name": n, "ns": TRESTLE, "value": line(v), "remarks": group} for n, v in pairs if line(v)
    ]


def _framework(
    controls: Mapping[str, ControlResult],
    by_requirement: Mapping[str, tuple[str, ...]],
    project: str,
    framework: Any,
) -> Json | None:
    """A clause names controls, or requirements whose controls then support it."""
    name = str(framework.get("id", ""))
    title = f"{framework.get('title') or name}, {framework.get('edition', '')}"
    asked = []
    for clause in framework.get("clauses", ()):
        ids = [str(c) for c in clause.get("controls", ())]
        for requirement in clause.get("requirements", ()):
            ids += by_requirement.get(str(requirement), ())
        about = str(clause.get("title", ""))
        asked.append((str(clause.get("id", "")), about, tuple(dict.fromkeys(ids))))
    return _implementation(controls, project, name, title, asked)


def _implementation(
    controls: Mapping[str, ControlResult],
    project: str,
    name: str,
    title: str,
    asked: list[tuple[str, str, tuple[str, ...]]],
) -> Json | None:
    """What the component does for one framework; None where it does nothing."""
    requirements = [
        _requirement(name, clause, about, [controls[c] for c in ids if c in controls])
        for clause, about, ids in asked
        if any(c in controls for c in ids)
    ]
    if not requirements:
        return None
    return {
        "uuid": identity("implementation", project, name),
        "source": f"urn:iot-data-platform:framework:{token(name)}",
        "description": f"{safe(title)}. Supported in part; clauses without a control left out.",
        "implemented-requirements": requirements,
    }


def _requirement(name: str, clause: str, about: str, controls: list[ControlResult]) -> Json:
    rules = [{"name": "Rule_Id", "ns": TRESTLE, "value": line(c.id)} for c in controls]
    said = " ".join(safe(c.statement) for c in controls)
    return filled(
        uuid=identity("requirement", name, clause),
        control_id=token(clause),
        description=said or safe(about) or token(clause),
        props=[*props([("clause", clause), ("clause-title", about)]), *rules],
    )
