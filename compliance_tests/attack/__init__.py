"""The attack: the engine's own view of the stack, one wrong setting at a time, against the pack."""
