"""The real CLI with the policy pack, against the sandbox."""
