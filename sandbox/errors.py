"""The one error that the sandbox shows to a person."""


class SandboxError(Exception):
    """Something a person has to mend. The text is one line and names the remedy."""
