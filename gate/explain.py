"""`python -m gate explain ID`: what a control demands, why, and what to write."""

from __future__ import annotations

import difflib
import json
import textwrap

from evidence.formats.escape import line

from . import catalog, console
from .errors import GateError
from .paths import ROOT

EXAMPLES = {"passed": "compliant", "failed": "violating"}


def explain(control_id: str) -> int:
    """Print one control, or the list of them when no id is given; raises GateError."""
    known = catalog.load(ROOT)
    if not control_id:
        longest = max(len(c.id) for c in known.controls)
        for control in known.controls:
            console.show(f"{control.id.ljust(longest)}  {line(control.title)}\n")
        return 0
    found = known.control(control_id)
    if found is None:
        near = difflib.get_close_matches(control_id, [c.id for c in known.controls], 3, 0.4)
        near = near or [c.id for c in known.controls if control_id.lower() in c.id][:3]
        hint = f"did you mean {' or '.join(near)}?" if near else "list them: python -m gate explain"
        raise GateError(f"there is no control {control_id!r}; {hint}")
    console.show(text(found, known.by_control.get(found.id, ()), console.columns()))
    return 0


def text(control: catalog.Control, requirements: tuple[str, ...], columns: int) -> str:
    """The control as text, no wider than `columns`."""
    levels = ", ".join(f"{level} in {profile}" for profile, level in control.levels.items())
    facts = {
        "demands": control.statement,
        "because": control.rationale,
        "write": control.remediation,
        "looks at": ", ".join(control.subjects),
        "level": levels,
        "severity": control.severity,
        "owner": control.owner,
        "asked by": ", ".join(requirements) or "no requirement of the register",
        "waivable": "yes, with a dated waiver" if control.waivable else "no",
    }
    lines = [f"{control.id}: {line(control.title)}", ""]
    for name, value in facts.items():
        lines += textwrap.wrap(
            line(value),
            max(columns, 30),
            initial_indent=f"{name:<10}",
            subsequent_indent=" " * 10,
            break_on_hyphens=False,
        )
    for verdict, title in EXAMPLES.items():
        lines += _example(control, verdict, title, max(columns, 30))
    if control.scenarios:
        lines += ["", "examples, each run by the tests:"]
        lines += [f"  {s['verdict']:<15}{line(str(s['name']))}" for s in control.scenarios]
    return "\n".join(lines) + "\n"


def _example(control: catalog.Control, verdict: str, title: str, columns: int) -> list[str]:
    """The resources of the first scenario with that verdict, property by property."""
    found = next((s for s in control.scenarios if s["verdict"] == verdict and s.get("items")), None)
    if found is None:
        return []
    lines = ["", line(f"{title}: {found['name']}")]
    for item in found["items"]:
        lines.append("  " + line(f"{item['type']}  {item['name']}"))
        for key, value in item["props"].items():
            shown = line(f"{key} = {json.dumps(value, ensure_ascii=False)}")
            lines += textwrap.wrap(
                shown, columns, initial_indent=" " * 6, subsequent_indent=" " * 8
            )
        if not item["props"]:
            lines.append("      (no property written)")
    return lines
