"""Every control of the pack, one a file; the order is the reports'."""

from __future__ import annotations

from core import Control

from . import (
    aurora_backups,
)

CONTROLS: tuple[Control, ...] = (
    # Aurora
    aurora_backups.CONTROL,
)

__all__ = ["CONTROLS"]
