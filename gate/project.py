"""Pulumi.yaml: what it may say without leading the engine past what is judged and bound.

The program that is bound is infra/, the stack's config the file beside Pulumi.yaml, and the
provider that of the lock file. `main`, `stackConfigDir`, `plugins` and `packages` can each lead
elsewhere, and what lies there has no digest.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .errors import GateError
from .paths import PROJECT

NAME = "Pulumi.yaml"
PROGRAM = "infra"
SHORT = 20_000  # characters; in more, what is nested deeply enough makes libyaml fall over
KNOWN = frozenset(
    {
        "name",
        "description",
        "author",
        "website",
        "license",
        "runtime",
        "main",
        "requiredPulumiVersion",
        "config",
        "backend",
        "template",
    }
)


def check(root: Path) -> None:
    """Raises GateError where the file leads past the gate, or cannot be read."""
    import yaml

    try:
        text = (root / NAME).read_text(encoding="utf-8")
        fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader) if len(text) < SHORT else None
        found: Any = yaml.load(text, Loader=fast or yaml.SafeLoader)  # noqa: S506 (both are safe)
    except FileNotFoundError:
        raise GateError(f"{NAME} is missing; restore it from git") from None
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        raise GateError(f"{NAME} cannot be read as YAML; restore it from git") from None
    if not isinstance(found, Mapping):
        raise GateError(f"{NAME} is no project; restore it from git")
    if more := sorted(str(key) for key in found if key not in KNOWN):
        text = f"{NAME} has {more[0][:40]!r}, which leads past what is judged"
        raise GateError(f"{text}; take it out (gate/project.py says what may be there)")
    for key, wanted in (("name", PROJECT), ("main", PROGRAM)):
        if found.get(key) != wanted:
            text = f"{NAME} has {key}: {str(found.get(key))[:40]}, but what is judged is {wanted}"
            raise GateError(f"{text}; restore it from git")
    other = [f"{NAME[:-4]}yml", "Pulumi.json"]
    if more := [name for name in other if (root / name).exists()]:
        raise GateError(f"{more[0]} stands beside {NAME}, which is the one that is judged")
