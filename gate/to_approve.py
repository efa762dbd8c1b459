"""`python -m gate to-approve`: what the last preview asks a person for, for a job's summary."""

from __future__ import annotations

from evidence.formats import escape

from . import binding, changes, console
from .paths import Paths


def to_approve(paths: Paths, *, digest: bool = False) -> int:
    """Print the verdict's digest, and what goes for good with the digest that lets it go.

    Raises:
        GateError: no preview has passed, or its verdict is damaged.
        NotProven: its evidence is gone, or was changed.
    """
    ticket = binding.read(paths)
    if digest:
        console.show(f"{ticket.verdict}\n")
        return 0
    text = "Write this into the comment of your review of the environment, or give it as APPROVE:\n"
    text += f"\n    {ticket.verdict}\n\n"
    if ticket.losses:
        text += "**This plan takes away for good:**\n\n"
        text += "".join(f"- {escape.markdown(line)}\n" for line in changes.told(ticket.losses))
        text += "\nTo let that go, write this as well, or give it as APPROVE_LOSS:\n"
        text += f"\n    {changes.digest(ticket.losses)}\n\n"
    else:
        text += "Nothing that holds data or keys is deleted or replaced.\n\n"
    console.show(text)
    return 0
