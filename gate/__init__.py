"""The gate: it runs the engine, reads what the engine saw, and says whether the stack may pass."""
