"""The one exception of the gate: what a user did or a machine lacks, and the remedy, in a line."""

from __future__ import annotations


class GateError(Exception):
    """Could not run (exit 3). The text is one line that ends with what to do."""
