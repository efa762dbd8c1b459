"""Asks git about the checkout, as the repository itself would answer.

Nothing of the user's environment or settings may answer for it: GIT_DIR leads to another history,
a replaced object or a graft gives a commit another author, a setting hides files.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SECONDS = 20
OWN = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": os.devnull, "GIT_OPTIONAL_LOCKS": "0"}
SETTINGS = (
    "status.showUntrackedFiles=all",
    "status.relativePaths=true",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.ignoreStat=false",
    "diff.ignoreSubmodules=none",
    "log.showSignature=false",
)


def git(root: Path, *args: str) -> str:
    """What git prints; nothing where it fails, or is not there."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    given = [word for setting in SETTINGS for word in ("-c", setting)]
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *given, *args],
            env={**env, **OWN},
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip("\n") if done.returncode == 0 else ""
