"""The evidence model's own tests: redaction, schema, store, formats, recorder."""
