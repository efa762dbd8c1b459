"""What was seen in a run: the model, its schema, redaction, history, and what is drawn from it."""
