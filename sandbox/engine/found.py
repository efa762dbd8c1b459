"""Looking for the user's own `pulumi`."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox import places

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER_SECONDS = 20


def on_path() -> Iterator[Path]:
    """Each `pulumi` on PATH, in its order, without those that a checkout of ours put there."""
    ours = (places.cache() / "engine").resolve()
    seen: set[Path] = set()
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        path = Path(folder or ".") / "pulumi"
        if not (path.is_file() and os.access(path, os.X_OK)):
            continue
        target = path.resolve()
        is_ours = target.is_relative_to(ours) or (
            folder.endswith("/.state/bin") and path.is_symlink()
        )
        if target not in seen and not is_ours:
            seen.add(target)
            yield path.absolute()


def version_of(path: Path) -> str | None:
    """Ask it for its version, as `3.259.0`; None when it does not say one."""
    quiet = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "1"}
    try:
        answer = subprocess.run(
            [path, "version"],
            capture_output=True,
            text=True,
            check=False,
            timeout=ANSWER_SECONDS,
            env=quiet,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"v?(\d+\.\d+\.\d+\S*)", answer.stdout)
    return match.group(1) if match and answer.returncode == 0 else None
