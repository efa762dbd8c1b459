"""The gate's own tests: events, verdict, binding, commands."""
