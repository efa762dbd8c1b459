"""The one exception of this package."""


class EvidenceError(Exception):
    """Evidence that cannot be written or read; one line with the remedy."""
