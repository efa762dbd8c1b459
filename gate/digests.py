"""sha256 over everything that a verdict is bound to."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from .errors import GateError

NOTHING = "absent"


def of_file(path: Path) -> str:
    """The digest of a file; "absent" when there is none."""
    try:
        with path.open("rb") as file:
            return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return NOTHING
    except OSError as e:
        raise GateError(
            f"{path.name} cannot be read ({e.strerror}); mend its permissions"
        ) from None


def of_folder(folder: Path) -> str:
    """The digest of a folder's files.

    For each, sorted by path: its path, a zero byte, its length as text, a zero byte, its content.
    Caches and hidden files are left out. The pack computes its own in the same way, and the two are
    compared.
    """
    digest = hashlib.sha256()
    for path in sorted(_files(folder)):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return "sha256:" + digest.hexdigest()


def _files(folder: Path) -> Iterable[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if not f.startswith(".") and f != "__pycache__"]
        for name in names:
            if not name.startswith(".") and not name.endswith((".pyc", ".pyo")):
                yield Path(place) / name


def of_inputs(root: Path, stack: str, plan: Path) -> dict[str, str]:
    """Everything in the checkout that decides what `up` would do."""
    config = hashlib.sha256()
    for name in ("Pulumi.yaml", f"Pulumi.{stack}.yaml"):
        config.update(f"{name}\0{of_file(root / name)}\0".encode())
    return {
        "program": of_folder(root / "infra"),
        "lock_file": of_file(root / "requirements.txt"),
        "config": "sha256:" + config.hexdigest(),
        "pack": of_folder(root / "policies"),
        "waivers": of_file(root / "policies" / "waivers.yaml"),
        "register": of_file(root / "compliance_tests" / "register" / "requirements.toml"),
        "populations": of_file(Path(__file__).with_name("populations.json")),
        "expected": of_file(Path(__file__).with_name("expected.json")),
        "plan": of_file(plan),
    }
