"""Changes made behind the engine's back, and whether the tests of the deployed stack name them."""
