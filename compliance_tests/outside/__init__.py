"""Judges from outside: tools of others that read what this product makes. `make outside`."""
