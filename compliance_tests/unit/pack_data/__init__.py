"""The pack's shipped data is what it was generated from."""
