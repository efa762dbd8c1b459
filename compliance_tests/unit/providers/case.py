"""One row of the lifecycle table: what a resource type is put through, and how to look at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance_tests.unit.providers.world import World

View = Callable[[World, str, Mapping[str, Any]], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Case:
    """A resource type from creation to deletion. Callables get the world, the id and the state."""

    token: str
    inputs: Callable[[World], dict[str, Any]]
    view: View
    """What boto3 says, by names of inputs; None when there is nothing. It uses no handler."""
    update: Callable[[World], dict[str, Any]] | None = None
    """Inputs that change in place; None: nothing can."""
    replace: Callable[[World], dict[str, Any]] | None = None
    """Inputs that need a replacement."""
    drift: Callable[[World, str, Mapping[str, Any]], None] | None = None
    """A change behind the provider's back."""
    drifts: str = ""
    """The property in which the drift shows."""
    gone: Callable[[World, str, Mapping[str, Any]], None] | None = None
    """Delete it behind the provider's back; None: deleting it is the provider's delete."""
    import_id: Callable[[str, Mapping[str, Any]], str] = lambda id_, state: id_
    imports_as: Callable[[str, Mapping[str, Any]], str] = lambda id_, state: id_
    """The id that an import ends with."""
    not_imported: frozenset[str] | set[str] = frozenset()
    """Inputs that the cloud cannot tell."""
    removable: bool = True
    """False: deleting leaves the thing in the cloud on purpose."""
    leaves_another: bool = False
    """True: after deleting there is another in its place, which a refresh finds."""
    operations: tuple[str, ...] = field(default=("create", "read", "update", "delete"))
    """The operations whose loss the lifecycle must notice."""

    @property
    def name(self) -> str:
        """The type as the SDK has it: `rds.Cluster`."""
        _, module, name = self.token.split(":")
        return f"{module.split('/')[0]}.{name}"
