"""Names out of Pulumi's URNs: urn:pulumi:STACK::PROJECT::TYPES::NAME."""

from __future__ import annotations


def short_name(urn: str) -> str:
    """The logical name of a resource: what the program calls it. A text without `::` is itself."""
    return urn.rsplit("::", 1)[-1]
