"""Exported states (`pulumi stack export`): which stack, which project, which resources.

`audit` judges one, `fleet` thousands; both read them here, and here alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evidence.model import Assurance

from . import events
from .errors import GateError
from .paths import PROJECT, SANDBOX

if TYPE_CHECKING:
    from pathlib import Path

REMEDY = "write it with: pulumi stack export --file FILE"


@dataclass(frozen=True)
class State:
    """An exported state: its stack and project, by its URNs, and its resources."""

    stack: str
    project: str
    resources: Mapping[str, events.Planned]

    @property
    def assurance(self) -> Assurance:
        """The sandbox's own stack is emulated, wherever its state lies."""
        ours = self.stack == SANDBOX and self.project == PROJECT
        return Assurance.EMULATED if ours else Assurance.LIVE


def read(file: Path) -> State:
    """Read an exported state; raises GateError."""
    try:
        return parse(file.read_bytes(), file.name)
    except FileNotFoundError:
        raise GateError(f"there is no file {file}; {REMEDY}") from None
    except OSError:
        raise GateError(f"{file.name} is no exported state; {REMEDY}") from None


def parse(content: bytes, name: str) -> State:
    """The state that an export's bytes hold; `name` is its file's, for the error. Raises
    GateError.
    """
    try:
        document = json.loads(content.decode("utf-8"))
        found = document["deployment"]["resources"]
        resources = {r["urn"]: _resource(r) for r in found if not r.get("delete")}
        head, project, *_ = next(iter(resources)).split("::", 2)  # urn:pulumi:STACK::PROJECT::...
        return State(head.split(":", 2)[2], project, resources)
    except StopIteration:
        raise GateError(f"{name} holds no resource: there is nothing to audit") from None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        raise GateError(f"{name} is no exported state; {REMEDY}") from None


def _resource(entry: Mapping[str, Any]) -> events.Planned:
    if not (isinstance(entry["urn"], str) and isinstance(entry["type"], str)):
        raise TypeError("a resource whose URN or type is no text")
    return events.Planned(
        entry["urn"],
        entry["type"],
        ("read",) if entry.get("external") else ("same",),
        bool(entry.get("custom")),
        entry.get("inputs") or {},
        str(entry.get("id", "")),
    )
