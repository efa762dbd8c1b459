"""The exceptions of the gate: what a user did or a machine lacks, and the remedy, in a line."""

from __future__ import annotations


class GateError(Exception):
    """Could not run (exit 3). The text is one line that ends with what to do."""

    exit_code = 3


class NotProven(GateError):  # noqa: N818 (the verdict's own word)
    """Not proven (exit 2): what was asked for cannot be let through as things stand."""

    exit_code = 2
