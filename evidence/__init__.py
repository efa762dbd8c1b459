"""What was seen in a run: the model, its schema, redaction, history and the formats drawn from it."""
