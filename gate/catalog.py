"""What the gate knows of the controls beforehand: the pack's catalogue, the profiles, the register.

Reports start here, never from the events: a control that nobody evaluated has a row all the same.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import strict
from .errors import GateError

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_PROFILE = "baseline"
LEVELS = ("mandatory", "advisory", "off")


@dataclass(frozen=True)
class Control:
    """A control as the pack publishes it in policies/catalog.json."""

    id: str
    title: str
    statement: str
    rationale: str
    severity: str
    owner: str
    kind: str  # resource or stack
    subjects: tuple[str, ...]
    properties: tuple[str, ...]
    remediation: str
    levels: Mapping[str, str]
    scenarios: tuple[Mapping[str, Any], ...] = ()
    waivable: bool = True

    def level(self, profile: str) -> str:
        """mandatory, advisory or off; a profile that the control does not know is mandatory."""
        return self.levels.get(profile, "mandatory")


@dataclass(frozen=True)
class Requirement:
    """A requirement of compliance_tests/register/requirements.toml."""

    id: str
    title: str
    controls: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    status: str = ""


@dataclass(frozen=True)
class Catalog:
    """All controls in the report's order, and the requirements that ask for them."""

    controls: tuple[Control, ...]
    requirements: tuple[Requirement, ...] = ()
    by_control: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def control(self, control_id: str) -> Control | None:
        """The control of this id."""
        return next((c for c in self.controls if c.id == control_id), None)


def load(root: Path) -> Catalog:
    """Read catalogue and register of the checkout at `root`; raises GateError."""
    controls = read_controls(root / "policies" / "catalog.json")
    requirements = read_requirements(root / "compliance_tests" / "register" / "requirements.toml")
    by_control: dict[str, list[str]] = {}
    for requirement in requirements:
        for control in requirement.controls:
            by_control.setdefault(control, []).append(requirement.id)
    return Catalog(controls, requirements, {k: tuple(v) for k, v in by_control.items()})


def read_controls(path: Path) -> tuple[Control, ...]:
    """The controls of catalog.json; an empty one is an error, it would let everything pass."""
    remedy = "write it with: cd policies && python -m core.catalog"
    entries = _json(path, remedy)
    if isinstance(entries, dict):
        entries = entries.get("controls")
    try:
        controls = tuple(_control(e) for e in entries)
    except (KeyError, TypeError, AttributeError) as e:
        raise GateError(f"{path.name} is not a catalogue of controls ({e}); {remedy}") from None
    if not controls:
        raise GateError(f"{path.name} holds no control; {remedy}")
    if len({c.id for c in controls}) != len(controls):
        raise GateError(f"{path.name} holds an id twice; {remedy}")
    return controls


def _control(entry: Mapping[str, Any]) -> Control:
    if entry["kind"] not in ("resource", "stack"):
        raise KeyError(f"kind of {entry['id']}")
    if not set(entry["levels"].values()) <= set(LEVELS):
        raise KeyError(f"levels of {entry['id']}")
    return Control(
        id=entry["id"],
        title=entry["title"],
        statement=entry["statement"],
        rationale=entry.get("rationale", ""),
        severity=entry["severity"],
        owner=entry["owner"],
        kind=entry["kind"],
        subjects=tuple(entry["subjects"]),
        properties=tuple(entry.get("properties", ())),
        remediation=entry["remediation"],
        levels=dict(entry["levels"]),
        scenarios=tuple(entry.get("scenarios", ())),
        waivable=bool(entry.get("waivable", True)),
    )


def read_requirements(path: Path) -> tuple[Requirement, ...]:
    """The requirements of the register."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise GateError(
            f"the register {path.name} cannot be read: {e}; restore it from git"
        ) from None
    entries = document.get("requirement", document.get("requirements", document))
    if isinstance(entries, dict):
        entries = [{"id": k, **v} for k, v in entries.items() if isinstance(v, dict)]
    return tuple(
        Requirement(
            id=e["id"],
            title=str(e.get("title", "")),
            controls=tuple(e.get("controls", ())),
            tests=tuple(e.get("tests", ())),
            status=str(e.get("status", "")),
        )
        for e in entries
    )


def profile_of(root: Path, stack: str) -> str:
    """The profile that policies/profiles.json binds the stack to."""
    return str(profiles(root).get(stack, DEFAULT_PROFILE))


def profiles(root: Path) -> Mapping[str, Any]:
    """The profile of each stack that has one of its own; raises GateError."""
    path = root / "policies" / "profiles.json"
    if not path.exists():
        return {}
    found = _json(path, "restore it from git")
    if not isinstance(found, dict):
        raise GateError(f"{path.name} must map stacks to profiles; restore it from git")
    return found


def pack_identity(root: Path) -> tuple[str, str]:
    """Name and version of the pack. The name stands in the pack's __main__ and is fixed here too,
    so that another pack in its place is noticed.
    """
    version = ""
    path = root / "policies" / "PulumiPolicy.yaml"
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("version:"):
                version = line.partition(":")[2].strip().strip("\"'")
    except OSError:
        raise GateError("policies/PulumiPolicy.yaml is missing; restore it from git") from None
    return "iot-data-platform-policies", version


def _json(path: Path, remedy: str) -> Any:
    try:
        return strict.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise GateError(f"{path.name} cannot be read: {e}; {remedy}") from None
