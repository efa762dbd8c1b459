"""What runs beside the engine steps back for it, where both want to run (Linux)."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

BEHIND = 5  # how far, as `nice` counts


def step_back(number: int) -> None:
    """Give a process or a thread, and what it starts, a lower priority; never a higher one."""
    if sys.platform == "linux":
        with suppress(OSError):
            now = os.getpriority(os.PRIO_PROCESS, number)
            os.setpriority(os.PRIO_PROCESS, number, max(now, BEHIND))
