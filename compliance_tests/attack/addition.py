"""One more resource in a view, as an attacker or a user would add it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from core import UNKNOWN, Props, Provider, Resource, Value

from .mutants import Mutant
from .views import View


@dataclass(frozen=True)
class Added:
    """A resource that is added: `needs` maps a property to the resource (type, name) whose
    identity it holds; in the first view that identity is unknown.
    """

    what: str
    type: str
    props: Mapping[str, Value]
    needs: Mapping[str, tuple[str, str]]
    owner: str = ""
    provider: str = "pulumi:providers:aws"


def tags(suffix: str) -> dict[str, Value]:
    return {"Environment": suffix, "Project": "p", "ManagedBy": "pulumi", "Name": f"extra-{suffix}"}


def identity(key: str) -> str:
    """The output that a property of this name takes of the resource it needs."""
    if key == "masterPassword":
        return "result"
    return "arn" if key.lower().endswith("arn") else "id"


def mutants(view: View, additions: tuple[Added, ...]) -> Iterator[Mutant]:
    """The view with each of them added."""
    suffix = view.settings.suffix or ""
    sample = next(r for r in view.stack if r.is_custom and r.provider)
    prefix = sample.urn.rpartition("::")[0].rpartition("::")[0]
    for added in additions:
        props: dict[str, Value] = {
            key: value.replace("{suffix}", suffix) if isinstance(value, str) else value
            for key, value in added.props.items()
        }
        regional = added.type.startswith("aws:") and not added.type.startswith("aws:iam/")
        if regional:  # Check writes the provider's region into the inputs
            props.setdefault("region", "sa-east-1")
        graph: dict[str, tuple[str, ...]] = {}
        for key, (type_, name) in added.needs.items():
            urn = view.named(type_, name)
            graph[key] = (urn,)
            real = view.outputs(urn).props.raw(identity(key))
            one: Value = real if isinstance(real, str) else UNKNOWN
            props[key] = [one] if key.endswith("s") else one
        if "tags" in props:
            props["tags"] = tags(suffix)
        urn = f"{prefix}::{added.type}::attacker"
        provider = Provider(
            f"{prefix}::{added.provider}::default",
            added.provider,
            "default",
            Props({"region": "sa-east-1"}),
        )
        inputs = Resource(urn, added.type, "attacker", Props(props), provider=provider)
        outputs = replace(inputs, property_dependencies=graph)
        name = f"{view.name} added {added.what}"
        yield Mutant(name, view.with_resource(inputs, outputs), (urn,), added.owner)
