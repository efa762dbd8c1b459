"""One wrong setting at a time, over a view of the stack."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core import UNKNOWN, Resource, Value

from .properties import ATTACKS, SHARED, Attack
from .secret import marked
from .views import View, changed


@dataclass(frozen=True)
class Mutant:
    """A view with one wrong setting. `name` is stable and unique: it is what the reviewed list
    of harmless ones holds. `owner` is the control that must block it, "" for any that governs
    the type; `touched` are the urns whose own inputs changed.
    """

    name: str
    view: View
    touched: tuple[str, ...]
    owner: str = ""


def generated(view: View) -> Iterator[Mutant]:
    """Every attacked property of every resource: removed, null, unknown, of another kind, and
    each wrong value of the table.
    """
    for resource in view.inputs.values():
        if not resource.is_custom or resource.type.startswith("pulumi:"):
            continue
        for attack in (*ATTACKS.get(resource.type, ()), *shared(resource)):
            yield from of_property(view, resource, attack)


def shared(resource: Resource) -> Iterator[Attack]:
    """What is attacked on every type that has the property."""
    for attack in SHARED:
        if resource.props.declared(attack.property) and resource.type not in attack.not_on:
            yield attack


def of_property(view: View, resource: Resource, attack: Attack) -> Iterator[Mutant]:
    logical = resource.urn.rpartition("::")[2]
    if attack.only and not any(part in logical for part in attack.only):
        return
    key = attack.property
    label = f"{view.name} {resource.type.rpartition(':')[2]} {logical} {key}"

    def mutant(what: str, value: Value, needs: tuple[str, ...] = ()) -> Mutant:
        inputs = changed(resource, key, value)
        outputs = changed(view.outputs(resource.urn), key, value, needs)
        if key == "tags":  # the provider computes the other from it
            every: Value = {} if value is None else value
            inputs, outputs = changed(inputs, "tagsAll", every), changed(outputs, "tagsAll", every)
        return Mutant(
            f"{label}: {what}", view.with_resource(inputs, outputs), (resource.urn,), attack.owner
        )

    if attack.needed:
        yield mutant("removed", None)
    if attack.decidable:
        yield mutant("unknown", UNKNOWN)
    if attack.kind:
        yield mutant("of another kind", attack.kind_value())
    for value in attack.values:
        if value != resource.props.raw(key):
            yield mutant(shown(value), value)
            yield mutant(f"{shown(value)}, as a secret", marked(value))
    if attack.target:
        yield from pointed(view, resource, attack, label)


def pointed(view: View, resource: Resource, attack: Attack, label: str) -> Iterator[Mutant]:
    """The property points to each other resource of the type it refers to."""
    key = attack.property
    outputs = view.outputs(resource.urn)
    for other in view.stack:
        if other.type != attack.target or other.urn in outputs.property_dependencies.get(key, ()):
            continue
        name = other.urn.rpartition("::")[2]
        if attack.targets and not any(part in name for part in attack.targets):
            continue
        real = other.props.raw(attack.identity)
        value: Value = real if isinstance(real, str) else UNKNOWN
        if outputs.props.raw(key) == value and value is not UNKNOWN:
            continue
        if attack.as_list:
            value = [value]
        yield Mutant(
            f"{label}: of {name}",
            view.with_resource(
                changed(resource, key, value), changed(outputs, key, value, (other.urn,))
            ),
            (resource.urn,),
            attack.owner,
        )


def shown(value: Value) -> str:
    """A stable short name of a value."""
    if isinstance(value, str):
        if _is_number(value):
            return f'"{value}"'
        return value if len(value) <= 60 else f"{value[:24]}…{zlib.crc32(value.encode()):08x}"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k}={shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(shown(v) for v in value) + "]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "unknown" if value is UNKNOWN else str(value)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
