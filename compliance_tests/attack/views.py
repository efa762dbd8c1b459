"""The engine's view of the stack, as a policy pack is shown it: recorded, then decoded.

Two views matter: the first preview (identifiers unknown) and the preview of a deployed stack
(everything known, defaults filled in by the provider).
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from core import Props, Provider, Resource, Settings, Value, decode
from core.in_place import InPlace
from pulumi.runtime.proto import analyzer_pb2 as pb


@dataclass(frozen=True)
class View:
    """What the pack was shown: each resource with its inputs, and the stack with its outputs."""

    name: str
    inputs: Mapping[str, Resource]
    stack: tuple[Resource, ...]
    settings: Settings = field(default_factory=Settings)

    def outputs(self, urn: str) -> Resource:
        return next(r for r in self.stack if r.urn == urn)

    def named(self, type_: str, name: str = "") -> str:
        """The urn of the one resource of this type whose logical name holds `name`."""
        found = [r.urn for r in self.stack if r.type == type_ and name in r.urn.rpartition("::")[2]]
        if len(found) != 1:
            raise LookupError(f"{len(found)} resources of {type_} named *{name}, not one")
        return found[0]

    def with_resource(self, inputs: Resource, outputs: Resource | None = None) -> View:
        """The view with one more resource (or another in its place)."""
        outputs = replace(outputs or inputs, inputs=inputs.props)
        rest = tuple(r for r in self.stack if r.urn != inputs.urn)
        return replace(self, inputs={**self.inputs, inputs.urn: inputs}, stack=(*rest, outputs))

    def without(self, urns: Iterable[str]) -> View:
        gone = set(urns)
        return replace(
            self,
            inputs={u: r for u, r in self.inputs.items() if u not in gone},
            stack=tuple(r for r in self.stack if r.urn not in gone),
        )


def load(path: Path, name: str, settings: Settings) -> View:
    """Decode a recording; the last AnalyzeStack request and the last Analyze of each urn count."""
    inputs: dict[str, Resource] = {}
    stack: tuple[Resource, ...] = ()
    for line in path.read_text("ascii").splitlines():
        phase, _, body = line.partition(" ")
        message = base64.b64decode(body)
        if phase == "analyze":
            found = decode.resource(pb.AnalyzeRequest.FromString(message))
            inputs[found.urn] = found
        elif phase == "stack":
            request = pb.AnalyzeStackRequest.FromString(message)
            written = {urn: found.props for urn, found in inputs.items()}
            known: dict[str, Provider] = {}
            stack = tuple(_copied(InPlace(r, written, known)) for r in request.resources)
    if not stack:
        raise LookupError(f"{path.name} holds no view of a whole stack: the preview did not finish")
    return View(name, inputs, stack, settings)


def _copied(found: Resource) -> Resource:
    """A resource of its own, apart from the message it was read in."""
    return Resource(**{each.name: getattr(found, each.name) for each in fields(Resource)})


def values(props: Props) -> dict[str, Value]:
    """A copy of the properties that may be changed."""
    return {key: props.raw(key) for key in props.keys()}  # noqa: SIM118  (Props is no mapping)


def changed(resource: Resource, key: str, value: Value, needs: tuple[str, ...] = ()) -> Resource:
    """The resource with one property replaced; a literal value has no dependency."""
    found = values(resource.props)
    if value is None:
        found.pop(key, None)
    else:
        found[key] = value
    graph = {k: v for k, v in resource.property_dependencies.items() if k != key}
    if needs:
        graph[key] = needs
    return replace(resource, props=Props(found), property_dependencies=graph)
