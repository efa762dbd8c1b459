"""What the shipped stack must contain, by requirement.

A resource that is gone cannot fail a control, so its absence alone has to shut the gate.
expected.json holds, for each requirement, the resources that must be in the plan: type, how many,
and where given a pattern for an input of theirs ({suffix} stands for the stack's suffix).
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from .errors import GateError
from .events import Planned

TABLE = Path(__file__).with_name("expected.json")
MAGIC = frozenset("*?[")  # without one of them a pattern is a text


@dataclass(frozen=True)
class Need:
    """Resources that a requirement names."""

    requirement: str
    type: str
    count: int
    what: str
    where: Mapping[str, str] = field(default_factory=dict)

    def matches(self, resource: Planned, suffix: str) -> bool:
        """True when the resource is one of those needed."""
        if resource.type != self.type or not resource.shown:
            return False
        return all(_fits(resource.inputs, k, p, suffix) for k, p in self.where.items())


@dataclass(frozen=True)
class Expected:
    """The whole table."""

    needs: tuple[Need, ...]
    outputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # requirement: outputs
    no_subject: Mapping[str, str] = field(default_factory=dict)  # control: why none is needed

    def types(self) -> frozenset[str]:
        """The types of which the shipped stack has at least one."""
        return frozenset(n.type for n in self.needs)


def _fits(inputs: Mapping[str, Any], path: str, pattern: str, suffix: str) -> bool:
    value: Any = inputs
    for step in path.split("."):
        if not isinstance(value, Mapping) or step not in value:
            return False
        value = value[step]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    shown = str(value).lower() if isinstance(value, bool) else str(value)
    if not MAGIC & set(pattern):
        return shown == pattern.replace("{suffix}", suffix)
    # An escaped suffix: one with brackets must not become a pattern of its own.
    wanted = pattern.replace("{suffix}", glob_escape(suffix))
    return fnmatch.fnmatchcase(shown, wanted)


def glob_escape(text: str) -> str:
    """The text as a pattern that matches only itself."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in text)


@cache
def table(path: Path = TABLE) -> Expected:
    """The table; raises GateError."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        needs = tuple(
            Need(requirement, n["type"], n["count"], n["what"], n.get("where", {}))
            for requirement, entry in document["requirements"].items()
            for n in entry.get("resources", ())
        )
        outputs = {
            requirement: tuple(entry["outputs"])
            for requirement, entry in document["requirements"].items()
            if "outputs" in entry
        }
        return Expected(needs, outputs, document.get("no_subject", {}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
        raise GateError(f"gate/{path.name} cannot be read: {e}; restore it from git") from None


def shortages(
    expected: Expected, resources: Iterable[Planned], outputs: Collection[str], suffix: str
) -> Iterator[tuple[str, str]]:
    """(requirement, line) for each need that the plan does not meet."""
    planned = tuple(resources)
    for need in expected.needs:
        found = sum(need.matches(r, suffix) for r in planned)
        if found < need.count:
            what = need.what.replace("{suffix}", suffix)
            yield (
                need.requirement,
                f"{need.requirement} needs {need.count} x {need.type} ({what}), "
                f"the plan has {found}",
            )
    for requirement, names in expected.outputs.items():
        for name in names:
            if name not in outputs:
                yield requirement, f"{requirement} needs the output {name}, the plan has none"
