"""What the register covers, as Markdown: requirements by status, and each framework's clauses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .model import Clause, Framework, Register

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "coverage.md"
CATALOGUE = ROOT / "policies" / "catalog.json"
WRITE = "python -m compliance_tests.register --write"


def document(register: Register) -> str:
    """The whole document."""
    lines = [
        "# What is covered",
        "",
        f"Written by `{WRITE}` from the register and the pack's catalogue; a test compares.",
        "A stack supports a clause; whether an organisation meets it, an auditor decides.",
        "",
        "## Counts",
        "",
        *counts(register),
        "",
        "## Frameworks",
        "",
        *summary(register),
        "",
        "## Requirements",
        "",
        *_requirements(register),
    ]
    for framework in register.frameworks.values():
        lines += ["", *_framework(framework, register)]
    return "\n".join(lines) + "\n"


def summary(register: Register) -> list[str]:
    """One line for each framework."""
    rows = []
    for framework in register.frameworks.values():
        clauses = framework.clauses
        status = Counter(c.status for c in clauses)
        strength = Counter(c.strength for c in clauses if c.status == "supports")
        automated = sum(c.status == "supports" and bool(_automated(c, register)) for c in clauses)
        rows.append(
            (
                framework.title,
                framework.edition,
                str(len(clauses)),
                str(status["supports"]),
                " / ".join(str(strength[s]) for s in ("direct", "partial", "context")),
                str(automated),
                str(sum(status[s] for s in ("fails", "not covered", "not applicable"))),
            )
        )
    heads = ("framework", "edition", "clauses cited", "supported", "direct / partial / context")
    return table((*heads, "with an automated proof", "not supported"), rows)


def catalogue() -> list[dict[str, Any]]:
    """The controls as the pack publishes them."""
    found: list[dict[str, Any]] = json.loads(CATALOGUE.read_text("utf-8"))
    return found


def examples() -> str:
    """How many examples the controls have. Not in the document: it would be stale with each one."""
    found = Counter(s["verdict"] for c in catalogue() for s in c["scenarios"])
    kinds = ", ".join(f"{n} {v.replace('_', ' ')}" for v, n in sorted(found.items()))
    return f"{found.total()} examples of controls, each a test: {kinds}"


def counts(register: Register) -> list[str]:
    """Controls by profile and level, requirements, deviations, clauses."""
    controls = catalogue()
    levels = {p: Counter(c["levels"][p] for c in controls) for p in ("baseline", "production")}
    rows = [
        ("controls", str(len(controls))),
        *(
            (f"controls in {profile}", ", ".join(f"{n} {level}" for level, n in found.items()))
            for profile, found in levels.items()
        ),
        ("requirements", str(len(register.requirements))),
        ("deviations, each with a review date", str(len(register.deviations))),
        ("frameworks", str(len(register.frameworks))),
        ("clauses", str(sum(len(f.clauses) for f in register.frameworks.values()))),
    ]
    return table(("what", "count"), rows)


def _requirements(register: Register) -> list[str]:
    rows = (
        (
            r.id,
            r.title,
            r.status,
            ", ".join(r.nature),
            ", ".join(f"`{c}`" for c in r.controls) or "-",
            str(len(r.tests)),
        )
        for r in register.requirements.values()
    )
    return table(("id", "requirement", "status", "nature", "controls", "proofs beside them"), rows)


def _framework(framework: Framework, register: Register) -> list[str]:
    rows = (
        (
            clause.id,
            clause.title,
            clause.status,
            clause.strength if clause.status == "supports" else "-",
            ", ".join((*clause.requirements, *(f"`{c}`" for c in clause.controls))) or "-",
            " ".join(filter(None, (clause.why, clause.limits and f"Limits: {clause.limits}"))),
        )
        for clause in framework.clauses
    )
    heads = ("clause", "title", "status", "strength", "answered by", "why, and what is left")
    title = f"## {framework.title}, {framework.edition}"
    return [title, "", f"{framework.publisher}. {framework.scope}", "", *table(heads, rows)]


def _automated(clause: Clause, register: Register) -> set[str]:
    """The controls behind a clause, by its own list and by its automated requirements."""
    asked = (register.requirements.get(r) for r in clause.requirements)
    return {
        *clause.controls,
        *(c for r in asked if r and r.status == "automated" for c in r.controls),
    }


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table; a bar inside a cell becomes a slash."""
    lines = [f"| {' | '.join(heads)} |", f"| {' | '.join('---' for _ in heads)} |"]
    safe = ([cell.replace("|", "/").replace("\n", " ") for cell in row] for row in rows)
    return [*lines, *(f"| {' | '.join(row)} |" for row in safe)]
