"""Records the two views with the real engine: the first preview, and that of a deployed stack."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from core import Settings

import sandbox

from .views import View, load

ROOT = Path(__file__).resolve().parents[2]
RECORDER = Path(__file__).with_name("recorder")
SETTINGS = Settings(stack="sandbox", project="iot-data-platform", suffix="sandbox")


def record(folder: Path, again: bool, say: Callable[[str], None]) -> list[View]:
    """The views, recorded anew into the folder or read from what is there."""
    if again:
        environment = {**os.environ, **sandbox.ensure("sandbox", say)}
        say("recording the preview")
        preview(folder / "preview", environment)
    return [load(path, path.stem, SETTINGS) for path in sorted(folder.iterdir()) if path.is_file()]


def preview(path: Path, environment: dict[str, str]) -> None:
    """One preview of the stack as it is now. Raises RuntimeError with the engine's last lines."""
    path.unlink(missing_ok=True)
    done = subprocess.run(
        ["pulumi", "preview", "--non-interactive", "--policy-pack", str(RECORDER)],
        cwd=ROOT,
        env={**environment, "ATTACK_RECORD": str(path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise RuntimeError("the preview failed:\n" + "\n".join(done.stdout.splitlines()[-20:]))
