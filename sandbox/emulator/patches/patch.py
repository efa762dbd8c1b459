"""One change to one attribute of one of moto's classes, with the gap it closes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_ABSENT = object()


class Patch:
    """Puts `make(original)` in the place of `owner.name` (original is None where moto has none)."""

    def __init__(self, owner: type, name: str, gap: str, make: Callable[[Any], Any]) -> None:
        self.owner, self.name, self.gap, self._make = owner, name, gap, make
        self._original: Any = _ABSENT
        self.installed = False

    def install(self) -> None:
        """Put the change in place; a second time does nothing."""
        if not self.installed:
            self._original = vars(self.owner).get(self.name, _ABSENT)
            inherited = getattr(self.owner, self.name, None)
            setattr(self.owner, self.name, self._make(inherited))
            self.installed = True

    def remove(self) -> None:
        """Give moto its own back: tests show with it that the patch is needed."""
        if self.installed:
            if self._original is _ABSENT:
                delattr(self.owner, self.name)
            else:
                setattr(self.owner, self.name, self._original)
            self.installed = False

    def __repr__(self) -> str:
        return f"{self.owner.__name__}.{self.name}: {self.gap}"


def around(owner: type, name: str, gap: str) -> Callable[[Callable[..., Any]], Patch]:
    """Decorate `f(original, self, ...)`, which is called in the place of `owner.name`."""

    def decorate(function: Callable[..., Any]) -> Patch:
        def make(original: Any) -> Any:
            def patched(self: Any, *args: Any, **kwargs: Any) -> Any:
                return function(original, self, *args, **kwargs)

            return patched

        return Patch(owner, name, gap, make)

    return decorate


def adds(owner: type, name: str, gap: str) -> Callable[[Callable[..., Any]], Patch]:
    """Decorate `f(self, ...)`: a method that moto lacks, or that ours stands in for."""
    return lambda function: Patch(owner, name, gap, lambda _original: function)


def gives(owner: type, name: str, gap: str) -> Callable[[Callable[[Any], Any]], Patch]:
    """Decorate `f(self)`: a read-only property that moto lacks or has wrong."""
    return lambda function: Patch(owner, name, gap, lambda _original: property(function))
