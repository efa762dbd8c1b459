"""The controls of the catalogue as SARIF rules, each with its help."""

from __future__ import annotations

import re
from typing import Any

from evidence.model import ControlResult, Evidence

from .escape import code, fit, line
from .escape import markdown as safe

GATE = "gate"
#: What GitHub sorts security alerts by: over 9 critical, over 7 high, over 4 medium.
SEVERITY = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
LONGEST = 1_000  # columns of a text
MOST_TAGS = 10  # GitHub shows no more
Json = dict[str, Any]


def rules(evidence: Evidence) -> list[Json]:
    """One rule for each control in the order of the catalogue, and one for the run itself."""
    about = {str(c.get("id")): c for c in evidence.reference.get("controls", ())}
    found = [_rule(c, about.get(c.id, {})) for c in evidence.controls]
    text = "The gate opens only when the run itself is whole: every control evaluated, none failed."
    return [*found, _descriptor(GATE, "The run is whole", text, text, text, "high", ("gate",))]


def _rule(control: ControlResult, about: Any) -> Json:
    rationale = str(about.get("rationale", ""))
    remedy = control.remediation
    asked_by = ", ".join(control.requirements) or "no requirement"
    text = [control.statement, rationale, f"Write: {remedy}" if remedy else ""]
    markdown = [
        f"**{safe(control.statement)}**",
        safe(rationale),
        f"Write instead: {code(remedy)}" if remedy else "",
        f"Asked for by {safe(asked_by)}. Owner: {safe(control.owner or 'none')}.",
    ]
    return _descriptor(
        control.id,
        control.title,
        control.statement,
        "\n\n".join(plain(t) for t in [*text, f"Asked for by: {asked_by}."] if t),
        "\n\n".join(t for t in markdown if t),
        control.severity,
        control.requirements,
    )


def _descriptor(
    id_: str,
    title: str,
    statement: str,
    text: str,
    markdown: str,
    severity: str,
    tags: tuple[str, ...],
) -> Json:
    shown = [line(t) for t in dict.fromkeys(("security", "compliance", *tags))]
    name = "".join(part.capitalize() for part in id_.split("-"))
    return {
        "id": id_,
        # SARIF wants no name that is the id again
        **({"name": name} if name.lower() != id_ else {}),
        "shortDescription": {"text": _sentence(title)},
        "fullDescription": {"text": _sentence(statement)},
        "help": {"text": text, "markdown": markdown},
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "security-severity": SEVERITY.get(severity, SEVERITY["medium"]),
            "precision": "very-high",
            "tags": shown[:MOST_TAGS],
        },
    }


def _sentence(title: str) -> str:
    shown = plain(title)
    return shown if shown.endswith(".") else f"{shown}."


def plain(text: str) -> str:
    """One line of SARIF's plain text, in which `[a](b)` would be a link and `{0}` an argument.

    It is no Markdown, but some viewers take it for that: what would be a tag is pulled apart too.
    """
    shown = fit(line(text), LONGEST) or "none"
    shown = shown.replace("](", "] (").replace("{", "(").replace("}", ")")
    return re.sub(r"<(?=[A-Za-z/!?])", "< ", shown)
