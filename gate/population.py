"""Who has to be evaluated by each control: the gate's own list, apart from the pack's.

populations.json is written by hand. It says for each control its kind, the types of its subjects,
and which of those types the control may leave out with a reason (a replica, an egress rule).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path

from .errors import GateError
from .events import Planned

TABLE = Path(__file__).with_name("populations.json")
EVERY = "*"


@dataclass(frozen=True)
class Rule:
    """One line of the table."""

    kind: str
    types: tuple[str, ...]
    exempts: tuple[
        str, ...
    ] = ()  # types that the control may call not applicable, resource by resource

    never: tuple[str, ...] = ()  # types that it may not, whatever `exempts` says

    def counts(self, resource: Planned) -> bool:
        """True when the resource belongs to the population."""
        if EVERY in self.types:
            return governed(resource)
        return resource.type in self.types and resource.shown

    def may_exempt(self, resource_type: str) -> bool:
        """True when "not applicable" is an answer that is accepted for this type."""
        allowed = EVERY in self.exempts or resource_type in self.exempts
        return allowed and resource_type not in self.never


def governed(resource: Planned) -> bool:
    """True for what a provider makes: no component, provider, Stack, nothing that is only read."""
    return resource.shown and resource.custom and not resource.type.startswith("pulumi:")


@cache
def table(path: Path = TABLE) -> Mapping[str, Rule]:
    """The table; raises GateError."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {
            control: Rule(
                e["kind"],
                tuple(e["types"]),
                tuple(e.get("exempts", ())),
                tuple(e.get("never", ())),
            )
            for control, e in entries.items()
            if not control.startswith("_")
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
        raise GateError(f"gate/{path.name} cannot be read: {e}; restore it from git") from None


class Census:
    """The population of every control among the resources that the engine's steps name, in their
    order, with one look at each.
    """

    def __init__(self, resources: Iterable[Planned]):
        self._governed: list[Planned] = []
        self._by_type: dict[str, list[tuple[int, Planned]]] = {}
        for place, resource in enumerate(resources):
            if governed(resource):
                self._governed.append(resource)
            if resource.shown:
                self._by_type.setdefault(resource.type, []).append((place, resource))

    def of(self, rule: Rule) -> list[Planned]:
        """The population of the control that has this rule."""
        if EVERY in rule.types:
            return list(self._governed)
        found = [pair for t in dict.fromkeys(rule.types) for pair in self._by_type.get(t, ())]
        if len(rule.types) > 1:
            found.sort(key=itemgetter(0))
        return [resource for _, resource in found]
