"""A resource of a whole stack, read in the engine's message when a control asks.

Each control reads a few properties of a few resources: to convert them all would cost more than
to decide.
"""

# ruff: noqa: D102 (what a Resource is said to have)

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import Any

from . import decode
from .resources import Options, Provider, Resource
from .values import Props


class InPlace(Resource):
    """The resource of an AnalyzerResource. `inputs` are those of all resources, by urn. So are
    `providers`, which the resources of one request share: the engine looks a provider up by its
    urn, and writes its properties in another order each time.
    """

    __slots__ = ("_message", "_props")
    # not frozen, as its class is: what is read is kept; with both, setting is as fast as elsewhere
    __setattr__ = object.__setattr__
    __delattr__ = object.__delattr__

    def __init__(
        self, message: Any, inputs: Mapping[str, Props], providers: dict[str, Provider]
    ) -> None:
        self.urn = urn = message.urn  # type: ignore[misc]
        self.type = intern(message.type)  # type: ignore[misc]
        self.inputs = inputs.get(urn)  # type: ignore[misc]
        self._message = message
        self._props: Props | None = None
        provider: Provider | None = None
        if made_by := message.provider.urn:
            provider = providers.get(made_by)
            if provider is None:
                provider = providers[made_by] = decode.provider(message.provider)
        elif message.HasField("provider"):  # one that does not say which it is
            provider = decode.provider(message.provider)
        self.provider = provider  # type: ignore[misc]

    @property
    def name(self) -> str:
        found: str = self._message.name
        return found

    @property
    def props(self) -> Props:
        if self._props is None:
            self._props = Props(decode.View(self._message.properties))
        return self._props

    @property
    def options(self) -> Options:
        return decode.options(self._message.options)

    @property
    def dependencies(self) -> tuple[str, ...]:
        return tuple(self._message.dependencies)

    def needs(self, key: str) -> tuple[str, ...]:
        found = self._message.propertyDependencies.get(key)
        return () if found is None else tuple(found.urns)

    @property
    def property_dependencies(self) -> Mapping[str, tuple[str, ...]]:
        urns = self._message.propertyDependencies
        return {key: tuple(urns[key].urns) for key in urns}
