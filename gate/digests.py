"""sha256 over everything that a verdict is bound to."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from .errors import GateError

NOTHING = "absent"
CACHE = "__pycache__"
PYTESTS = "-pytest-"  # in the name of what pytest caches beside Python


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
    compared. Raises GateError for what a digest cannot speak for: a link to another folder, a cache
    that Python runs without a look at its source.
    """
    digest = hashlib.sha256()
    for name in sorted(_files(folder), key=_parts):
        with open(f"{folder}/{name}", "rb", 0) as file:  # noqa: PTH123 (a Path takes longer)
            content = file.read()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return "sha256:" + digest.hexdigest()


def _parts(name: str) -> list[str]:
    return name.split("/")


def _files(folder: Path, inside: str = "") -> Iterable[str]:
    """The names of the files, relative to the folder; none where it is missing."""
    try:
        with os.scandir(f"{folder}/{inside}") as found:
            entries = list(found)
    except FileNotFoundError:
        return
    except OSError as e:
        text = f"{folder.name}/{inside} cannot be read ({e.strerror}); mend its permissions"
        raise GateError(text) from None
    for entry in entries:
        name = entry.name
        if entry.is_dir():
            if entry.is_symlink():
                raise GateError(
                    f"{folder.name}/{inside}{name} is a link to a "
                    "folder, whose files no digest covers; put the files themselves there"
                )
            if name == CACHE:
                _checked(folder, Path(entry.path))
            elif not name.startswith("."):
                yield from _files(folder, f"{inside}{name}/")
        elif not name.startswith("."):
            if not entry.is_file():
                raise GateError(
                    f"{folder.name}/{inside}{name} is no file that can be read; delete it"
                )
            yield inside + name


def _checked(folder: Path, cache: Path) -> None:
    """Python takes the code of a cached file that is marked so, whatever its source says.

    One with the time of its source is not taken once that changed, and a checkout changes it.
    Pytest's own are none of Python's, and the gate lets pytest find none (`forget_pytests`).
    """
    for file in cache.glob("*.pyc"):
        if PYTESTS in file.name:
            continue
        with file.open("rb") as content:
            head = content.read(8)
        if len(head) == 8 and head[4:] != bytes(4):
            raise GateError(
                f"{folder.name}/{file.relative_to(folder)} is a cache that does not depend on the "
                "time of its source: it may be other code; delete it"
            )


def forget_pytests(folder: Path) -> None:
    """Delete what pytest has cached of the files below the folder: it would take that code for
    theirs, and no digest covers it. Raises GateError.
    """
    for file in folder.rglob(f"{CACHE}/*{PYTESTS}*.pyc"):
        try:
            file.unlink(missing_ok=True)
        except OSError as e:
            text = f"{file.name} cannot be deleted ({e.strerror}); mend its permissions"
            raise GateError(text) from None


def _all(*folders: Path) -> str:
    text = "".join(f"{folder.name} {of_folder(folder)}\n" for folder in folders)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


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
        "gate": _all(root / "gate", root / "evidence"),
        "plan": of_file(plan),
    }
