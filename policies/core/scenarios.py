"""The controls' scenarios, run: ``python -m core.scenarios [control-id ...]`` inside the pack.

Prints each scenario with its expected and actual verdict; exit code 1 when one differs.
"""

# ruff: noqa: T201 (a command)

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from .control import Control, Item, Scenario, Settings, Verdict
from .evaluate import Decision, decide, decide_stack, is_subject, worst
from .resources import Options, Provider, Resource, Stack
from .values import UNKNOWN, Props, show

PROJECT = "scenario"


@dataclass(frozen=True)
class Outcome:
    """What a scenario came to."""

    control: Control
    scenario: Scenario
    decisions: tuple[Decision, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst over the subjects."""
        return worst(d.verdict for d in self.decisions)

    @property
    def messages(self) -> tuple[str, ...]:
        """What the engine would print."""
        return tuple(m for d in self.decisions for m in d.messages)

    @property
    def as_expected(self) -> bool:
        """The verdict is the scenario's, and one message holds what the scenario says."""
        if self.verdict is not self.scenario.verdict:
            return False
        return not self.scenario.says or any(self.scenario.says in m for m in self.messages)


def run(control: Control, scenario: Scenario) -> Outcome:
    """Decide the scenario's subjects in this process, without engine or servicer."""
    resources = build(scenario.items, scenario.settings)
    if control.check is not None:
        asked = [replace(r, props=r.inputs or r.props) for r in resources]
        found = [decide(control, r, scenario.settings) for r in asked if is_subject(control, r)]
    else:
        found = decide_stack(control, Stack(resources), scenario.settings)
    return Outcome(control, scenario, tuple(found))


def build(items: Iterable[Item], settings: Settings | None = None) -> list[Resource]:
    """The resources that the items stand for, with urns, providers and the graph."""
    items = tuple(items)
    stack = settings.stack if settings and settings.stack else "test"
    project = settings.project if settings and settings.project else PROJECT
    by_name: dict[str, list[str]] = {}
    types: dict[str, str] = {}
    urns: list[str] = []
    for item in items:
        chain = f"{types[item.parent]}$" if item.parent in types else ""
        types.setdefault(item.name, chain + item.type)
        urn = f"urn:pulumi:{stack}::{project}::{chain}{item.type}::{item.name}"
        urns.append(urn)
        by_name.setdefault(item.name, []).append(urn)
    root = f"urn:pulumi:{stack}::{project}::pulumi:pulumi:Stack::{project}-{stack}"
    return [_resource(item, urn, by_name, root) for item, urn in zip(items, urns, strict=True)]


def _resource(item: Item, urn: str, by_name: dict[str, list[str]], root: str) -> Resource:
    graph = {
        key: tuple(u for name in names for u in by_name.get(name, ()))
        for key, names in item.needs.items()
    }
    package = item.type.split(":", 1)[0]
    provider = None
    if item.custom and not item.type.startswith("pulumi:providers:"):
        told = repr(sorted((item.provider_props or {}).items()))
        name = "default" if not item.provider_props else f"p{crc32(told.encode()):08x}"
        provider = Provider(
            urn=f"{root.rsplit('::', 2)[0]}::pulumi:providers:{package}::{name}",
            type=f"pulumi:providers:{package}",
            name=name,
            props=Props(item.provider_props or {}),
        )
    parent = by_name.get(item.parent, [root])[0]
    return Resource(
        urn=urn,
        type=item.type,
        name=item.name,
        props=Props({**dict.fromkeys(item.computed, UNKNOWN), **item.props, **item.outputs}),
        inputs=Props(item.props),
        options=Options(parent=parent, ignore_changes=tuple(item.ignore_changes)),
        provider=provider,
        dependencies=tuple(dict.fromkeys(u for us in graph.values() for u in us)),
        property_dependencies=graph,
    )


def load(ids: Sequence[str] = ()) -> list[Control]:
    """The controls of these ids, by file; all that the pack lists when none is given."""
    if not ids:
        return list(importlib.import_module("controls").CONTROLS)
    found = []
    for name in ids:
        module = importlib.import_module("controls." + name.replace("-", "_"))
        found.append(module.CONTROL)
    return found


def main(arguments: Sequence[str]) -> int:
    """Run and print them; 1 when one is not as expected."""
    total = wrong = 0
    for control in load(arguments):
        print(f"{control.id} ({control.kind})")
        for scenario in control.scenarios:
            outcome = run(control, scenario)
            total += 1
            wrong += not outcome.as_expected
            mark = "ok   " if outcome.as_expected else "WRONG"
            wanted = "" if outcome.as_expected else f" (expected {scenario.verdict}"
            if wanted:
                wanted += f", saying {show(scenario.says)})" if scenario.says else ")"
            print(f"  {mark} {outcome.verdict:<14} {scenario.name}{wanted}")
            for message in outcome.messages:
                print(f"          {message}")
    print(f"{total - wrong} of {total} scenarios as expected")
    return 1 if wrong or not total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
