"""A resource of a whole stack, read in the engine's message when a control asks.

Each control reads a few properties of a few resources: to convert them all would cost more than
to decide.
"""

# ruff: noqa: D102 (what a Resource is said to have)

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import Any, Final

from . import decode
from .resources import Options, Provider, Resource
from .values import Props

_UNREAD: Final = object()


class InPlace(Resource):
    """The resource of an AnalyzerResource."""

    __slots__ = ("_message", "_props", "_provider")
    __setattr__ = object.__setattr__  # not frozen, as its class is: what is read is kept

    def __init__(self, message: Any, inputs: Mapping[str, Props]):
        self.urn = intern(message.urn)  # type: ignore[misc]
        self.type = intern(message.type)  # type: ignore[misc]
        self.inputs = inputs.get(self.urn)  # type: ignore[misc]
        self._message = message
        self._props: Props | None = None
        self._provider: Any = _UNREAD

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
    def provider(self) -> Provider | None:
        if self._provider is _UNREAD:
            message = self._message
            found = decode.provider(message.provider) if message.HasField("provider") else None
            self._provider = found
        return self._provider  # type: ignore[no-any-return]

    @property
    def is_custom(self) -> bool:
        return self._message.HasField("provider")  # type: ignore[no-any-return]

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
