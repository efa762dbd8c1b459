"""The engine's bootstrap, the language host and the sandbox's life, without a stack."""
