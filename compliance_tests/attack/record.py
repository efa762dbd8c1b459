"""Records the two views with the real engine, in a copy of the product with its own sandbox."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from core import Settings

from compliance_tests.engine.checkout import Checkout, checkout

from .views import View, load

RECORDER = Path(__file__).with_name("recorder")
SETTINGS = Settings(stack="sandbox", project="iot-data-platform", suffix="sandbox")
QUIET = ("--non-interactive", "--skip-preview", "--yes", "--suppress-outputs")


def record(folder: Path, say: Callable[[str], None]) -> list[View]:
    """Both views: "first", of a stack that does not exist yet, and "known", of the deployed one.

    Raises RuntimeError with the engine's last lines when it fails.
    """
    with tempfile.TemporaryDirectory() as scratch, checkout(Path(scratch) / "copy") as copy:
        say("recording the first preview")
        preview(copy, folder / "first")
        say("deploying the copy")
        engine(copy, "up", *QUIET)
        say("recording the preview of what is deployed")
        preview(copy, folder / "known")
    return read(folder)


def read(folder: Path) -> list[View]:
    """The views recorded in a folder."""
    return [load(path, path.name, SETTINGS) for path in sorted(folder.iterdir())]


def preview(copy: Checkout, path: Path) -> None:
    recording = {**copy.environ, "ATTACK_RECORD": str(path)}
    engine(
        replace(copy, environ=recording),
        *("preview", "--non-interactive", "--suppress-outputs", "--policy-pack", str(RECORDER)),
    )


def engine(copy: Checkout, *arguments: str) -> None:
    done = copy.pulumi(*arguments)
    if done.code:
        raise RuntimeError("\n".join(["the engine failed:", *done.text.splitlines()[-20:]]))
